import { DatabaseSync } from 'node:sqlite';
import { EVENT_SOURCE } from '../../functions/contracts/task-event.ts';
import { RESULT_LIFETIME_SECONDS } from '../../functions/core/polling-policy.ts';
import type { EmbeddedStack } from '../embedded-aws/embedded-stack.ts';
import { type LoggedPoll, parsePoll } from '../logged-poll.ts';
import { parseUpload } from '../logged-upload.ts';
import type { Activity } from './page-contract.ts';

/** The polls and events of tasks. */
export interface TaskActivity {
  /** Lists the polls of a task in the last 24 hours, oldest first. */
  pollsOf(taskId: string): readonly LoggedPoll[];
  /**
   * Streams uploads, polls and events from now on, as server-sent events, until the reader
   * disconnects. A reader that falls behind is disconnected, so that it cannot use up the memory.
   */
  stream(): Response;
}

export interface TaskActivityOptions {
  /** Stores the polls. @default - in memory */
  readonly database?: DatabaseSync | undefined;
  /** Receives the error when a poll cannot be stored. */
  readonly onFault: (fault: unknown) => void;
}

/** Limits the memory or the disk that polls occupy. */
const MAX_POLLS_KEPT = 100_000;

/** How much may wait for a reader, in addition to what the operating system buffers. */
const MAX_WAITING_BYTES = 64 * 1024;

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS polls (timestamp TEXT NOT NULL, poll TEXT NOT NULL) STRICT;
  CREATE INDEX IF NOT EXISTS polls_by_task ON polls (json_extract(poll, '$.taskId'));
  CREATE INDEX IF NOT EXISTS polls_by_time ON polls (timestamp);`;

/** Follows the tasks of a stack from now on. */
export function followTasks(
  stack: Pick<EmbeddedStack, 'onLog' | 'onEvent'>,
  { database = new DatabaseSync(':memory:'), onFault }: TaskActivityOptions,
): TaskActivity {
  database.exec(SCHEMA);
  const select = database.prepare(
    `SELECT poll FROM polls WHERE json_extract(poll, '$.taskId') = ? ORDER BY rowid`,
  );
  const insert = database.prepare('INSERT INTO polls (timestamp, poll) VALUES (?, ?)');
  const expire = database.prepare('DELETE FROM polls WHERE timestamp < ? OR rowid <= ?');
  const readers = new Set<ReadableStreamDefaultController<Uint8Array>>();

  function keep(poll: LoggedPoll): void {
    const { lastInsertRowid } = insert.run(poll.timestamp, JSON.stringify(poll));
    const oldest = new Date(Date.parse(poll.timestamp) - RESULT_LIFETIME_SECONDS * 1000);
    expire.run(oldest.toISOString(), Number(lastInsertRowid) - MAX_POLLS_KEPT);
  }

  function announce(activity: Activity): void {
    const message = Buffer.from(`data: ${JSON.stringify(activity)}\n\n`);
    for (const reader of readers) {
      if ((reader.desiredSize ?? 0) > 0) reader.enqueue(message);
      else {
        readers.delete(reader);
        reader.error(new Error('The reader fell behind.'));
      }
    }
  }

  stack.onLog((line) => {
    const upload = parseUpload(line);
    if (upload !== undefined) announce({ kind: 'upload', upload });
    const poll = parsePoll(line);
    if (poll === undefined) return;
    try {
      keep(poll);
    } catch (error) {
      onFault(error);
    }
    announce({ kind: 'poll', poll });
  });
  stack.onEvent((event) => {
    if (event.source === EVENT_SOURCE) announce({ kind: 'event', event });
  });

  return {
    pollsOf: (taskId) => select.all(taskId).flatMap(({ poll }) => parsePoll(String(poll)) ?? []),
    stream() {
      let reader: ReadableStreamDefaultController<Uint8Array> | undefined;
      const body = new ReadableStream<Uint8Array>(
        {
          start(controller) {
            reader = controller;
            readers.add(controller);
            // The first bytes confirm that no later activity is missed.
            controller.enqueue(Buffer.from('retry: 1000\n\n'));
          },
          cancel: () => void (reader && readers.delete(reader)),
        },
        new ByteLengthQueuingStrategy({ highWaterMark: MAX_WAITING_BYTES }),
      );
      return new Response(body, {
        headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-store' },
      });
    },
  };
}

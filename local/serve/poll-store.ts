import type { DatabaseSync } from 'node:sqlite';
import { RESULT_LIFETIME_SECONDS } from '../../functions/core/polling-policy.ts';
import { type LoggedPoll, parsePoll } from '../logged-poll.ts';

/** Polls that outlive the process. */
export interface PollStore {
  /** Oldest first; none of a task whose record has expired. */
  read(): LoggedPoll[];
  add(poll: LoggedPoll): void;
}

/** @param now milliseconds since the epoch */
export function createPollStore(database: DatabaseSync, now: () => number): PollStore {
  database.exec('CREATE TABLE IF NOT EXISTS polls (timestamp TEXT NOT NULL, poll TEXT NOT NULL) STRICT');
  const insert = database.prepare('INSERT INTO polls (timestamp, poll) VALUES (?, ?)');

  return {
    read() {
      const oldest = new Date(now() - RESULT_LIFETIME_SECONDS * 1000).toISOString();
      database.prepare('DELETE FROM polls WHERE timestamp < ?').run(oldest);
      const rows = database.prepare('SELECT poll FROM polls ORDER BY rowid').all();
      return rows.flatMap(({ poll }) => parsePoll(String(poll)) ?? []);
    },
    add: (poll) => void insert.run(poll.timestamp, JSON.stringify(poll)),
  };
}

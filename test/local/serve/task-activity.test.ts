import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import type { LogListener } from '../../../local/embedded-aws/embedded-stack.ts';
import type { EventBridgeEvent, EventListener } from '../../../local/embedded-aws/event-bus.ts';
import { followTasks } from '../../../local/serve/task-activity.ts';
import { fillDisk } from '../../support/data-fixture.ts';

function startActivity(database?: DatabaseSync) {
  let log: LogListener = () => {};
  let put: EventListener = () => {};
  const faults: unknown[] = [];
  const activity = followTasks(
    {
      onLog(listener) {
        log = listener;
        return () => {};
      },
      onEvent(listener) {
        put = listener;
        return () => {};
      },
    },
    { database, onFault: (fault) => faults.push(fault) },
  );
  return {
    activity,
    faults,
    log: (line: unknown) => log(JSON.stringify(line), 'FetchResult'),
    put: (event: EventBridgeEvent) => put(event, 'bus'),
  };
}

const poll = (taskId: string, attempt: number, timestamp = '2026-03-01T12:00:00.000Z') => ({
  message: 'Polled' as const,
  timestamp,
  taskId,
  attempt,
  observed: 'Pending',
});

const event = (source: string): EventBridgeEvent => ({
  version: '0',
  id: '1',
  'detail-type': 'OCR Task Completed',
  source,
  account: '000000000000',
  time: '2026-03-01T12:00:00Z',
  region: 'eu-west-1',
  resources: [],
  detail: { taskId: 'whale' },
});

it('keeps the polls of each task in order, and ignores other log lines', () => {
  const { activity, log } = startActivity();

  for (const line of [poll('a', 1), { message: 'Task ended' }, poll('b', 1), poll('a', 2), 'no object'])
    log(line);

  expect(activity.pollsOf('a').map(({ attempt }) => attempt)).toEqual([1, 2]);
  expect(activity.pollsOf('b').map(({ attempt }) => attempt)).toEqual([1]);
  expect(activity.pollsOf('c')).toEqual([]);
});

it('keeps the polls of an earlier process for 24 hours', () => {
  const database = new DatabaseSync(':memory:');
  const before = startActivity(database);
  for (const attempt of [1, 2]) before.log(poll('a', attempt));
  const { activity, log } = startActivity(database);

  log(poll('b', 1, '2026-03-02T12:00:00.000Z'));
  expect(activity.pollsOf('a')).toEqual([poll('a', 1), poll('a', 2)]);
  log(poll('b', 2, '2026-03-02T12:00:00.001Z'));
  expect(activity.pollsOf('a')).toEqual([]);
  expect(activity.pollsOf('b')).toHaveLength(2);
});

it('discards the oldest of more than 100,000 polls', () => {
  const database = new DatabaseSync(':memory:');
  const { activity, log } = startActivity(database);
  log(poll('a', 1));
  database.exec("INSERT INTO polls (rowid, timestamp, poll) VALUES (100000, '2026-03-01T12', '{}')");
  expect(activity.pollsOf('a')).toHaveLength(1);

  log(poll('b', 1));

  expect(activity.pollsOf('a')).toEqual([]);
  expect(activity.pollsOf('b')).toHaveLength(1);
});

it('streams uploads of images to Aspose', async () => {
  const { activity, log } = startActivity();
  const reader = activity.stream().body?.pipeThrough(new TextDecoderStream()).getReader();
  await reader?.read();
  const upload = { message: 'Uploaded', observed: 'NotAccepted', detail: 'HTTP 503', nextUploadSeconds: 2 };

  log({ level: 'INFO', ...upload });

  const message = (await reader?.read())?.value;
  expect(JSON.parse(message?.replace('data: ', '') ?? '')).toEqual({ kind: 'upload', upload });
  await reader?.cancel();
});

it('streams polls and events of ocr-courier until the reader disconnects', async () => {
  const { activity, log, put } = startActivity();
  const response = activity.stream();
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();

  const opening = await reader?.read();
  log(poll('a', 1));
  put(event('aws.states'));
  put(event('ocr-courier'));
  const messages = [await reader?.read(), await reader?.read()].map((chunk) => chunk?.value);
  await reader?.cancel();
  log(poll('a', 2));

  expect(response.headers.get('content-type')).toBe('text/event-stream');
  expect(opening?.value).toBe('retry: 1000\n\n');
  expect(messages).toEqual([
    `data: ${JSON.stringify({ kind: 'poll', poll: poll('a', 1) })}\n\n`,
    `data: ${JSON.stringify({ kind: 'event', event: event('ocr-courier') })}\n\n`,
  ]);
});

it('disconnects a reader that falls behind, and no other', async () => {
  const { activity, log } = startActivity();
  const idle = activity.stream();
  const reader = activity.stream().body?.getReader();

  for (let attempt = 1; attempt <= 1000; attempt += 1) {
    log({ ...poll('a', attempt), detail: 'x'.repeat(100) });
    await reader?.read();
  }

  await expect(idle.text()).rejects.toThrow('The reader fell behind.');
  await expect(reader?.read()).resolves.toMatchObject({ done: false });
});

it('announces a poll that cannot be stored, and reports the fault', async () => {
  const database = new DatabaseSync(':memory:');
  const { activity, faults, log } = startActivity(database);
  const reader = activity.stream().body?.pipeThrough(new TextDecoderStream()).getReader();
  await reader?.read();
  fillDisk(database);

  log({ ...poll('a', 1), detail: 'x'.repeat(10_000) });

  expect((await reader?.read())?.value).toContain('"attempt":1');
  expect(activity.pollsOf('a')).toEqual([]);
  expect(faults).toEqual([expect.objectContaining({ message: 'database or disk is full' })]);
});

import { expect, it } from 'vitest';
import type { LogListener } from '../../../local/embedded-aws/embedded-stack.ts';
import type { EventBridgeEvent, EventListener } from '../../../local/embedded-aws/event-bus.ts';
import { streamActivity } from '../../../local/serve/activity-stream.ts';
import { createPollStore, type PollStore } from '../../../local/serve/poll-store.ts';
import { followTasks } from '../../../local/serve/task-activity.ts';
import { memoryDatabase } from '../../support/data-fixture.ts';

function startActivity(store?: PollStore) {
  let log: LogListener = () => {};
  let put: EventListener = () => {};
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
    store,
  );
  return {
    activity,
    log: (line: unknown) => log(JSON.stringify(line), 'FetchResult'),
    put: (event: EventBridgeEvent) => put(event, 'bus'),
  };
}

const poll = (taskId: string, attempt: number) => ({
  message: 'Polled' as const,
  timestamp: '2026-03-01T12:00:00.000Z',
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

it('keeps the polls of each task in order, and nothing else of the log', () => {
  const { activity, log } = startActivity();

  for (const line of [poll('a', 1), { message: 'Task ended' }, poll('b', 1), poll('a', 2), 'no object'])
    log(line);

  expect(activity.pollsOf('a').map(({ attempt }) => attempt)).toEqual([1, 2]);
  expect(activity.pollsOf('b').map(({ attempt }) => attempt)).toEqual([1]);
  expect(activity.pollsOf('c')).toEqual([]);
});

it('has the polls of an earlier process for 24 hours', () => {
  const database = memoryDatabase();
  let now = Date.parse('2026-03-01T12:00:00Z');
  const store = () => createPollStore(database, () => now);
  const before = startActivity(store());
  for (const attempt of [1, 2]) before.log(poll('a', attempt));

  now += 24 * 3600_000;
  expect(startActivity(store()).activity.pollsOf('a')).toEqual([poll('a', 1), poll('a', 2)]);
  now += 1;
  expect(startActivity(store()).activity.pollsOf('a')).toEqual([]);
});

it('forgets the polls of the oldest of more than a thousand tasks', () => {
  const { activity, log } = startActivity();

  for (let task = 0; task <= 1000; task += 1) log(poll(`task-${task}`, 1));

  expect(activity.pollsOf('task-0')).toEqual([]);
  expect(activity.pollsOf('task-1')).toHaveLength(1);
});

it('streams polls and our own events as server-sent events, until the reader leaves', async () => {
  const { activity, log, put } = startActivity();
  const response = streamActivity(activity);
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();

  const opening = await reader?.read();
  log(poll('a', 1));
  put(event('aws.states'));
  put(event('ocr-courier'));
  const told = [await reader?.read(), await reader?.read()].map((chunk) => chunk?.value);
  await reader?.cancel();
  log(poll('a', 2));

  expect(response.headers.get('content-type')).toBe('text/event-stream');
  expect(opening?.value).toBe('retry: 1000\n\n');
  expect(told).toEqual([
    `data: ${JSON.stringify({ kind: 'poll', poll: poll('a', 1) })}\n\n`,
    `data: ${JSON.stringify({ kind: 'event', event: event('ocr-courier') })}\n\n`,
  ]);
});

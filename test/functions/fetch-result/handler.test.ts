import { describe, expect, it } from 'vitest';
import type { TaskRecord } from '../../../functions/contracts/task-record.ts';
import type { Poll } from '../../../functions/core/vendor-response.ts';
import { createHandler } from '../../../functions/fetch-result/handler.ts';
import {
  aPoll,
  aRecord,
  aTerminalRecord,
  BUCKET,
  completedPoll,
  decoded,
  EXECUTION,
  instantAfter,
  longestStoredResults,
  notExistPoll,
  OTHER_EXECUTION,
  pendingPoll,
  START,
  TASK_ID,
  unavailablePoll,
} from '../../support/builders.ts';
import { aContext, captureLogs } from '../../support/invocation.ts';
import { withoutImages } from '../../support/memory-images.ts';
import { memoryRecords } from '../../support/memory-records.ts';

function setUp({
  responses = [],
  record,
  paused = false,
}: {
  responses?: readonly Poll[];
  record?: TaskRecord;
  paused?: boolean;
} = {}) {
  const logs = captureLogs();
  let now = START;
  let polls = 0;
  let releases = 0;
  const handler = createHandler({
    ports: {
      records: memoryRecords(record),
      ...withoutImages(),
      vendor: {
        async poll() {
          polls += 1;
          const response = responses[polls - 1];
          if (response === undefined) throw new Error('no such poll');
          return response;
        },
      },
      documents: {
        bucket: BUCKET,
        store: async (_, ending) => ({
          results: longestStoredResults(ending.results.length),
          manifestKey: 'manifest.json',
          warnings: [],
        }),
      },
      now: () => now,
      sleep: async (seconds) => {
        now += seconds * 1000;
      },
      random: () => 0.5,
      isPollingPaused: async () => paused,
    },
    polling: { preset: 'balanced' },
    logger: logs.logger,
    metrics: logs.metrics,
    release: () => {
      releases += 1;
    },
  });
  const invoke = async (input: unknown, executionArn = EXECUTION) =>
    handler({ task: input, executionArn, startedAt: instantAfter(0) }, aContext());
  const advance = (seconds: number) => {
    now += seconds * 1000;
  };
  return { ...logs, invoke, advance, polls: () => polls, releases: () => releases };
}

describe('an invocation', () => {
  it('returns and counts the outcome, logs every poll and releases its spooled documents', async () => {
    const { invoke, logged, counted, releases } = setUp({
      responses: [pendingPoll, unavailablePoll, completedPoll(decoded('All men live'), decoded('enveloped'))],
    });

    const output = await invoke({ taskId: TASK_ID });

    expect(output).toMatchObject({ outcome: 'Completed', publish: true });
    const common = { taskId: TASK_ID, operation: 'RecognizeImage' };
    expect(logged()).toMatchObject([
      {
        message: 'Polled',
        ...common,
        attempt: 1,
        observed: 'Pending',
        nextPollSeconds: expect.closeTo(1.494, 3),
      },
      {
        message: 'Polled',
        ...common,
        attempt: 2,
        observed: 'Unavailable',
        detail: 'Aspose returned HTTP 503',
        nextPollSeconds: 2,
      },
      { message: 'Polled', ...common, attempt: 3, observed: 'Completed', outcome: 'Completed' },
      { message: 'Task ended', ...common, outcome: 'Completed', attempts: 3 },
    ]);
    expect(counted()).toMatchObject({
      outcome: 'Completed',
      TasksEnded: 1,
      PollsPerTask: 3,
      Documents: 2,
      DocumentBytes: 246_913_578,
      TimeToResult: 4.994,
    });
    expect(releases()).toBe(1);
  });

  it('counts the time to the result from the submission when that is known', async () => {
    const { invoke, counted } = setUp({ responses: [completedPoll()] });

    await invoke({ taskId: TASK_ID, submittedAt: instantAfter(-10) });

    expect(counted()).toMatchObject({ TimeToResult: 10.5 });
  });

  it('still accepts an input that was in time when its execution started', async () => {
    const { invoke, advance } = setUp({ responses: [notExistPoll] });
    advance(3 * 86_400);

    expect(await invoke({ taskId: TASK_ID, submittedAt: instantAfter(-86_000) })).toMatchObject({
      outcome: 'Expired',
    });
  });

  it('counts nothing when it only returns the next wait', async () => {
    const { invoke, counted } = setUp({ record: aRecord({ nextPollAt: instantAfter(100) }) });

    expect(await invoke({ taskId: TASK_ID })).toMatchObject({ delaySeconds: 100 });
    expect(counted()).toEqual({});
  });

  const throttled: Poll = {
    kind: 'Unavailable',
    detail: 'Aspose returned HTTP 429',
    retryAfterSeconds: 20 * 3600,
  };

  it.each([
    [
      'does not count a task near its expiry 21 hours after submission',
      21,
      [pendingPoll, completedPoll()],
      undefined,
    ],
    [
      'counts a pending task near its expiry 23 hours after submission',
      23,
      [pendingPoll, completedPoll()],
      1,
    ],
    ['counts a task near its expiry when Retry-After postpones its next poll past it', 10, [throttled], 1],
  ])('%s', async (_, hours, responses, nearExpiry) => {
    const { invoke, counted } = setUp({ responses });

    await invoke({ taskId: TASK_ID, submittedAt: instantAfter(-hours * 3600) });

    expect(counted()['TasksNearExpiry']).toBe(nearExpiry);
  });

  it.each([
    ['a task', 21, { PollsPaused: 1 }],
    ['a task near its expiry', 23, { PollsPaused: 1, TasksNearExpiry: 1 }],
  ])('does not poll %s while polling is paused, but logs and counts that', async (_, hours, metrics) => {
    const { invoke, polls, counted, logged } = setUp({ paused: true });
    const submittedAt = instantAfter(-hours * 3600);

    expect(await invoke({ taskId: TASK_ID, submittedAt })).toMatchObject({ delaySeconds: 300 });

    expect(polls()).toBe(0);
    expect(counted()).toEqual(metrics);
    expect(logged()).toMatchObject([
      { message: 'Polling is paused', taskId: TASK_ID, expiresInSeconds: (24 - hours) * 3600 },
    ]);
  });

  it('counts nothing when it joined a task that another execution owns', async () => {
    const { invoke, counted, logged } = setUp({ record: aTerminalRecord() });

    expect(await invoke({ taskId: TASK_ID }, OTHER_EXECUTION)).toMatchObject({ publish: false });
    expect(counted()).toEqual({});
    expect(logged()).toMatchObject([{ message: 'Joined task had ended' }]);
  });

  it('does not log the task id of the previous invocation', async () => {
    const { invoke, logged } = setUp({ responses: [completedPoll()] });
    await invoke({ taskId: TASK_ID });

    await expect(invoke({ taskId: '' })).rejects.toThrow();

    expect(logged().at(-1)).not.toHaveProperty('taskId');
  });
});

describe('an invocation that fails', () => {
  it.each([
    ['invalid input', { taskId: '../secret' }, 'InvalidInput'],
    ['a task of another operation', { taskId: TASK_ID, operation: 'RecognizePdf' }, 'TaskConflict'],
  ])('throws a named error without polling, for %s', async (_, input, name) => {
    const { invoke, polls, counted, logged, releases } = setUp({
      record: aRecord({ executionArn: OTHER_EXECUTION }),
    });

    await expect(invoke(input)).rejects.toMatchObject({ name });

    expect(polls()).toBe(0);
    expect(counted()).toEqual({});
    expect(logged()).toMatchObject([{ level: 'ERROR', message: 'Fetch result failed', error: { name } }]);
    expect(releases()).toBe(1);
  });

  it('releases its spooled documents when a poll throws', async () => {
    const { invoke, releases } = setUp();

    await expect(invoke({ taskId: TASK_ID })).rejects.toThrow('no such poll');
    expect(releases()).toBe(1);
  });

  it('names the invalid field and does not repeat its value', async () => {
    const { invoke, text } = setUp();
    const canary = 'Bearer-eyJhbGciOi.canary\r\nforged';

    await expect(invoke({ taskId: canary })).rejects.toThrow(/^taskId: got a string of \d+ characters/);
    await expect(invoke({ taskId: TASK_ID, [canary]: 1 })).rejects.toThrow(/^a name of \d+ characters: /);

    expect(text()).not.toMatch(/canary|eyJ|forged/);
  });
});

it('keeps document texts, messages and the correlation out of logs and metrics', async () => {
  const results = [decoded('canary in a document'), decoded('x', 'canary in a type')];
  const { invoke, text } = setUp({
    responses: [aPoll({ results, messages: ['canary'], warnings: ['canary'] })],
  });

  await invoke({ taskId: TASK_ID, correlation: 'canary' });

  expect(text()).not.toContain('canary');
});

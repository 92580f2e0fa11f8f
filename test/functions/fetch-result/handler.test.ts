import { describe, expect, test } from 'vitest';
import type { TaskRecord } from '../../../functions/contracts/task-record.ts';
import type { Poll } from '../../../functions/core/vendor-response.ts';
import { createHandler } from '../../../functions/fetch-result/handler.ts';
import {
  aRecord,
  aResponse,
  aTerminalRecord,
  BUCKET,
  completedPoll,
  decoded,
  EXECUTION,
  instantAfter,
  OTHER_EXECUTION,
  pendingPoll,
  START,
  TASK_ID,
  unavailablePoll,
} from '../../support/builders.ts';
import { aContext, captureLogs } from '../../support/invocation.ts';
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
          results: ending.results.map((_, index) => ({
            index,
            type: 'Text',
            contentType: 'text/plain',
            key: `${index}.txt`,
            bytes: 10,
            sha256: 'a'.repeat(64),
            empty: false,
          })),
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
    handler({ input, executionArn, executionStartedAt: instantAfter(0) }, aContext());
  return { ...logs, invoke, polls: () => polls, releases: () => releases };
}

describe('an invocation', () => {
  test('that ends its task tells the state machine, logs every poll and counts the outcome', async () => {
    const { invoke, logged, counted } = setUp({
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
      },
      { message: 'Polled', ...common, attempt: 3, observed: 'Completed' },
      { message: 'Task ended', ...common, outcome: 'Completed', attempts: 3 },
    ]);
    expect(counted()).toMatchObject({
      outcome: 'Completed',
      TasksEnded: 1,
      PollsPerTask: 3,
      Documents: 2,
      DocumentBytes: 20,
      TimeToResult: 4.994,
    });
  });

  test('counts the time to the result from the submission, if it is known', async () => {
    const { invoke, counted } = setUp({ responses: [completedPoll()] });

    await invoke({ taskId: TASK_ID, submittedAt: instantAfter(-10) });

    expect(counted()).toMatchObject({ TimeToResult: 10.5 });
  });

  test('that waits counts nothing', async () => {
    const record = aRecord({ nextPollAt: instantAfter(100) });
    const { invoke, counted } = setUp({ record });

    expect(await invoke({ taskId: TASK_ID })).toMatchObject({ delaySeconds: 100 });
    expect(counted()).toEqual({});
  });

  test('counts a task that still has no result when little time is left for it', async () => {
    const early = setUp({ responses: [pendingPoll, completedPoll()] });
    await early.invoke({ taskId: TASK_ID, submittedAt: instantAfter(-21 * 3600) });
    expect(early.counted()).not.toHaveProperty('TasksNearExpiry');

    const late = setUp({ responses: [pendingPoll, completedPoll()] });
    await late.invoke({ taskId: TASK_ID, submittedAt: instantAfter(-23 * 3600) });
    expect(late.counted()).toMatchObject({ TasksNearExpiry: 1 });
  });

  test('counts a task whose next poll comes only when its result is gone, as Retry-After asked for', async () => {
    const retryAfterSeconds = 20 * 3600;
    const { invoke, counted } = setUp({
      responses: [{ kind: 'Unavailable', detail: 'Aspose returned HTTP 429', retryAfterSeconds }],
    });

    await invoke({ taskId: TASK_ID, submittedAt: instantAfter(-10 * 3600) });

    expect(counted()).toMatchObject({ TasksNearExpiry: 1 });
  });

  test('counts a task that has little time left while polling is paused', async () => {
    const { invoke, counted, logged } = setUp({ paused: true });

    await invoke({ taskId: TASK_ID, submittedAt: instantAfter(-23 * 3600) });

    expect(counted()).toEqual({ PollsPaused: 1, TasksNearExpiry: 1 });
    expect(logged()).toMatchObject([{ message: 'Polling is paused', expiresInSeconds: 3600 }]);
  });

  test('says and counts that polling is paused', async () => {
    const { invoke, polls, counted, logged } = setUp({ paused: true });

    expect(await invoke({ taskId: TASK_ID })).toMatchObject({ delaySeconds: 300 });
    expect(polls()).toBe(0);
    expect(logged()).toMatchObject([{ message: 'Polling is paused', taskId: TASK_ID }]);
    expect(counted()).toEqual({ PollsPaused: 1 });
  });

  test("that joined another's task counts nothing: its owner has", async () => {
    const { invoke, counted, logged } = setUp({ record: aTerminalRecord() });

    expect(await invoke({ taskId: TASK_ID }, OTHER_EXECUTION)).toMatchObject({ publish: false });
    expect(counted()).toEqual({});
    expect(logged()).toMatchObject([{ message: 'Joined task had ended' }]);
  });

  test('keeps nothing of the one before it in its log', async () => {
    const { invoke, logged } = setUp({ responses: [completedPoll()] });
    await invoke({ taskId: TASK_ID });

    await expect(invoke({ taskId: '' })).rejects.toThrow();

    expect(logged().at(-1)).not.toHaveProperty('taskId');
  });

  test('frees what it has left behind when it ends', async () => {
    const { invoke, releases } = setUp({ responses: [completedPoll()] });

    await invoke({ taskId: TASK_ID });

    expect(releases()).toBe(1);
  });
});

describe('an invocation that fails', () => {
  test.each([
    ['bad input', { taskId: '../secret' }, 'InvalidInput'],
    ['a task of another operation', { taskId: TASK_ID, operation: 'RecognizePdf' }, 'TaskConflict'],
  ])('does so by name, without a poll, for %s', async (_, input, name) => {
    const { invoke, polls, counted, logged, releases } = setUp({
      record: aRecord({ executionArn: OTHER_EXECUTION }),
    });

    await expect(invoke(input)).rejects.toMatchObject({ name });

    expect(polls()).toBe(0);
    expect(counted()).toEqual({});
    expect(logged()).toMatchObject([{ level: 'ERROR', message: 'Fetch result failed', error: { name } }]);
    expect(releases()).toBe(1);
  });

  test('on the way frees what it has left behind, too', async () => {
    const { invoke, releases } = setUp({ responses: [] });

    await expect(invoke({ taskId: TASK_ID })).rejects.toThrow('no such poll');
    expect(releases()).toBe(1);
  });

  test('says what was wrong and where, and repeats nothing of it', async () => {
    const { invoke, text } = setUp();
    const canary = 'Bearer-eyJhbGciOi.canary\r\nforged';

    await expect(invoke({ taskId: canary })).rejects.toThrow(/^taskId: got a string of \d+ characters/);
    await expect(invoke({ taskId: TASK_ID, [canary]: 1 })).rejects.toThrow(/^a name of \d+ characters: /);

    expect(text()).not.toMatch(/canary|eyJ|forged/);
  });
});

test('no log or metric holds the text of a document, or what the vendor says of it', async () => {
  const documents = [decoded('canary in a document'), decoded('x', 'canary in a type')];
  const { invoke, text } = setUp({
    responses: [
      {
        kind: 'Responded',
        response: aResponse({ results: documents, messages: ['canary'], warnings: ['canary'] }),
      },
    ],
  });

  await invoke({ taskId: TASK_ID, correlation: 'canary' });

  expect(text()).not.toContain('canary');
});

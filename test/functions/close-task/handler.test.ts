import { describe, expect, it } from 'vitest';
import { createHandler } from '../../../functions/close-task/handler.ts';
import type { TaskEventDetail } from '../../../functions/contracts/task-event.ts';
import type { TaskRecord } from '../../../functions/contracts/task-record.ts';
import {
  aRecord,
  aTerminalRecord,
  BUCKET,
  EXECUTION,
  instantAfter,
  OTHER_EXECUTION,
  START,
  TASK_ID,
} from '../../support/builders.ts';
import { aContext, captureLogs } from '../../support/invocation.ts';
import { memoryRecords } from '../../support/memory-records.ts';

function setUp({ record, publish }: { record?: TaskRecord; publish?: () => Promise<void> } = {}) {
  const logs = captureLogs();
  const records = memoryRecords(record);
  const published: TaskEventDetail[] = [];
  const handler = createHandler({
    ports: {
      records,
      events: {
        async publish(_, detail) {
          await publish?.();
          published.push(detail);
        },
      },
      bucket: BUCKET,
      now: () => START + 100_000,
    },
    logger: logs.logger,
    metrics: logs.metrics,
  });
  return { ...logs, records, published, close: async (event: unknown) => handler(event, aContext()) };
}

/** As EventBridge delivers it. */
function anEvent(detail: object = {}) {
  return {
    version: '0',
    id: '315c1398-40ff-a850-213b-158f73e60175',
    'detail-type': 'Step Functions Execution Status Change',
    source: 'aws.states',
    account: '111122223333',
    time: '2026-01-01T00:01:40Z',
    region: 'eu-central-1',
    resources: [EXECUTION],
    detail: {
      executionArn: EXECUTION,
      stateMachineArn: 'arn:aws:states:eu-central-1:111122223333:stateMachine:Collect',
      name: 'first',
      status: 'ABORTED',
      startDate: START,
      stopDate: START + 99_000,
      input: JSON.stringify({ taskId: TASK_ID, correlation: 'canary' }),
      inputDetails: { included: true },
      output: null,
      outputDetails: null,
      error: null,
      cause: null,
      ...detail,
    },
  };
}

describe('an execution that was stopped', () => {
  it('has its task closed, its event published, and its outcome counted', async () => {
    const { close, records, published, counted, logged } = setUp({ record: aRecord({ attempts: 4 }) });

    await close(anEvent());

    expect(records.current()).toMatchObject({ outcome: 'Cancelled' });
    expect(published).toMatchObject([{ outcome: 'Cancelled', attempts: 4 }]);
    expect(counted()).toMatchObject({
      outcome: 'Cancelled',
      TasksEnded: 1,
      PollsPerTask: 4,
      TimeToResult: 100,
    });
    expect(logged()).toMatchObject([
      { message: 'Published the terminal event', taskId: TASK_ID, status: 'ABORTED', outcome: 'Cancelled' },
    ]);
  });

  it('of a task that belongs to another is left alone', async () => {
    const { close, published, counted, logged } = setUp({
      record: aRecord({ executionArn: OTHER_EXECUTION }),
    });

    await close(anEvent());

    expect(published).toEqual([]);
    expect(counted()).toEqual({});
    expect(logged()).toMatchObject([
      { message: 'Nothing to close', because: 'the task belongs to another execution' },
    ]);
  });
});

describe('an execution that failed', () => {
  it('with its outcome published is left alone', async () => {
    const { close, published, counted } = setUp({ record: aTerminalRecord({ outcome: 'Expired' }) });

    await close(anEvent({ status: 'FAILED', error: 'OcrTaskExpired', cause: 'The task ended as Expired.' }));

    expect(published).toEqual([]);
    expect(counted()).toEqual({});
  });

  it.each([
    ['its input was refused', { input: '{"taskId":"../canary"}', error: 'InvalidInput' }],
    ['its input was no object', { input: '"canary"' }],
    ['its input was too long to come with the event', { input: null, inputDetails: { included: false } }],
    ['its event has no input', { input: undefined }],
  ])('and never had a task is left alone: %s', async (_, detail) => {
    const { close, published, records, text } = setUp();

    await close(anEvent({ status: 'FAILED', ...detail }));

    expect(published).toEqual([]);
    expect(records.current()).toBeUndefined();
    expect(text()).not.toContain('canary');
  });

  it('because it refused a submission in the future is left alone, though that moment has come by now', async () => {
    const input = JSON.stringify({ taskId: TASK_ID, submittedAt: instantAfter(400) });
    const { close, published } = setUp();

    await close(anEvent({ status: 'FAILED', input, error: 'InvalidInput' }));

    expect(published).toEqual([]);
  });
});

describe('a closing that fails', () => {
  it('is repeated by its queue: it throws', async () => {
    const publish = () => Promise.reject(new Error('the bus is down'));
    const { close, counted, logged } = setUp({ record: aRecord(), publish });

    await expect(close(anEvent())).rejects.toThrow('the bus is down');
    expect(counted()).toEqual({});
    expect(logged()).toMatchObject([{ level: 'ERROR', message: 'Close task failed' }]);
  });

  it.each([{}, { detail: {} }, anEvent({ status: 'SUCCEEDED' })])(
    'throws for what is no such event',
    async (event) => {
      const { close, published } = setUp({ record: aRecord() });

      await expect(close(event)).rejects.toThrow();
      expect(published).toEqual([]);
    },
  );
});

it('no log or metric holds what the caller has sent along', async () => {
  const { close, text } = setUp({ record: aRecord() });

  await close(anEvent());

  expect(text()).not.toContain('canary');
});

import { describe, expect, it } from 'vitest';
import { createHandler } from '../../../functions/close-task/handler.ts';
import type { CloseRequest } from '../../../functions/contracts/close-task.ts';
import type { TaskRecord } from '../../../functions/contracts/task-record.ts';
import type { EndedExecution } from '../../../functions/core/close-task.ts';
import { aRecord, EXECUTION, instantAfter, OTHER_EXECUTION, START, TASK_ID } from '../../support/builders.ts';
import { aContext, captureLogs } from '../../support/invocation.ts';
import { withoutImages } from '../../support/memory-images.ts';
import { memoryPorts } from '../../support/memory-ports.ts';

interface SetUp {
  readonly record?: TaskRecord;
  readonly publish?: () => Promise<void>;
  /** How every execution ended. */
  readonly endOf?: EndedExecution['status'];
}

function setUp({ record, publish, endOf }: SetUp = {}) {
  const logs = captureLogs();
  const memory = memoryPorts(record === undefined ? [] : [record]);
  memory.advance(100);
  const events = publish === undefined ? memory.ports.events : { publish };
  const { logger, metrics } = logs;
  const ports = {
    ...memory.ports,
    ...withoutImages(),
    publishRefusal: async () => {},
    events,
    index: {
      async *expiredLeases() {
        yield* memory.records.values();
      },
    },
    executions: { endOf: async () => endOf },
    sleep: async () => {},
    random: () => 0.5,
  };
  const handler = createHandler({ ports, logger, metrics });
  return { ...logs, ...memory, close: async (event: unknown) => handler(event, aContext()) };
}

/** The event that EventBridge delivers when an execution ends. */
function aStatusChange(detail: object = {}) {
  return {
    'detail-type': 'Step Functions Execution Status Change',
    source: 'aws.states',
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

describe('closing the task of an ended execution', () => {
  it('closes the task of an aborted execution, publishes its event and counts its outcome', async () => {
    const { close, records, published, counted, logged, text } = setUp({ record: aRecord({ attempts: 4 }) });

    await close(aStatusChange());

    expect(records.get(TASK_ID)).toMatchObject({ outcome: 'Cancelled' });
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
    // The correlation in the input may be personal data.
    expect(text()).not.toContain('canary');
  });

  it('does nothing when the task belongs to another execution', async () => {
    const { close, published, counted, logged } = setUp({
      record: aRecord({ executionArn: OTHER_EXECUTION }),
    });

    await close(aStatusChange());

    expect(published).toEqual([]);
    expect(counted()).toEqual({});
    expect(logged()).toMatchObject([
      { message: 'Nothing to close', because: 'the task belongs to another execution' },
    ]);
  });

  it.each([
    ['has an invalid task id', { input: '{"taskId":"../canary"}', error: 'InvalidInput' }],
    ['is not an object', { input: '"canary"' }],
    ['is not JSON', { input: 'canary' }],
    ['is too long to be in the event', { input: null, inputDetails: { included: false } }],
    ['is missing', { input: undefined }],
    [
      'names a submission that was in the future when the execution refused it',
      { input: JSON.stringify({ taskId: TASK_ID, submittedAt: instantAfter(601) }), error: 'InvalidInput' },
    ],
  ])('does nothing for a failed execution whose input %s', async (_, detail) => {
    const { close, published, records, text } = setUp();

    await close(aStatusChange({ status: 'FAILED', ...detail }));

    expect(published).toEqual([]);
    expect(records.size).toBe(0);
    expect(text()).not.toContain('canary');
  });

  it('throws when publishing fails, so that the invocation is retried', async () => {
    const publish = () => Promise.reject(new Error('the bus is down'));
    const { close, counted, logged } = setUp({ record: aRecord(), publish });

    await expect(close(aStatusChange())).rejects.toThrow('the bus is down');
    expect(counted()).toEqual({});
    expect(logged()).toMatchObject([{ level: 'ERROR', message: 'Close task failed' }]);
  });

  it.each([{}, { detail: {} }, aStatusChange({ status: 'SUCCEEDED' })])(
    'throws for an event that is not an abnormal end: %j',
    async (event) => {
      const { close, published } = setUp({ record: aRecord() });

      await expect(close(event)).rejects.toThrow();
      expect(published).toEqual([]);
    },
  );
});

describe('closing the task of an execution that is about to fail', () => {
  const request: CloseRequest = {
    executionArn: EXECUTION,
    executionStartedAt: instantAfter(0),
    input: { taskId: TASK_ID },
    error: 'States.Timeout',
  };

  it('closes the task as Failed and publishes its event', async () => {
    const { close, records, published } = setUp({ record: aRecord() });

    await close(request);

    expect(records.get(TASK_ID)).toMatchObject({ outcome: 'Failed', reason: 'InternalError' });
    expect(published).toHaveLength(1);
  });

  it('leaves nothing to do for the status-change event that follows', async () => {
    const { close, published } = setUp({ record: aRecord() });

    await close(request);
    await close(aStatusChange({ status: 'FAILED', error: 'States.Timeout' }));

    expect(published).toHaveLength(1);
  });

  it('does nothing when the input is invalid', async () => {
    const { close, published } = setUp();

    await close({ ...request, input: 'canary' });

    expect(published).toEqual([]);
  });
});

describe('sweeping', () => {
  const schedule = { 'detail-type': 'Scheduled Event', source: 'aws.events', resources: [], detail: {} };

  it('closes the task of an execution that has ended, and counts it', async () => {
    const { close, published, counted, logged } = setUp({ record: aRecord(), endOf: 'ABORTED' });

    await close(schedule);

    expect(published).toMatchObject([{ outcome: 'Cancelled' }]);
    expect(counted()).toMatchObject({ TasksSwept: 1, TasksEnded: 1 });
    expect(logged()).toMatchObject([{ level: 'WARN', message: 'Swept', taskId: TASK_ID }]);
  });

  it('counts zero when there is nothing to close', async () => {
    const { close, counted } = setUp();

    await close(schedule);

    expect(counted()).toMatchObject({ TasksSwept: 0 });
  });

  it('fails when a task could not be closed, so that Lambda retries and then keeps the event', async () => {
    const publish = () => Promise.reject(new Error('the bus is down'));
    const { close, logged } = setUp({ record: aRecord(), endOf: 'FAILED', publish });

    await expect(close(schedule)).rejects.toThrow('1 tasks or images could not be closed');
    expect(logged()).toMatchObject([
      { level: 'ERROR', message: 'Could not sweep', id: TASK_ID },
      { level: 'ERROR', message: 'Close task failed' },
    ]);
  });
});

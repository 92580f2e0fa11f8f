import { describe, expect, it } from 'vitest';
import { createHandler } from '../../../functions/close-batch/handler.ts';
import { batchKeys } from '../../../functions/contracts/batch-keys.ts';
import type { BatchRecord } from '../../../functions/contracts/batch-record.ts';
import type { EndedExecution } from '../../../functions/core/close-task.ts';
import { instantAfter, OTHER_EXECUTION, START } from '../../support/builders.ts';
import { BATCH_EXECUTION, BATCH_ID, closingBatch, type ItemState } from '../../support/closing-batch.ts';
import { aContext, captureLogs } from '../../support/invocation.ts';

interface SetUp {
  readonly states?: readonly ItemState[];
  readonly record?: Partial<BatchRecord>;
  readonly remainingSeconds?: number;
  /** How every execution ended. */
  readonly endOf?: () => EndedExecution['status'] | undefined;
}

async function setUp({ states = ['task open', 'task with a line'], ...details }: SetUp = {}) {
  const { record = {}, remainingSeconds = 900, endOf = () => undefined } = details;
  const logs = captureLogs();
  const world = await closingBatch(states, record);
  const stopped: string[] = [];
  const ports = {
    ...world.ports,
    index: {
      async *unclosedBatches() {
        yield BATCH_ID;
      },
    },
    executions: {
      endOf: async () => endOf(),
      async stop(executionArn: string) {
        stopped.push(executionArn);
      },
    },
    sleep: async () => {},
  };
  const { logger, metrics } = logs;
  const handler = createHandler({ ports, logger, metrics });
  const close = async (event: unknown, seconds = remainingSeconds) =>
    handler(event, aContext({ getRemainingTimeInMillis: () => seconds * 1000 }));
  return { ...logs, ...world, stopped, close };
}

/** The payload of the state `Close batch`. */
function aPayload(details: object = {}) {
  return {
    ...{ batchId: BATCH_ID, executionArn: BATCH_EXECUTION, executionStartedAt: instantAfter(0) },
    ...{
      input: { list: { bucket: 'scans', key: 'canary.csv' } },
      state: { chunksKey: 'k', concurrency: 10 },
    },
    ...details,
  };
}

/** The event that EventBridge delivers when an execution ends. */
function aStatusChange(detail: object = {}) {
  return {
    'detail-type': 'Step Functions Execution Status Change',
    source: 'aws.states',
    detail: {
      ...{ executionArn: BATCH_EXECUTION, status: 'ABORTED', startDate: START, stopDate: START + 99_000 },
      ...{ input: '{"list":{"bucket":"scans","key":"canary.csv"}}', error: null, cause: null },
      ...detail,
    },
  };
}

describe('closing the batch for its state', () => {
  it('returns the outcome, its cause and the detail of the event', async () => {
    const { close, events, logged, text } = await setUp();

    const output = await close(aPayload());

    expect(output).toMatchObject({
      ...{ isClosed: true, outcome: 'Completed', cause: 'The batch ended as Completed after 2 of 2 items.' },
      detail: { batchId: BATCH_ID, total: 2, counts: { Completed: 1, Failed: 1 } },
    });
    expect(events.at(-1)?.detail).toBe(JSON.stringify(output && 'detail' in output && output.detail));
    expect(logged()).toMatchObject([
      { message: 'Published the event of the batch', batchId: BATCH_ID, outcome: 'Completed', total: 2 },
    ]);
    // Keys and correlations may be personal data.
    expect(text()).not.toMatch(/canary|page 0/);
  });

  it('counts the batch by outcome, its failures and the tasks that it closed', async () => {
    const { close, counted, text } = await setUp();

    await close(aPayload());

    expect(counted()).toMatchObject({ BatchesEnded: 1, BatchFailurePercentage: 50, TasksEnded: 1 });
    expect(text()).toContain('"outcome":"Completed","BatchesEnded":1');
    expect(text()).toContain('"outcome":"Failed","TasksEnded":1');
  });

  it('counts nothing when it is repeated', async () => {
    const { close, counted } = await setUp({
      record: {
        status: 'Completed',
        outcome: 'Completed',
        terminalEvent: 'Published',
        counts: { Completed: 2 },
      },
    });

    expect(await close(aPayload())).toMatchObject({ isClosed: true, outcome: 'Completed' });
    expect(counted()).toEqual({});
  });

  it('closes the batch as Failed when a state has failed', async () => {
    const { close } = await setUp({ states: ['task untouched', 'task open'] });

    const failure = { Error: 'States.ItemReaderFailed', Cause: 'canary' };
    expect(await close(aPayload({ state: failure }))).toMatchObject({
      ...{ outcome: 'Failed', cause: 'The batch ended as Failed (InternalError) after 1 of 2 items.' },
    });
  });

  it('closes the batch as Failed in a later step, too', async () => {
    const { close } = await setUp({ states: ['task untouched', 'task open'] });
    const failure = { Error: 'States.ItemReaderFailed', Cause: 'canary' };
    const closing = await close(aPayload({ state: failure }), 59);

    expect(closing).toEqual({ isClosed: false });
    expect(await close(aPayload({ state: { ...failure, closing } }))).toMatchObject({ outcome: 'Failed' });
  });

  it('is invoked again when too little time is left', async () => {
    const { close, events } = await setUp({ remainingSeconds: 59 });

    expect(await close(aPayload())).toEqual({ isClosed: false });
    expect(events).toEqual([]);
  });

  it('counts a refused list without a percentage', async () => {
    const { close, counted } = await setUp({
      states: [],
      record: { status: 'Opening', reason: 'ListInvalid' },
    });

    await close(aPayload({ state: { Error: 'OcrBatchRefused', Cause: '{}' } }));

    expect(counted()).toEqual({ BatchesEnded: 1, outcome: 'Refused' });
  });

  it('fails when the batch is not that of the execution', async () => {
    const { close, events } = await setUp({ record: { executionArn: OTHER_EXECUTION } });

    await expect(close(aPayload())).rejects.toMatchObject({ name: 'NothingToCloseError' });
    expect(events).toEqual([]);
  });
});

describe('closing a chunk for its state', () => {
  const event = (chunks = '') => ({
    ...{ batchId: BATCH_ID, executionArn: BATCH_EXECUTION, chunk: JSON.parse(chunks.split('\n')[0] ?? '') },
    progress: { left: 2, delaySeconds: 20, startedAt: instantAfter(0) },
  });

  it('ends its open tasks, counts them and logs the chunk', async () => {
    const { close, files, progress, events, counted, logged } = await setUp();

    expect(await close(event(files.all.get(batchKeys(BATCH_ID).chunks)))).toEqual({ left: 0 });

    expect([...progress.ends.values()]).toMatchObject([{ counts: { Completed: 1, Failed: 1 } }]);
    expect(events.map(({ type }) => type)).toEqual(['OCR Task Failed']);
    expect(counted()).toMatchObject({ TasksEnded: 1, outcome: 'Failed' });
    expect(logged()).toMatchObject([
      { message: 'Closed a chunk that had failed', batchId: BATCH_ID, chunk: 0 },
    ]);
  });
});

describe('closing the batch of an ended execution', () => {
  it('closes it as Cancelled when the execution was stopped', async () => {
    const { close, endedRecord, lines } = await setUp();

    expect(await close(aStatusChange())).toBeUndefined();
    expect(endedRecord()).toMatchObject({ outcome: 'Cancelled', terminalEvent: 'Published' });
    expect(lines().map(({ outcome }) => outcome)).toEqual(['Cancelled', 'Completed']);
  });

  it('publishes nothing when the state `Close batch` has', async () => {
    const { close, events } = await setUp();
    await close(aPayload({ state: { Error: 'x', Cause: 'y' } }));
    const published = events.length;

    await close(aStatusChange({ status: 'FAILED', error: 'OcrBatchFailed' }));

    expect(events).toHaveLength(published);
  });

  it.each(['InvalidInput', 'BatchConflict'])(
    'does nothing for an execution that failed with %s',
    async (error) => {
      const { close, batches, events } = await setUp();
      batches.all.clear();

      await close(aStatusChange({ status: 'FAILED', error }));

      expect([batches.all.size, events.length]).toEqual([0, 0]);
    },
  );

  it.each([
    ['too long for the event', null, ['Cancelled']],
    ['invalid', '{"list":7}', []],
    ['not JSON', '{', ['Cancelled']],
  ])('closes a batch without a record when the input is %s', async (_, input, outcomes) => {
    const { close, batches } = await setUp({ states: [] });
    batches.all.clear();

    await close(aStatusChange({ input }));

    expect([...batches.all.values()].map(({ outcome }) => outcome)).toEqual(outcomes);
  });
});

describe('the schedule', () => {
  it('closes batches whose execution has ended, and logs each one', async () => {
    const { close, counted, logged } = await setUp({ endOf: () => 'TIMED_OUT' });

    await close({ 'detail-type': 'Scheduled Event' });

    expect(logged()).toMatchObject([{ message: 'Swept a batch', batchId: BATCH_ID, outcome: 'Failed' }]);
    expect(counted()).toMatchObject({ BatchesEnded: 1, BatchFailurePercentage: 50 });
  });

  it('stops batches that were cancelled long ago, and logs each one', async () => {
    const { close, stopped, logged } = await setUp({
      record: { status: 'Cancelling', cancelledAt: instantAfter(0) },
    });

    await close({ 'detail-type': 'Scheduled Event' });

    expect(stopped).toEqual([BATCH_EXECUTION]);
    expect(logged()).toMatchObject([{ level: 'WARN', batchId: BATCH_ID }]);
  });

  it('fails when a batch could not be closed, so that the alarm fires', async () => {
    const { close } = await setUp({
      endOf() {
        throw new Error('throttled');
      },
    });

    await expect(close({ 'detail-type': 'Scheduled Event' })).rejects.toMatchObject({
      ...{ name: 'IncompleteBatchSweepError', message: '1 batches could not be closed' },
    });
  });
});

it('fails for an unknown event', async () => {
  const { close } = await setUp();

  await expect(close({ Records: [] })).rejects.toThrow();
});

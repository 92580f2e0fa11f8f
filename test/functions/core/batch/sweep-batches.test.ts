import { describe, expect, it } from 'vitest';
import type { BatchRecord } from '../../../../functions/contracts/batch-record.ts';
import { sweepBatches } from '../../../../functions/core/batch/sweep-batches.ts';
import type { EndedExecution } from '../../../../functions/core/close-task.ts';
import { instantAfter, START } from '../../../support/builders.ts';
import { aRunningBatch, BATCH_EXECUTION, BATCH_ID, closingBatch } from '../../../support/closing-batch.ts';

/** The time in the worlds of `closingBatch`: an hour after the start. */
const NOW_SECONDS = 3600;

async function setUp(
  details: Partial<BatchRecord> = {},
  endOf: (executionArn: string) => EndedExecution['status'] | undefined = () => undefined,
  others: readonly BatchRecord[] = [],
) {
  const world = await closingBatch(['task open', 'task untouched'], details);
  for (const other of others) world.batches.all.set(other.batchId, other);
  const stopped: string[] = [];
  const failures: string[] = [];
  const sweep = async () =>
    sweepBatches({
      ...world.ports,
      index: {
        async *unclosedBatches() {
          yield* [...world.batches.all.keys()];
        },
      },
      executions: {
        endOf: async (executionArn) => endOf(executionArn),
        async stop(executionArn, error) {
          stopped.push(`${executionArn} ${error}`);
        },
      },
      sleep: async () => {},
      onStop() {},
      onFailure: (batchId) => failures.push(batchId),
    });
  return { ...world, sweep, stopped, failures, batch: () => world.batches.all.get(BATCH_ID) };
}

describe('a sweep of batches', () => {
  it.each([
    ['ABORTED', 'Cancelled'],
    ['FAILED', 'Failed'],
    ['TIMED_OUT', 'Failed'],
  ] as const)('closes a batch whose execution is %s as %s', async (status, outcome) => {
    const { sweep, batch, events } = await setUp({}, () => status);

    expect(await sweep()).toMatchObject([{ detail: { batchId: BATCH_ID, outcome } }]);
    expect(batch()).toMatchObject({ outcome, terminalEvent: 'Published' });
    expect(events.map(({ key }) => key)).toEqual(['RecognizeImage/task-0/1', `batch/${BATCH_ID}`]);
    expect(await sweep()).toEqual([]);
    expect(events).toHaveLength(2);
  });

  it('leaves a batch alone whose execution may not be visible yet', async () => {
    const startedAt = instantAfter(NOW_SECONDS - 30);
    const { sweep, batch, events } = await setUp({ startedAt }, () => 'FAILED');

    expect(await sweep()).toEqual([]);
    expect(batch()?.outcome).toBeUndefined();
    expect(events).toEqual([]);
  });

  it('publishes the event of an ended batch that is still unpublished, whatever its execution does', async () => {
    const { sweep, batch, events } = await setUp({
      ...{ status: 'Completed', outcome: 'Completed', terminalEvent: 'Pending', counts: { Completed: 2 } },
    });

    await sweep();

    expect(batch()).toMatchObject({ outcome: 'Completed', terminalEvent: 'Published' });
    expect(events.map(({ key }) => key)).toEqual([`batch/${BATCH_ID}`]);
  });

  it.each<[string, Partial<BatchRecord>]>([
    ['is running', {}],
    [
      'was cancelled less than ten minutes ago',
      { status: 'Cancelling', cancelledAt: instantAfter(NOW_SECONDS - 599) },
    ],
    ['has expired', { expiresAt: START / 1000 }],
  ])('leaves a batch that %s', async (_, details) => {
    const { sweep, batch, stopped, events } = await setUp(details);
    const before = batch();

    expect(await sweep()).toEqual([]);
    expect(batch()).toEqual(before);
    expect([...stopped, ...events]).toEqual([]);
  });

  it('stops a batch that was cancelled ten minutes ago and still runs', async () => {
    const { sweep, stopped } = await setUp({
      ...{ status: 'Cancelling', cancelledAt: instantAfter(NOW_SECONDS - 600) },
    });

    await sweep();

    expect(stopped).toEqual([`${BATCH_EXECUTION} OcrBatchFailed`]);
  });

  it('goes on after a batch that it cannot close', async () => {
    const broken = aRunningBatch({ batchId: 'broken', executionArn: 'broken' });
    const { sweep, batch, failures } = await setUp(
      {},
      (executionArn) => {
        if (executionArn === 'broken') throw new Error('throttled');
        return 'FAILED';
      },
      [broken],
    );

    await sweep();

    expect(failures).toEqual(['broken']);
    expect(batch()).toMatchObject({ outcome: 'Failed' });
  });

  it('starts no batch that it has no time for', async () => {
    const { sweep, batch, state } = await setUp({}, () => 'FAILED');
    state.remainingSeconds = 89;

    expect(await sweep()).toEqual([]);
    expect(batch()?.outcome).toBeUndefined();
  });
});

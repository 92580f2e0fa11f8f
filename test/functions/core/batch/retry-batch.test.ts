import { describe, expect, it } from 'vitest';
import { batchIdSchema } from '../../../../functions/contracts/batch-input.ts';
import type { BatchRecord } from '../../../../functions/contracts/batch-record.ts';
import { nextRetryId, retryBatch } from '../../../../functions/core/batch/retry-batch.ts';
import {
  BatchConflict,
  BatchNotFound,
  BatchResultsGone,
  BatchStillRunning,
  NothingToRetry,
} from '../../../../functions/core/task-errors.ts';
import { aBatchRecord, anEndedBatch, BATCH_ID } from '../../../support/batch-builders.ts';
import { memoryPorts } from '../../../support/memory-ports.ts';

function setUp(record?: BatchRecord) {
  const memory = memoryPorts();
  if (record !== undefined) memory.batches.all.set(record.batchId, record);
  const retry = (retryId?: string) => retryBatch(BATCH_ID, retryId, memory.ports);
  return { ...memory, retry };
}

describe('retrying a batch', () => {
  it('starts a batch of its items with the same limits', async () => {
    const { retry, batchExecutions } = setUp(anEndedBatch({ concurrency: 3, requestsPerSecond: 25 }));

    const { record, isNew } = await retry();

    expect(isNew).toBe(true);
    expect(record).toMatchObject({ batchId: `${BATCH_ID}-r1`, status: 'Opening', concurrency: 3 });
    expect(batchExecutions.get(`${BATCH_ID}-r1`)).toMatchObject({
      input: { retryOf: BATCH_ID, concurrency: 3, requestsPerSecond: 25 },
    });
  });

  it('starts one batch when it is called twice', async () => {
    const { retry, batchExecutions } = setUp(anEndedBatch());
    const first = await retry();

    expect(await retry()).toEqual({ ...first, isNew: false });
    expect(batchExecutions.size).toBe(1);
  });

  it('takes the id that the caller chooses', async () => {
    const { retry } = setUp(anEndedBatch());

    expect((await retry('second-try')).record.batchId).toBe('second-try');
  });

  it('fails with BatchConflict when the id is in use, even for the batch itself', async () => {
    const { retry, batches } = setUp(anEndedBatch());
    batches.all.set('taken', aBatchRecord({ batchId: 'taken' }));

    await expect(retry('taken')).rejects.toThrow(BatchConflict);
    await expect(retry(BATCH_ID)).rejects.toThrow(BatchConflict);
  });

  it.each([
    [undefined, BatchNotFound, 'there is no batch'],
    [aBatchRecord({ status: 'Running' }), BatchStillRunning, 'has not ended'],
    [
      anEndedBatch({ outcome: 'Refused', total: 0, counts: {} }),
      NothingToRetry,
      `batchId: ${BATCH_ID} has no item to retry: its list was refused`,
    ],
    [anEndedBatch({ outcome: 'Failed', total: 0, counts: {} }), NothingToRetry, 'its list was not read'],
    [anEndedBatch({ counts: { Completed: 2 } }), NothingToRetry, 'all items are Completed'],
  ])('fails when there is nothing to retry (%#)', async (record, problem, message) => {
    const { retry, batchExecutions } = setUp(record);

    await expect(retry()).rejects.toThrow(problem);
    await expect(retry()).rejects.toThrow(message);
    expect(batchExecutions.size).toBe(0);
  });

  it.each(['Stopped', 'Cancelled', 'Failed'] as const)(
    'is possible after the outcome %s',
    async (outcome) => {
      const { retry } = setUp(anEndedBatch({ outcome, counts: { NotStarted: 2 } }));

      expect((await retry()).isNew).toBe(true);
    },
  );

  it('fails with BatchResultsGone when the results of the old batch have been deleted', async () => {
    const { retry, missing } = setUp(anEndedBatch());
    missing.add(`batches/${BATCH_ID}/results.jsonl`);

    await expect(retry()).rejects.toThrow(BatchResultsGone);
  });
});

describe('the default id of a retry', () => {
  it.each([
    ['scans', 'scans-r1'],
    ['scans-r1', 'scans-r2'],
    ['scans-r9', 'scans-r10'],
    ['scans-r0', 'scans-r0-r1'],
    ['scans-report', 'scans-report-r1'],
    ['-r1', '-r2'],
    ['x'.repeat(64), `${'x'.repeat(61)}-r1`],
    [`${'x'.repeat(61)}-r9`, `${'x'.repeat(60)}-r10`],
  ])('after %s is %s', (batchId, retryId) => {
    expect(nextRetryId(batchId)).toBe(retryId);
    expect(batchIdSchema.safeParse(retryId).success).toBe(true);
  });
});

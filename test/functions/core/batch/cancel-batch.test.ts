import { describe, expect, it } from 'vitest';
import { BATCH_OUTCOMES, type BatchRecord } from '../../../../functions/contracts/batch-record.ts';
import { changeBatch } from '../../../../functions/core/batch/batch-record.ts';
import { cancelBatch } from '../../../../functions/core/batch/cancel-batch.ts';
import { BatchEnded, BatchNotFound } from '../../../../functions/core/task-errors.ts';
import { aBatchRecord, anEndedBatch, BATCH_ID } from '../../../support/batch-builders.ts';
import { instantAfter, START } from '../../../support/builders.ts';
import { memoryBatches } from '../../../support/memory-batches.ts';

function setUp(...records: readonly BatchRecord[]) {
  const batches = memoryBatches(...records);
  const ports = { batches, now: () => START + 60_000 };
  return { batches, ports, cancel: () => cancelBatch(BATCH_ID, ports) };
}

describe('cancelling a batch', () => {
  it.each(['Opening', 'Running'] as const)('marks the record of a batch that is %s', async (status) => {
    const { cancel, batches } = setUp(aBatchRecord({ status, total: 7 }));

    const { record, isNew } = await cancel();

    expect(isNew).toBe(true);
    expect(record).toEqual(
      aBatchRecord({ status: 'Cancelling', cancelledAt: instantAfter(60), total: 7, version: 2 }),
    );
    expect(batches.current()).toEqual(record);
  });

  it.each([aBatchRecord({ status: 'Cancelling' }), anEndedBatch({ outcome: 'Cancelled' })])(
    'changes nothing the second time: $status',
    async (record) => {
      const { cancel, batches } = setUp(record);

      expect(await cancel()).toEqual({ record, isNew: false });
      expect(batches.current()).toEqual(record);
    },
  );

  it.each(BATCH_OUTCOMES.filter((outcome) => outcome !== 'Cancelled'))(
    'fails with BatchEnded when it has ended as %s',
    async (outcome) => {
      const { cancel } = setUp(anEndedBatch({ outcome }));

      await expect(cancel()).rejects.toThrow(BatchEnded);
    },
  );

  it('fails with BatchNotFound without a record, or after it has expired', async () => {
    await expect(setUp().cancel()).rejects.toThrow(BatchNotFound);
    await expect(setUp(aBatchRecord({ expiresAt: START / 1000 })).cancel()).rejects.toThrow(BatchNotFound);
  });

  it('keeps what another writer changed meanwhile', async () => {
    const { ports, batches } = setUp(aBatchRecord());
    const running = changeBatch(aBatchRecord(), { status: 'Running', total: 3, chunks: 1 });
    let raced = false;
    const write = async (record: BatchRecord) => {
      if (!raced) batches.all.set(BATCH_ID, running);
      raced = true;
      return await batches.write(record);
    };

    const { record } = await cancelBatch(BATCH_ID, { ...ports, batches: { ...batches, write } });

    expect(record).toMatchObject({ status: 'Cancelling', total: 3, chunks: 1, version: 3 });
  });
});

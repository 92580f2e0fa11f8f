import { describe, expect, it } from 'vitest';
import type { BatchPage, BatchSummary } from '../../../../functions/contracts/batches-api.ts';
import { batchPartitions } from '../../../../functions/contracts/listing-index.ts';
import { listBatches } from '../../../../functions/core/batch/list-batches.ts';
import type { Listing } from '../../../../functions/core/listing.ts';
import { aBatchRecord, anEndedBatch } from '../../../support/batch-builders.ts';
import { instantAfter } from '../../../support/builders.ts';
import { memoryPorts } from '../../../support/memory-ports.ts';

const at = (seconds: number) => ({ startedAt: instantAfter(seconds) });

function setUp() {
  const { ports, batches } = memoryPorts();
  for (const record of [
    aBatchRecord({ batchId: 'opening', ...at(3) }),
    anEndedBatch({ batchId: 'cancelled', outcome: 'Cancelled', ...at(2) }),
    anEndedBatch({ batchId: 'unpublished', terminalEvent: 'Pending', ...at(1) }),
    anEndedBatch({ batchId: 'completed', ...at(0) }),
  ]) {
    batches.all.set(record.batchId, record);
  }
  const partitions: string[] = [];
  const batchIndex: Listing<BatchSummary> = {
    async read(query) {
      partitions.push(query.partition);
      return await ports.batchIndex.read(query);
    },
  };
  const list = (query: Partial<Parameters<typeof listBatches>[0]> = {}) =>
    listBatches({ limit: 20, ...query }, { ...ports, batchIndex });
  return { list, partitions };
}

const idsOf = ({ batches }: BatchPage) => batches.map(({ batchId }) => batchId);

describe('listing batches', () => {
  it('returns those of every group, newest first', async () => {
    expect(idsOf(await setUp().list())).toEqual(['opening', 'cancelled', 'unpublished', 'completed']);
  });

  it('continues with the cursor of a page', async () => {
    const { list } = setUp();
    const { cursor, ...first } = await list({ limit: 3 });

    expect(idsOf(first)).toEqual(['opening', 'cancelled', 'unpublished']);
    expect(idsOf(await list({ limit: 3, cursor }))).toEqual(['completed']);
  });

  it.each([
    ['Opening', ['open'], ['opening']],
    ['Running', ['open'], []],
    ['Cancelling', ['open'], []],
    ['Cancelled', ['unpublished', 'ended'], ['cancelled']],
    ['Completed', ['unpublished', 'ended'], ['unpublished', 'completed']],
  ] as const)('reads only the groups in which a batch that is %s can be', async (status, groups, ids) => {
    const { list, partitions } = setUp();

    expect(idsOf(await list({ status }))).toEqual(ids);
    expect(partitions).toEqual(groups.flatMap(batchPartitions));
  });
});

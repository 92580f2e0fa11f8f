import { BatchEnded } from '../task-errors.ts';
import type { BatchRecords } from './batch-ports.ts';
import { changeBatch, isEndedBatch } from './batch-record.ts';
import { type ReadBatchPorts, readBatch } from './read-batch.ts';
import type { BatchStart } from './start-batch.ts';

export interface CancelBatchPorts extends ReadBatchPorts {
  readonly batches: BatchRecords;
}

/**
 * Cancels a batch. Its chunks find out and start nothing more; the execution goes on until they
 * have. It can be repeated. `isNew`: this call cancelled it.
 *
 * @throws BatchNotFound, or BatchEnded when the batch has another outcome
 */
export async function cancelBatch(batchId: string, ports: CancelBatchPorts): Promise<BatchStart> {
  for (;;) {
    const found = await readBatch(batchId, ports);
    if (found.status === 'Cancelling' || found.status === 'Cancelled') return { record: found, isNew: false };
    if (isEndedBatch(found)) throw new BatchEnded(batchId, found.outcome);
    const record = changeBatch(found, {
      status: 'Cancelling',
      cancelledAt: new Date(ports.now()).toISOString(),
    });
    if (await ports.batches.write(record)) return { record, isNew: true };
  }
}

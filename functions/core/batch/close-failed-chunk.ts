import type { FailedChunk } from '../../contracts/collect-batch.ts';
import type { BatchRecords } from './batch-ports.ts';
import { isEndedBatch } from './batch-record.ts';
import { type CloseChunkPorts, closeChunk } from './close-chunk.ts';

export interface CloseFailedChunkPorts extends CloseChunkPorts {
  readonly batches: Pick<BatchRecords, 'read'>;
}

/** There are at most as many failed chunks at once as the concurrency of the batch. */
const CONCURRENT_ITEMS = 2;

/**
 * Closes a chunk whose function has failed at every attempt. The other chunks may need days. By
 * then, the records of its tasks would have expired, and nothing could report their end.
 *
 * @returns whether the chunk had to be closed
 * @throws BatchFilesLostError, and the errors of records and objects
 */
export async function closeFailedChunk(
  { batchId, executionArn, chunk }: FailedChunk,
  ports: CloseFailedChunkPorts,
): Promise<boolean> {
  const batch = await ports.batches.read(batchId);
  if (batch === undefined || isEndedBatch(batch) || batch.executionArn !== executionArn) return false;
  if ((await ports.progress.tagOf(batchId, chunk.n)) !== undefined) return false;
  const status = batch.status === 'Cancelling' ? 'ABORTED' : 'FAILED';
  const execution = { executionArn, startedAt: Date.parse(batch.startedAt), status } as const;
  await closeChunk(batch, chunk, execution, CONCURRENT_ITEMS, ports);
  return true;
}

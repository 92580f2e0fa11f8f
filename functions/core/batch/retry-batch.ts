import { batchKeys } from '../../contracts/batch-keys.ts';
import { BatchResultsGone, NothingToRetry } from '../task-errors.ts';
import { parseBatchInput } from './batch-input.ts';
import { type BatchResultsPorts, hasItems, readEndedBatch } from './read-batch.ts';
import { type BatchStart, type StartBatchPorts, startBatch } from './start-batch.ts';

export type RetryBatchPorts = StartBatchPorts & BatchResultsPorts;

/** Length that `batchIdSchema` allows. */
const MAX_BATCH_ID_LENGTH = 64;

/**
 * Starts a batch with the items of an ended one that are not Completed. Two calls start one batch.
 *
 * @param retryId id of the new batch. By default, the old id with the number of the retry
 * @throws BatchNotFound, BatchStillRunning, NothingToRetry, BatchResultsGone, or BatchConflict when
 * the new id is in use for another request
 */
export async function retryBatch(
  batchId: string,
  retryId: string | undefined,
  ports: RetryBatchPorts,
): Promise<BatchStart> {
  const record = await readEndedBatch(batchId, ports);
  const { outcome, total = 0, counts = {}, concurrency, requestsPerSecond } = record;
  if (outcome === 'Refused') throw new NothingToRetry(batchId, 'its list was refused');
  if (!hasItems(record)) throw new NothingToRetry(batchId, 'its list was not read');
  if (counts['Completed'] === total) throw new NothingToRetry(batchId, 'all items are Completed');
  // The retry reads the results of the old batch.
  if (!(await ports.documents.exists(batchKeys(batchId).lines))) throw new BatchResultsGone(batchId);
  const input = parseBatchInput({ retryOf: batchId, concurrency, requestsPerSecond });
  return await startBatch({ batchId: retryId ?? nextRetryId(batchId), input }, ports);
}

/** Returns `<id>-r1` for an id, `<id>-r2` for that, and so on. */
export function nextRetryId(batchId: string): string {
  const [, first = batchId, count = '0'] = /^(.*)-r([1-9]\d{0,5})$/.exec(batchId) ?? [];
  const suffix = `-r${Number(count) + 1}`;
  return `${first.slice(0, MAX_BATCH_ID_LENGTH - suffix.length)}${suffix}`;
}

import { batchKeys } from '../../contracts/batch-keys.ts';
import type { BatchCounts, BatchRecord } from '../../contracts/batch-record.ts';
import { type BatchResults, type BatchView, batchViewSchema } from '../../contracts/batches-api.ts';
import { type DocumentReader, LINK_SECONDS } from '../read-results.ts';
import { BatchNotFound, BatchResultsGone, BatchStillRunning } from '../task-errors.ts';
import { withoutUndefined } from '../without-undefined.ts';
import type { BatchProgressStore, BatchRecords } from './batch-ports.ts';
import { type EndedBatch, isBatchExpired, isEndedBatch } from './batch-record.ts';

export interface ReadBatchPorts {
  readonly batches: Pick<BatchRecords, 'read'>;
  /** Epoch milliseconds. */
  now(): number;
}

export interface BatchResultsPorts extends ReadBatchPorts {
  readonly documents: Pick<DocumentReader, 'exists' | 'link'>;
}

/** Bounds of Retry-After, and the part of the batch's age that it is between them. */
const RETRY = { minSeconds: 2, maxSeconds: 60, ageFactor: 0.05 };

/**
 * Reads the record of a batch.
 *
 * @throws BatchNotFound when there is no record or it has expired
 */
export async function readBatch(batchId: string, { batches, now }: ReadBatchPorts): Promise<BatchRecord> {
  const found = await batches.read(batchId);
  if (found === undefined || isBatchExpired(found, now())) throw new BatchNotFound(batchId);
  return found;
}

/**
 * Reads the record of a batch that has ended.
 *
 * @throws BatchNotFound, or BatchStillRunning
 */
export async function readEndedBatch(batchId: string, ports: ReadBatchPorts): Promise<EndedBatch> {
  const record = await readBatch(batchId, ports);
  const retryAfterSeconds = batchRetrySeconds(record, ports.now());
  if (!isEndedBatch(record)) throw new BatchStillRunning(batchId, retryAfterSeconds);
  return record;
}

/** How long to wait before reading a batch again: the longer it runs, the longer. */
export function batchRetrySeconds({ startedAt }: Pick<BatchRecord, 'startedAt'>, now: number): number {
  const ageSeconds = (now - Date.parse(startedAt)) / 1000;
  return Math.min(RETRY.maxSeconds, Math.max(RETRY.minSeconds, Math.ceil(ageSeconds * RETRY.ageFactor)));
}

/** Builds what the API shows of a batch, with the progress of its chunks. */
export async function viewBatch(
  record: BatchRecord,
  { progress }: { readonly progress: Pick<BatchProgressStore, 'read'> },
): Promise<BatchView> {
  const counts = await countsOf(record, progress);
  const done = Object.values(counts).reduce((sum, count) => sum + count, 0);
  const { total } = record;
  // Parsing keeps only what the API documents.
  return batchViewSchema.parse({
    ...record,
    progress: counts,
    ...withoutUndefined({ pending: total === undefined ? undefined : total - done }),
  });
}

async function countsOf(
  record: BatchRecord,
  progress: Pick<BatchProgressStore, 'read'>,
): Promise<BatchCounts> {
  const { batchId, chunks, counts } = record;
  if (counts !== undefined) return counts;
  return chunks === undefined ? {} : (await progress.read(batchId, chunks)).counts;
}

/**
 * Creates links to the results of an ended batch.
 *
 * @throws BatchNotFound, BatchStillRunning, or BatchResultsGone
 */
export async function batchResults(batchId: string, ports: BatchResultsPorts): Promise<BatchResults> {
  const record = await readEndedBatch(batchId, ports);
  const { status, reason, total, counts } = record;
  const { lines, csv, summary } = batchKeys(batchId);
  if (hasItems(record) && !(await ports.documents.exists(lines))) throw new BatchResultsGone(batchId);
  const linkTo = async (key: string) =>
    (await ports.documents.exists(key)) ? await ports.documents.link(key, fileName(batchId, key)) : null;
  const [resultsUrl, resultsCsvUrl, summaryUrl] = await Promise.all([
    linkTo(lines),
    linkTo(csv),
    linkTo(summary),
  ]);
  return {
    ...{ batchId, status, ...withoutUndefined({ reason, total, counts }) },
    ...{ resultsUrl, resultsCsvUrl, summaryUrl, linkSeconds: LINK_SECONDS },
  };
}

/** Whether the batch has items, so that its results were stored. */
export function hasItems({ total = 0 }: Pick<BatchRecord, 'total'>): boolean {
  return total > 0;
}

/** Includes the batch id, so that downloads of different batches have different names. */
function fileName(batchId: string, key: string): string {
  return `${batchId}-${key.slice(key.lastIndexOf('/') + 1)}`;
}

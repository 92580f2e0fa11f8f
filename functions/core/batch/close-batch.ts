import type { BatchEventDetail } from '../../contracts/batch-event.ts';
import { type BatchChunk, batchChunkSchema } from '../../contracts/batch-input.ts';
import { batchKeys } from '../../contracts/batch-keys.ts';
import type { BatchCounts, BatchRecord } from '../../contracts/batch-record.ts';
import type { EndedExecution } from '../close-task.ts';
import { transformInOrder } from '../in-order.ts';
import { InvalidInput, parseInput } from '../invalid-input.ts';
import type { Claimant } from '../task-record.ts';
import { batchEndCause, batchEventDetail, hasBatchResults } from './batch-event-detail.ts';
import { parseBatchInput } from './batch-input.ts';
import type { BatchRecords } from './batch-ports.ts';
import {
  changeBatch,
  type EndedBatch,
  endBatch,
  isBatchExpired,
  isEndedBatch,
  newBatch,
  unreadBatch,
} from './batch-record.ts';
import { writeBatchResults } from './batch-results.ts';
import { BatchFilesLostError, type CloseChunkPorts, closeChunk } from './close-chunk.ts';
import { parseJsonLines } from './result-lines.ts';

export interface CloseBatchPorts extends CloseChunkPorts {
  readonly batches: BatchRecords;
  /** @throws when the bus does not accept the event */
  publishBatch(detail: BatchEventDetail): Promise<void>;
  /** Time left in this invocation. */
  remainingSeconds(): number;
}

/** An execution of `Collect batch` that closes its batch, or has ended. */
export interface ClosingExecution extends Claimant {
  readonly batchId: string;
  /** How it ended, or `FAILED` when one of its states has failed. */
  readonly status?: EndedExecution['status'];
  /** The execution's own input, unchecked; undefined when it is unknown. */
  readonly input: unknown;
}

/** What one step of closing a batch has achieved. */
export type BatchClosing =
  /** Another step follows. */
  | { readonly kind: 'Unfinished' }
  /** `isNew`: this step published the event. */
  | {
      readonly kind: 'Closed';
      readonly detail: BatchEventDetail;
      /** The cause of a failed execution: one sentence. */
      readonly cause: string;
      readonly isNew: boolean;
    }
  | { readonly kind: 'Nothing'; readonly because: string };

/** At most 8 AWS calls at once, which is gentle on a table that other batches use. */
const CONCURRENT_CHUNKS = 4;
const CONCURRENT_ITEMS = 2;

/** Enough for the chunks under way, with all retries of the AWS SDK. */
const RESERVED_SECONDS = 60;

/** Generous for reading the result lines of a chunk, and writing them into the results. */
const SECONDS_PER_CHUNK = 0.03;

/** An invocation has 900 s, so that the results of the largest batch are written in a fresh one. */
const MAX_RESULTS_SECONDS = 780;

/**
 * Takes one step of closing a batch: it closes chunks that have not ended while time is left; once
 * all have ended, it writes the results, ends the record and publishes `OCR Batch Completed`.
 * Several invocations may do so at once, and each step can be repeated: the first one that records
 * the end of a chunk or of the batch decides.
 */
export async function closeBatch(execution: ClosingExecution, ports: CloseBatchPorts): Promise<BatchClosing> {
  const own = await readOwn(execution, ports);
  if ('because' in own) return own;
  if (isEndedBatch(own)) return await publishBatchOnce(own, ports);
  const found = execution.status === 'ABORTED' ? await noteStop(own, ports) : own;
  const items = await closeItems(found, execution, ports);
  if (items.kind === 'Unfinished') return items;
  const ended = await endOnce(found, items, execution, ports);
  return 'because' in ended ? ended : await publishBatchOnce(ended, ports);
}

/**
 * Notes that the execution was stopped, before any item is closed: an invocation of a chunk that
 * still runs then starts no further items.
 */
async function noteStop(record: BatchRecord, { batches, now }: CloseBatchPorts): Promise<BatchRecord> {
  if (record.status === 'Cancelling') return record;
  const cancelledAt = new Date(now()).toISOString();
  const cancelling = changeBatch(record, { status: 'Cancelling' as const, cancelledAt });
  // Another closer may have noted it, or even ended the batch.
  return (await batches.write(cancelling)) ? cancelling : record;
}

type Nothing = Extract<BatchClosing, { kind: 'Nothing' }>;

function nothing(because: string): Nothing {
  return { kind: 'Nothing', because };
}

/** Reads the record of this execution, or creates it: open-batch may have died before it did. */
async function readOwn(
  execution: ClosingExecution,
  { batches, now }: CloseBatchPorts,
): Promise<BatchRecord | Nothing> {
  const { batchId, executionArn, input } = execution;
  for (;;) {
    const found = await batches.read(batchId);
    if (found !== undefined) {
      return found.executionArn === executionArn ? found : nothing('the batch belongs to another execution');
    }
    const created = await createRecord(batchId, input, execution);
    if (created === undefined) return nothing('the execution refused its input');
    if (isBatchExpired(created, now())) return nothing('the record has expired and was deleted');
    if (await batches.write(created)) return created;
  }
}

/** Returns undefined when the execution refuses its input. */
async function createRecord(
  batchId: string,
  input: unknown,
  claimant: Claimant,
): Promise<BatchRecord | undefined> {
  if (input === undefined) return unreadBatch(batchId, claimant);
  try {
    return await newBatch(batchId, parseBatchInput(input), claimant);
  } catch (error) {
    if (error instanceof InvalidInput) return undefined;
    throw error;
  }
}

type EndedItems = Exclude<ClosedItems, { kind: 'Unfinished' }>;

type ClosedItems =
  | { readonly kind: 'Unfinished' }
  | { readonly kind: 'Written'; readonly counts: BatchCounts }
  /** There are no results. `counts` has what the chunks reported before. */
  | { readonly kind: 'Lost'; readonly because: string; readonly counts: BatchCounts };

/** Closes the chunks that have not ended, then writes the results. */
async function closeItems(
  batch: BatchRecord,
  execution: ClosingExecution,
  ports: CloseBatchPorts,
): Promise<ClosedItems> {
  try {
    return await closeChunks(batch, execution, ports);
  } catch (error) {
    if (!(error instanceof BatchFilesLostError)) throw error;
    const { counts } = await ports.progress.read(batch.batchId, batch.chunks ?? 0);
    return { kind: 'Lost', because: error.message, counts };
  }
}

async function closeChunks(
  batch: BatchRecord,
  execution: ClosingExecution,
  ports: CloseBatchPorts,
): Promise<ClosedItems> {
  const { batchId, chunks: total = 0 } = batch;
  const { files, progress, remainingSeconds } = ports;
  const chunks = await readChunks(batch, ports);
  const { tags } = await progress.read(batchId, total);
  const left = chunks.filter(({ n }) => !tags.has(n));
  if (left.length > 0) {
    const ended = itemExecution(batch, execution);
    function* whileTimeIsLeft() {
      for (const chunk of left) {
        if (remainingSeconds() < RESERVED_SECONDS) return;
        yield chunk;
      }
    }
    const close = async (chunk: BatchChunk) => await closeChunk(batch, chunk, ended, CONCURRENT_ITEMS, ports);
    let closed = 0;
    for await (const _ of transformInOrder(whileTimeIsLeft(), CONCURRENT_CHUNKS, close)) closed += 1;
    if (closed < left.length) return { kind: 'Unfinished' };
  }
  const resultsSeconds = Math.min(RESERVED_SECONDS + total * SECONDS_PER_CHUNK, MAX_RESULTS_SECONDS);
  if (remainingSeconds() < resultsSeconds) return { kind: 'Unfinished' };
  const ended = left.length === 0 ? tags : (await progress.read(batchId, total)).tags;
  return { kind: 'Written', counts: await writeBatchResults(batch, ended, files) };
}

/** Reads the list of chunks. */
async function readChunks(batch: BatchRecord, { files }: CloseBatchPorts): Promise<readonly BatchChunk[]> {
  if (!hasBatchResults(batch)) throw new BatchFilesLostError('The items were not listed.');
  const { chunks } = batchKeys(batch.batchId);
  const text = await files.read(chunks);
  if (text === undefined) throw new BatchFilesLostError(`${chunks} was deleted.`);
  return parseJsonLines(text).map((chunk) => parseInput(batchChunkSchema, chunk, 'chunks.jsonl'));
}

/** How tasks and images end that the batch has started and not ended. */
function itemExecution(batch: BatchRecord, execution: ClosingExecution): EndedExecution {
  const { executionArn, startedAt, status = 'FAILED' } = execution;
  return { executionArn, startedAt, status: isCancelled(batch, execution) ? 'ABORTED' : status };
}

function isCancelled({ status }: BatchRecord, execution: ClosingExecution): boolean {
  return status === 'Cancelling' || execution.status === 'ABORTED';
}

/** Ends the record. It may have changed since it was read: by a cancellation, or another closer. */
async function endOnce(
  found: BatchRecord,
  items: EndedItems,
  execution: ClosingExecution,
  { batches, now }: CloseBatchPorts,
): Promise<EndedBatch | Nothing> {
  let record: BatchRecord | undefined = found;
  while (record !== undefined && record.executionArn === execution.executionArn) {
    if (isEndedBatch(record)) return record;
    const ended: EndedBatch = endRecord(record, items, execution, now());
    if (await batches.write(ended)) return ended;
    record = await batches.read(found.batchId);
  }
  return nothing('the record was deleted or replaced');
}

function endRecord(
  record: BatchRecord,
  items: EndedItems,
  execution: ClosingExecution,
  now: number,
): EndedBatch {
  const { reason, messages, stopReason } = record;
  const { counts } = items;
  const isLost = items.kind === 'Lost';
  // The sum of the counts is the total, and a batch without chunks has no results.
  const counted = isLost ? { ...record, total: sumOf(counts), chunks: 0 } : record;
  const ends = (outcome: EndedBatch['outcome'], details: Parameters<typeof endBatch>[2] = {}) =>
    endBatch(counted, outcome, { counts, ...details }, now);
  const fails = (message: string) => ends('Failed', { reason: 'InternalError', messages: [message] });
  if (reason === 'ListUnreadable' || reason === 'ListInvalid') return ends('Refused', { reason, messages });
  if (isCancelled(record, execution)) return ends('Cancelled');
  if (execution.status === 'TIMED_OUT') return fails('The execution timed out.');
  if (execution.status !== undefined) return fails('The execution failed; its history has the cause.');
  if (isLost) return fails(items.because);
  if (stopReason !== undefined) return ends('Stopped', { reason: stopReason, messages });
  return ends('Completed');
}

function sumOf(counts: BatchCounts): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

/** Publishes the event of an ended batch, unless that is noted in its record, and then notes it. */
async function publishBatchOnce(record: EndedBatch, ports: CloseBatchPorts): Promise<BatchClosing> {
  const { batches, files, bucket } = ports;
  const detail = batchEventDetail(record, bucket);
  const closed = { kind: 'Closed', detail, cause: batchEndCause(detail) } as const;
  if (record.terminalEvent === 'Published') return { ...closed, isNew: false };
  if (detail.summary !== null) {
    // Every publisher writes the same, because it depends on the record alone.
    await files.write(detail.summary, summaryOf(record, detail), 'application/json');
  }
  await ports.publishBatch(detail);
  // Another publisher may have noted it already.
  const isNew = await batches.write(changeBatch(record, { terminalEvent: 'Published' as const }));
  return { ...closed, isNew };
}

function summaryOf({ startedAt, completedAt }: EndedBatch, detail: BatchEventDetail): string {
  const { batchId, outcome, reason, messages, total, counts, duplicates, results, resultsCsv } = detail;
  const ended = { batchId, outcome, reason, messages, total, counts, duplicates };
  return `${JSON.stringify({ ...ended, startedAt, completedAt, results, resultsCsv }, null, 2)}\n`;
}

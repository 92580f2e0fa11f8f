import type { BatchInput } from '../../contracts/batch-input.ts';
import type { BatchRecord } from '../../contracts/batch-record.ts';
import type { ExecutionStarts, NamedExecution } from '../execution-starts.ts';
import { BatchConflict } from '../task-errors.ts';
import type { BatchRecords } from './batch-ports.ts';
import { batchRequestDigest, isBatchExpired, newBatch } from './batch-record.ts';

export interface StartBatchPorts {
  readonly batches: BatchRecords;
  readonly batchExecutions: ExecutionStarts<BatchInput>;
  /** Epoch milliseconds. */
  now(): number;
}

/** Asks for a batch. */
export interface BatchStartRequest {
  readonly batchId: string;
  /** The input of the execution, as `parseBatchInput` returns it. */
  readonly input: BatchInput;
  /** Stores what the input refers to. Called only before an execution is started. */
  readonly prepare?: () => Promise<void>;
}

/** The result of a request. `isNew`: this request started the batch. */
export interface BatchStart {
  readonly record: BatchRecord;
  readonly isNew: boolean;
}

/**
 * Starts a batch, unless the same request has started it before, and writes its record, so that
 * readers find it immediately.
 *
 * @throws BatchConflict when the id is in use for another request, or for a batch whose record is
 * gone
 */
export async function startBatch(
  { batchId, input, prepare }: BatchStartRequest,
  ports: StartBatchPorts,
): Promise<BatchStart> {
  const requestDigest = await batchRequestDigest(input);
  const started = await startedBefore(batchId, requestDigest, ports);
  if (started !== undefined) return { record: started, isNew: false };
  await prepare?.();
  const execution = await ports.batchExecutions.start(batchId, input);
  if (execution.kind === 'Ended') {
    // Another caller may have started it since the first read, and it has ended.
    const ended = await startedBefore(batchId, requestDigest, ports);
    if (ended === undefined) throw new BatchConflict(batchId);
    return { record: ended, isNew: false };
  }
  if ((await batchRequestDigest(execution.input)) !== requestDigest) throw new BatchConflict(batchId);
  return { record: await recordOf(batchId, execution, ports), isNew: execution.isNew };
}

async function startedBefore(
  batchId: string,
  requestDigest: string,
  { batches, now }: StartBatchPorts,
): Promise<BatchRecord | undefined> {
  const found = await batches.read(batchId);
  if (found === undefined || isBatchExpired(found, now())) return undefined;
  if (found.requestDigest !== requestDigest) throw new BatchConflict(batchId);
  return found;
}

/** Returns the record of a running batch. Writes it, unless the execution itself has. */
async function recordOf(
  batchId: string,
  execution: Extract<NamedExecution<BatchInput>, { kind: 'Running' }>,
  { batches }: StartBatchPorts,
): Promise<BatchRecord> {
  const opening = await newBatch(batchId, execution.input, execution);
  if (await batches.write(opening)) return opening;
  return (await batches.read(batchId)) ?? opening;
}

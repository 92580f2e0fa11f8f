import { BATCH_FAILED_ERROR } from '../../contracts/batch-event.ts';
import type { BatchRecord } from '../../contracts/batch-record.ts';
import type { ExecutionStops } from '../cancel-task.ts';
import { type ExecutionStatuses, SECONDS_PER_EXECUTION } from '../sweep-tasks.ts';
import { isBatchExpired, isEndedBatch } from './batch-record.ts';
import { type BatchClosing, type CloseBatchPorts, closeBatch } from './close-batch.ts';

/** Lists batches by their state. */
export interface UnclosedBatches {
  /** The ids of ended batches whose event is unpublished, then of batches that have not ended. */
  unclosedBatches(): AsyncIterable<string>;
}

export interface SweepBatchesPorts extends CloseBatchPorts {
  readonly index: UnclosedBatches;
  readonly executions: ExecutionStatuses & ExecutionStops;
  sleep(seconds: number): Promise<void>;
  /** Called for each batch whose execution the sweep stops. */
  onStop(batchId: string): void;
  /** Called for each batch that could not be closed. The next sweep tries again. */
  onFailure(batchId: string, error: unknown): void;
}

/** A batch that has closed, or that has been closed before. */
export type ClosedBatch = Extract<BatchClosing, { kind: 'Closed' }>;

/** How long the chunks of a cancelled batch have to end by themselves. */
const CANCELLING_SECONDS = 10 * 60;

/**
 * A younger execution may not be visible yet, because DescribeExecution is eventually consistent.
 */
const VISIBLE_SECONDS = 60;

/** Enough to look at one more batch, with all retries of the AWS SDK. */
const RESERVED_SECONDS = 90;

/**
 * Closes batches whose execution has ended without closing them, publishes events that are still
 * unpublished, and stops the executions of batches that have been cancelled for over ten minutes.
 * It is the retry of every other invocation of close-batch.
 *
 * @returns the batches that it closed
 */
export async function sweepBatches(ports: SweepBatchesPorts): Promise<ClosedBatch[]> {
  const closed: ClosedBatch[] = [];
  for await (const batchId of ports.index.unclosedBatches()) {
    if (ports.remainingSeconds() < RESERVED_SECONDS) break;
    try {
      const closing = await sweepBatch(batchId, ports);
      if (closing?.kind === 'Closed' && closing.isNew) closed.push(closing);
    } catch (error) {
      ports.onFailure(batchId, error);
    }
    await ports.sleep(SECONDS_PER_EXECUTION);
  }
  return closed;
}

async function sweepBatch(batchId: string, ports: SweepBatchesPorts): Promise<BatchClosing | undefined> {
  const record = await ports.batches.read(batchId);
  if (record === undefined || isBatchExpired(record, ports.now())) return undefined;
  const { executionArn } = record;
  const execution = { batchId, executionArn, startedAt: Date.parse(record.startedAt), input: undefined };
  // Its execution may still be about to publish it. A second event has the same idempotency key.
  if (isEndedBatch(record)) return await closeBatch(execution, ports);
  if (ports.now() - execution.startedAt < VISIBLE_SECONDS * 1000) return undefined;
  const status = await ports.executions.endOf(executionArn);
  if (status !== undefined) return await closeBatch({ ...execution, status }, ports);
  if (isOverdue(record, ports.now())) {
    ports.onStop(batchId);
    await ports.executions.stop(executionArn, BATCH_FAILED_ERROR);
  }
  return undefined;
}

function isOverdue({ status, cancelledAt }: BatchRecord, now: number): boolean {
  if (status !== 'Cancelling' || cancelledAt === undefined) return false;
  return Date.parse(cancelledAt) + CANCELLING_SECONDS * 1000 <= now;
}

import type { BatchRecord, StopReason } from '../../contracts/batch-record.ts';
import { SPREAD_SECONDS } from '../polling-policy.ts';
import { hasTimeFor } from '../task-times.ts';
import type { BatchProgressStore, BatchRecords } from './batch-ports.ts';
import { changeBatch, isEndedBatch } from './batch-record.ts';
import { delayToNextRound } from './chunk-rounds.ts';

/** How long a chunk polls within one invocation, counted from its start. */
export const CHUNK_HOLD_SECONDS = 200;

/** How often a chunk checks whether its batch is being cancelled or stopped. */
const STATUS_CHECK_SECONDS = 15;

/** Why a chunk starts no further items. */
export type Stopping = 'Cancelled' | StopReason;

export interface ChunkRunPorts {
  readonly batches: BatchRecords;
  readonly progress: Pick<BatchProgressStore, 'tagOf'>;
  /** Epoch milliseconds. */
  now(): number;
  sleep(seconds: number): Promise<void>;
  /** A number in [0, 1). */
  random(): number;
  /** Time left in this invocation. */
  remainingSeconds(): number;
}

/** What the items of a chunk share during one invocation. */
export interface ChunkRun {
  readonly batchId: string;
  /** The execution of the batch, and the start of the chunk. */
  readonly claimant: { readonly executionArn: string; readonly startedAt: number };
  /** Why no further items are started; undefined while they are. */
  stopping(): Stopping | undefined;
  /** Finds out whether the batch is being cancelled or stopped, or its chunk was closed. */
  checkStatus(): Promise<void>;
  /** Stops the batch early. Items that have started go on. */
  stop(reason: StopReason): Promise<void>;
  /** Sleeps until a time; returns false when it is left to a later invocation. */
  sleepUntil(at: number): Promise<boolean>;
  /**
   * Waits until a request that is due may be sent.
   *
   * @param deadlineAt when the last request is sent, even if Aspose asked for a longer delay
   * @returns false when it is left to a later invocation
   */
  takeTurn(dueAt: number, deadlineAt?: number): Promise<boolean>;
  /** The earliest time at which a request may be sent that is due at a time. */
  notBefore(dueAt: number): number;
  /** Delays every further request of the chunk, as Aspose asked for. */
  slowDown(seconds: number): void;
}

/**
 * Begins an invocation of a chunk.
 *
 * @param chunk its number
 * @param startedAt when the first invocation of the chunk started, in epoch milliseconds
 */
export function createChunkRun(
  batch: BatchRecord,
  chunk: number,
  startedAt: number,
  ports: ChunkRunPorts,
): ChunkRun {
  const { batchId, executionArn, requestsPerSecond } = batch;
  const { now } = ports;
  const holdEndsAt = startedAt + CHUNK_HOLD_SECONDS * 1000;
  // Chunks do not know how many of them run. Their number and the concurrency bound it.
  const runningChunks = Math.min(batch.concurrency, batch.chunks ?? batch.concurrency);
  const secondsPerRequest = requestsPerSecond === undefined ? 0 : runningChunks / requestsPerSecond;
  let stopping = stoppingOf(batch);
  let checkedAt = now();
  let checking: Promise<void> | undefined;
  let nextRequestAt = 0;
  let slowUntil = 0;

  async function checkStatus(): Promise<void> {
    checking ??= readStatus().finally(() => {
      checking = undefined;
    });
    await checking;
  }

  async function readStatus(): Promise<void> {
    const [found, tag] = await Promise.all([
      ports.batches.read(batchId),
      ports.progress.tagOf(batchId, chunk),
    ]);
    checkedAt = now();
    const isClosed = found === undefined || tag !== undefined;
    stopping ??= isClosed ? 'Cancelled' : stoppingOf(found);
  }

  async function sleepUntil(at: number): Promise<boolean> {
    const seconds = (at - now()) / 1000;
    // A Wait state takes whole seconds; the remaining fraction is slept here.
    if (seconds > 1 && at > holdEndsAt) return false;
    if (!hasTimeFor(Math.max(0, seconds), ports)) return false;
    if (seconds > 0) await ports.sleep(seconds);
    return true;
  }

  /** Waits for a request of its own in the rate of the batch. */
  async function keepPace(): Promise<boolean> {
    const at = Math.max(now(), nextRequestAt);
    const seconds = (at - now()) / 1000;
    if (!hasTimeFor(seconds, ports)) return false;
    nextRequestAt = at + secondsPerRequest * 1000;
    if (seconds > 0) await ports.sleep(seconds);
    return true;
  }

  return {
    batchId,
    claimant: { executionArn, startedAt },
    stopping: () => stopping,
    checkStatus,
    async stop(reason) {
      stopping ??= reason;
      for (;;) {
        const found = await ports.batches.read(batchId);
        if (found === undefined || isEndedBatch(found) || found.stopReason !== undefined) return;
        if (await ports.batches.write(changeBatch(found, { stopReason: reason }))) return;
      }
    },
    sleepUntil,
    async takeTurn(dueAt, deadlineAt = Number.POSITIVE_INFINITY) {
      const isSlowed = () => slowUntil > now() && deadlineAt > now();
      for (let at = dueAt; stopping !== 'Cancelled'; ) {
        if (!(await sleepUntil(at))) return false;
        if (!isSlowed() && !(await keepPace())) return false;
        // Another request may have been rejected meanwhile.
        if (!isSlowed()) break;
        // All items wait for the same time.
        at = Math.min(slowUntil + SPREAD_SECONDS * 1000 * ports.random(), deadlineAt);
      }
      if (now() - checkedAt >= STATUS_CHECK_SECONDS * 1000) await checkStatus();
      return true;
    },
    notBefore: (dueAt) => Math.max(dueAt, slowUntil),
    slowDown(seconds) {
      slowUntil = Math.max(slowUntil, now() + seconds * 1000);
    },
  };
}

function stoppingOf(batch: BatchRecord): Stopping | undefined {
  // Close batch has ended it: an invocation that still runs starts nothing.
  if (isEndedBatch(batch) || batch.status === 'Cancelling') return 'Cancelled';
  return batch.stopReason;
}

/** An item that has not ended. */
interface WaitingItem {
  /** When its next request is due, in epoch milliseconds. */
  readonly dueAt: number;
  /** When its last request is due. */
  readonly deadlineAt?: number | undefined;
}

/**
 * How long a chunk waits before its next invocation, in whole seconds, as a Wait state takes them:
 * once for all items, because items on schedules of their own would exceed the history of an
 * execution. No item misses its deadline.
 */
export function secondsToNextRound(items: readonly WaitingItem[], startedAt: number, now: number): number {
  const round = now + delayToNextRound((now - startedAt) / 1000) * 1000;
  const earliestDue = Math.min(...items.map(({ dueAt }) => dueAt));
  const earliestDeadline = Math.min(...items.map(({ deadlineAt = Number.POSITIVE_INFINITY }) => deadlineAt));
  const at = Math.min(Math.max(round, earliestDue), Math.max(now, earliestDeadline));
  return Math.max(1, Math.ceil((at - now) / 1000));
}

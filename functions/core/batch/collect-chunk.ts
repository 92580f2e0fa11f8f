import type { BatchItem } from '../../contracts/batch-input.ts';
import { batchKeys } from '../../contracts/batch-keys.ts';
import type { BatchResult } from '../../contracts/batch-record.ts';
import type { ChunkProgress, CollectChunkEvent } from '../../contracts/collect-batch.ts';
import { OUTCOMES } from '../../contracts/outcomes.ts';
import type { TaskEventDetail } from '../../contracts/task-event.ts';
import { closeTask } from '../close-task.ts';
import { taskEventDetail } from '../event-detail.ts';
import { RESULT_LIFETIME_SECONDS } from '../polling-policy.ts';
import { isTerminal, scheduleNextPoll } from '../task-record.ts';
import { withoutUndefined } from '../without-undefined.ts';
import type { BatchFiles, BatchProgressStore } from './batch-ports.ts';
import { isEndedBatch } from './batch-record.ts';
import {
  type ChunkImage,
  type ChunkImagePorts,
  closeChunkImage,
  namedImage,
  recognizeChunkImage,
} from './chunk-image.ts';
import { type ChunkRun, type ChunkRunPorts, createChunkRun, secondsToNextRound } from './chunk-run.ts';
import { type ChunkTask, collectChunkTask, type LeftItem } from './chunk-task.ts';
import { JSON_LINES_TYPE, parseBatchLines, readChunkItems } from './close-chunk.ts';
import { taskOfItem } from './item-request.ts';
import { countLines, lineOfRefusal, lineOfTask, lineWithoutTask, toJsonLines } from './result-lines.ts';

/** Everything that the use case `collectChunk` needs from outside. */
export interface CollectChunkPorts extends ChunkImagePorts, ChunkRunPorts {
  readonly progress: BatchProgressStore;
  readonly files: BatchFiles;
  /** Identifies this invocation: 8 hexadecimal digits. */
  readonly tag: string;
  /** Called when a task of this batch has ended and its event is published. */
  onTaskEnded(detail: TaskEventDetail): void;
  /** Called when AWS failed while an item was collected. The item is tried again. */
  onItemError(i: number, error: unknown): void;
  /** Called when polling is paused, with the seconds until Aspose has deleted every result. */
  onPause(expiresInSeconds: number): void;
}

/** How often an item is tried before it ends as Failed, in one invocation or in several. */
const MAX_ITEM_ERRORS = 7;

/** How often a chunk checks at first whether polling is still paused. */
const PAUSE_CHECK_SECONDS = 300;

/**
 * Runs one invocation of a chunk: collects its items together, each on its own schedule, until they
 * have ended or the invocation has held them long enough. Then the whole chunk waits.
 *
 * Every step can be repeated. An item that ended in an invocation that died publishes its event
 * again, with the same idempotency key.
 *
 * @returns how many items are left, and when the next invocation starts
 * @throws when AWS failed too often for every item that is left, even to end it as Failed
 */
export async function collectChunk(
  event: CollectChunkEvent,
  ports: CollectChunkPorts,
): Promise<ChunkProgress> {
  const { batchId, executionArn, chunk, progress } = event;
  const startedAt = progress === undefined ? ports.now() : Date.parse(progress.startedAt);
  const report = (left: number, delaySeconds: number, errors?: ChunkProgress['errors']): ChunkProgress => ({
    left,
    delaySeconds,
    startedAt: new Date(startedAt).toISOString(),
    ...withoutUndefined({ errors }),
  });
  const keys = batchKeys(batchId);
  const batch = await ports.batches.read(batchId);
  const isClosed = batch === undefined || isEndedBatch(batch) || batch.executionArn !== executionArn;
  if (isClosed || (await ports.progress.tagOf(batchId, chunk.n)) !== undefined) return report(0, 1);

  const run = createChunkRun(batch, chunk.n, startedAt, ports);
  const items = await readChunkItems(batchId, chunk, ports.files);
  // Also in the first invocation: after a redrive, it is not the first one.
  const ended = await readEnded(keys.endedLines(chunk.n), ports);
  const endedIndexes = new Set(ended.map(({ i }) => i));
  const open = items.filter(({ i }) => !endedIndexes.has(i));
  if (run.stopping() !== 'Cancelled' && (await ports.isPollingPaused())) {
    const expiresAt = startedAt + RESULT_LIFETIME_SECONDS * 1000;
    ports.onPause(Math.floor((expiresAt - ports.now()) / 1000));
    const checkAt = ports.now() + PAUSE_CHECK_SECONDS * 1000;
    const delaySeconds = secondsToNextRound([{ dueAt: checkAt }], startedAt, ports.now());
    return report(open.length, delaySeconds, progress?.errors);
  }

  // In another order each time, so that a low rate does not always leave the same items.
  const inTurn = open.map((item) => ({ item, at: ports.random() })).sort((one, other) => one.at - other.at);
  const results = await Promise.all(
    inTurn.map(({ item }) => collectWithRetries(item, progress?.errors?.[item.i] ?? 0, run, ports)),
  );
  const lines = results.flatMap((result) => ('line' in result ? [result.line] : []));
  const left = results.flatMap((result) => ('line' in result ? [] : [result]));
  const allLines = [...ended, ...lines].sort((one, other) => one.i - other.i);
  if (left.length === 0) {
    await ports.files.write(keys.chunkLines(chunk.n, ports.tag), toJsonLines(allLines), JSON_LINES_TYPE);
    // False when the chunk was closed meanwhile, or when this write was repeated.
    await ports.progress.end(batchId, chunk.n, ports.tag, countLines(allLines), batch.expiresAt);
    return report(0, 1);
  }
  const delaySeconds = secondsToNextRound(left, startedAt, ports.now());
  const roundAt = ports.now() + delaySeconds * 1000;
  // First, because nothing else has these lines.
  if (lines.length > 0)
    await ports.files.write(keys.endedLines(chunk.n), toJsonLines(allLines), JSON_LINES_TYPE);
  await Promise.all(left.map((item) => keepForLater(item, roundAt, ports)));
  // An invocation that fails is retried, and counted by an alarm.
  if (lines.length === 0 && left.every(({ errors }) => errors >= MAX_ITEM_ERRORS)) throw left[0]?.error;
  return report(left.length, delaySeconds, errorsOf(left));
}

async function readEnded(key: string, { files }: CollectChunkPorts): Promise<BatchResult[]> {
  return parseBatchLines((await files.read(key)) ?? '');
}

/** An item that is left, with the number of errors in a row, and the last error if AWS failed. */
type Left = LeftItem & { readonly i: number; readonly errors: number; readonly error?: unknown };

function errorsOf(left: readonly Left[]): ChunkProgress['errors'] {
  const failed = left.filter(({ errors }) => errors > 0);
  return failed.length === 0 ? undefined : Object.fromEntries(failed.map(({ i, errors }) => [i, errors]));
}

/**
 * Collects an item, and tries again when AWS fails. An error of one item does not affect the
 * others: after `MAX_ITEM_ERRORS`, only this one ends.
 *
 * @param earlierErrors errors in a row of earlier invocations
 */
async function collectWithRetries(
  item: BatchItem,
  earlierErrors: number,
  run: ChunkRun,
  ports: CollectChunkPorts,
): Promise<{ readonly line: BatchResult } | Left> {
  const { i } = item;
  for (let errors = earlierErrors; ; ) {
    try {
      const collected = await collectItem(item, run, ports);
      return 'line' in collected ? collected : { ...collected, i, errors: 0 };
    } catch (error) {
      errors += 1;
      ports.onItemError(i, error);
      const dueAt = ports.now() + 2 ** errors * 1000;
      if (errors >= MAX_ITEM_ERRORS) {
        const line = await giveUp(item, run, ports).catch(() => undefined);
        return line === undefined ? { kind: 'Left', i, dueAt, errors, error } : { line };
      }
      if (!(await run.sleepUntil(dueAt))) return { kind: 'Left', i, dueAt, errors, error };
    }
  }
}

async function collectItem(
  item: BatchItem,
  run: ChunkRun,
  ports: CollectChunkPorts,
): Promise<{ readonly line: BatchResult } | LeftItem> {
  const end: ChunkTask | ChunkImage =
    'taskId' in item
      ? await collectChunkTask(taskOfItem(item, run.batchId), run.claimant, run, ports)
      : await recognizeChunkImage(item, run, ports);
  if (end.kind === 'Left') return end;
  // The function that set terminalEvent publishes the event, or the sweep does.
  if (end.kind === 'Ended' && end.isOwned && end.record.terminalEvent === undefined) {
    const detail = taskEventDetail(end.record, ports.bucket);
    await ports.events.publish(OUTCOMES[end.record.outcome].detailType, detail);
    ports.onTaskEnded(detail);
  }
  return { line: lineOf(item, end) };
}

function lineOf(item: BatchItem, end: Exclude<ChunkTask | ChunkImage, { kind: 'Left' }>): BatchResult {
  switch (end.kind) {
    case 'Ended':
      return lineOfTask(item, end.record, 'generation' in end ? end.generation : undefined);
    case 'Refused':
      return lineOfRefusal(item, end.image);
    case 'TooOld':
      return lineWithoutTask(item, 'Expired', undefined, [TOO_OLD]);
    case 'NotStarted':
      return lineWithoutTask(item, 'NotStarted', end.reason);
    case 'Lost':
      throw new TypeError('only an image can replace a lost task');
  }
}

const TOO_OLD = 'The task was submitted more than 24 hours ago, so Aspose has deleted its result.';

/** Ends an item for which AWS failed too often. */
async function giveUp(item: BatchItem, run: ChunkRun, ports: CollectChunkPorts): Promise<BatchResult> {
  const execution = { ...run.claimant, status: 'FAILED' } as const;
  if ('taskId' in item) {
    await closeTask(execution, taskOfItem(item, run.batchId), ports);
    const record = await ports.records.read(item.taskId);
    return record !== undefined && isTerminal(record)
      ? lineOfTask(item, record)
      : lineWithoutTask(item, 'NotStarted', 'InternalError');
  }
  const image = await namedImage(item, run, ports.maxUploads);
  const end = await closeChunkImage(image, 'FAILED', run, ports);
  return lineOf(item, end);
}

/**
 * Records the polls of a task that is left, and keeps its lease until the next invocation. It does
 * without the record if AWS fails: then the task may be polled early, or by another execution.
 */
async function keepForLater(
  { i, record, dueAt }: Left,
  roundAt: number,
  ports: CollectChunkPorts,
): Promise<void> {
  if (record === undefined) return;
  const now = ports.now();
  try {
    // False when another execution has taken over: the next invocation finds out.
    await ports.records.write(scheduleNextPoll(record, (Math.max(dueAt, roundAt) - now) / 1000, now));
  } catch (error) {
    ports.onItemError(i, error);
  }
}

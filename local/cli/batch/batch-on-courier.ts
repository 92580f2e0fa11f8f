import { S3Client } from '@aws-sdk/client-s3';
import {
  copyBatchDocuments,
  copyResultFiles,
  type ReasonCounts,
  type ResultTarget,
} from '../../../cli/batch/copy-results.ts';
import { CommandError, UsageError } from '../../../cli/command-errors.ts';
import type { CommandContext } from '../../../cli/output-options.ts';
import type { Counted } from '../../../cli/progress.ts';
import type { BatchView } from '../../../functions/contracts/batches-api.ts';
import type { EmbeddedStack } from '../../embedded-aws/embedded-stack.ts';
import { apiUrlOf, bucketOf, openVendor, startCourier } from '../local-courier.ts';
import type { VendorChoice } from '../vendor.ts';
import { type BatchApi, createBatchApi } from './batch-api.ts';
import type { BatchState, StoredRequest } from './batch-state.ts';
import { createItemCounts } from './item-counts.ts';
import type { BatchBucket } from './store-source.ts';
import { batchInS3 } from './stored-in-s3.ts';

/** A batch to start, or one that an earlier process has started. */
export interface BatchJob extends ResultTarget {
  readonly choice: VendorChoice;
  readonly state: BatchState;
  /** Stores what the batch reads, and returns the request that starts it. */
  begin(bucket: BatchBucket): Promise<StoredRequest>;
}

/** How far a command came. */
export type BatchEnd =
  | { readonly kind: 'Ended'; readonly view: BatchView; readonly reasons: ReasonCounts }
  /** Ctrl-C, before anything was started. */
  | { readonly kind: 'NotStarted' }
  /** Ctrl-C, while items were processed or documents were copied. */
  | { readonly kind: 'Interrupted'; readonly counted: Counted; readonly isEnded: boolean };

/** How often the progress is read. */
const READ_MILLISECONDS = 1000;

/**
 * Runs a batch on an embedded AWS that keeps its state, and copies its results.
 *
 * @throws UsageError when the batch is refused, CommandError when its results cannot be written
 */
export async function runBatchOnCourier(
  job: BatchJob,
  { progress, cancelled }: Pick<CommandContext, 'progress' | 'cancelled'>,
): Promise<BatchEnd> {
  const { batchId, choice, state } = job;
  await using started = new AsyncDisposableStack();
  progress.doing('starting the embedded AWS (the first start takes a few seconds)');
  const vendor = started.use(await openVendor(choice, { database: state.data.database }));
  const stack = await startCourier(vendor, undefined, state.data).catch((error: unknown) => {
    // Ctrl-C in a terminal also ends the process that synthesizes.
    if (!cancelled.aborted) throw error;
  });
  if (stack === undefined) return { kind: 'NotStarted' };
  started.defer(() => stack.close());
  const bucket = { client: new S3Client(stack.clientConfig('s3')), bucket: bucketOf(stack) };
  const request = await job.begin(bucket).catch((error: unknown) => {
    if (!cancelled.aborted) throw error;
  });
  if (request === undefined || cancelled.aborted) return { kind: 'NotStarted' };

  const startMilliseconds = performance.now();
  const counts = createItemCounts(batchId, () => (performance.now() - startMilliseconds) / 1000);
  stack.onEvent(({ detail }) => counts.onEvent(detail));
  stack.onLog((line) => counts.onLog(line));
  const isNew = state.add(batchId, request);
  stack.resumeExecutions();
  const api = createBatchApi(apiUrlOf(stack));
  const { batch } = await api.start(batchId, request).catch((error: unknown) => {
    if (isNew && error instanceof UsageError) state.remove(batchId);
    throw error;
  });
  counts.onView(batch);
  const view = await followBatch(stack, api, batch, cancelled, (read) => {
    counts.onView(read);
    progress.counted(counts.counted());
  });
  if (view === undefined) return { kind: 'Interrupted', counted: counts.counted(), isEnded: false };
  if (!view.total) return { kind: 'Ended', view, reasons: new Map() };

  const stored = batchInS3(batchId, bucket);
  await copyResultFiles(job, stored);
  let copied: Counted = { done: 0, total: view.total, text: '' };
  const showCopied = (counted: Counted) => {
    copied = counted;
    progress.counted(counted);
  };
  try {
    const reasons = await copyBatchDocuments(job, view.total, stored, { counted: showCopied }, cancelled);
    return { kind: 'Ended', view, reasons };
  } catch (error) {
    if (!cancelled.aborted) throw error;
    return { kind: 'Interrupted', counted: copied, isEnded: true };
  }
}

/**
 * Waits until a batch has ended.
 *
 * @returns undefined after Ctrl-C
 * @throws CommandError when its execution ends but the batch does not
 */
async function followBatch(
  stack: EmbeddedStack,
  api: BatchApi,
  { batchId, executionArn }: BatchView,
  cancelled: AbortSignal,
  onView: (view: BatchView) => void,
): Promise<BatchView | undefined> {
  let hasEnded = false;
  const ended = stack.executionEnded(executionArn).then(() => {
    hasEnded = true;
  });
  while (!cancelled.aborted) {
    const view = await api.read(batchId);
    onView(view);
    if (view.outcome !== undefined) return view;
    if (hasEnded) break;
    await Promise.race([ended, pause(READ_MILLISECONDS, cancelled)]);
  }
  if (cancelled.aborted) return undefined;
  // The execution failed. A rule closes the batch, or the sweep does.
  await stack.settled();
  await stack.runSchedules();
  const view = await api.read(batchId);
  if (view.outcome !== undefined) return view;
  throw new CommandError(`The batch ${batchId} could not be closed: its execution ended as ${view.status}`);
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    signal.addEventListener('abort', end, { once: true });
  });
}

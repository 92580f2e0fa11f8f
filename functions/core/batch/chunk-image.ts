import type { BatchImage } from '../../contracts/batch-input.ts';
import type { ImageRecord } from '../../contracts/image-record.ts';
import type { SubmitImageOutput } from '../../contracts/submit-image.ts';
import { type CloseImagePorts, closeImage } from '../close-image.ts';
import { noteImageEnd } from '../end-image.ts';
import { imageIdOf } from '../image-identity.ts';
import { isRefused, type NamedImage, type RefusedImage } from '../image-record.ts';
import { readLastIfLost } from '../lost-task.ts';
import {
  OcrImageRefused,
  type SubmitImagePorts,
  submitImage,
  UPLOAD_SECONDS,
  UploadPostponed,
} from '../submit-image.ts';
import { ImageConflict } from '../task-errors.ts';
import { isTerminal } from '../task-record.ts';
import type { ChunkRun } from './chunk-run.ts';
import { type ChunkTask, type ChunkTaskPorts, collectChunkTask, isStopReason } from './chunk-task.ts';
import { imageOfItem } from './item-request.ts';

export interface ChunkImagePorts extends ChunkTaskPorts, Omit<SubmitImagePorts, 'tasks'>, CloseImagePorts {
  /** Maximum number of uploads of an image to Aspose. */
  readonly maxUploads: number;
  /** Limits the images that are uploaded at the same time. */
  limitUploads<T>(upload: () => Promise<T>): Promise<T>;
}

/** What became of an image in an invocation of its chunk. */
export type ChunkImage =
  | Exclude<ChunkTask, { kind: 'Ended' | 'Lost' | 'TooOld' }>
  /** Its last task has ended. `generation` is the image's. */
  | (Extract<ChunkTask, { kind: 'Ended' }> & { readonly generation: number | undefined })
  /** It got no task. The refusal of an own image is published. */
  | { readonly kind: 'Refused'; readonly image: RefusedImage };

/** The image of an item, as the batch names it. */
export async function namedImage(
  item: BatchImage,
  { batchId, claimant }: ChunkRun,
  maxUploads: number,
): Promise<NamedImage> {
  const input = imageOfItem(item);
  return { imageId: await imageIdOf(input, claimant.executionArn), input, maxUploads, batchId };
}

/** When an image is tried again that waits for another execution, or for its next upload. */
const POSTPONED_SECONDS = 20;

/**
 * Recognizes an image of a chunk: submits it, and collects its task; again when Aspose has lost the
 * task.
 *
 * @throws the errors of the stores, and of reading the image
 */
export async function recognizeChunkImage(
  item: BatchImage,
  run: ChunkRun,
  ports: ChunkImagePorts,
): Promise<ChunkImage> {
  const { executionArn } = run.claimant;
  const image = await namedImage(item, run, ports.maxUploads);
  for (;;) {
    const submitted = await submit(image, run, ports);
    if ('kind' in submitted) return submitted;
    const task = { ...submitted.task, image: submitted.image, batchId: run.batchId };
    const claimant = { executionArn, startedAt: Date.parse(submitted.startedAt) };
    const collected = await collectChunkTask(task, claimant, run, ports, submitted.image);
    if (collected.kind === 'Ended') {
      if (collected.isOwned) await noteImageEnd(image.imageId, collected.record, ports);
      return { ...collected, generation: (await ports.images.read(image.imageId))?.generation };
    }
    if (collected.kind === 'TooOld') return { kind: 'NotStarted', reason: 'InternalError' };
    if (collected.kind !== 'Lost') return collected;
  }
}

/** Submits an image that has no task yet; otherwise says why it has none, or how it ended. */
async function submit(
  image: NamedImage,
  run: ChunkRun,
  ports: ChunkImagePorts,
): Promise<SubmitImageOutput | ChunkImage> {
  for (;;) {
    const found = await ports.images.read(image.imageId);
    const isUploaded =
      found !== undefined &&
      found.taskIds.length > 0 &&
      (await readLastIfLost(found, ports.records)) === undefined;
    if (!isUploaded && !(await run.takeTurn(ports.now()))) {
      return { kind: 'Left', dueAt: run.notBefore(ports.now()) };
    }
    const result = isUploaded
      ? await trySubmit(image, found, run, ports)
      : // Another execution may have changed the image while it waited for its turn.
        await ports.limitUploads(async () =>
          trySubmit(image, await ports.images.read(image.imageId), run, ports),
        );
    if (result !== 'Postponed') return result;
    const dueAt = ports.now() + POSTPONED_SECONDS * 1000;
    if (!(await run.sleepUntil(dueAt))) return { kind: 'Left', dueAt };
  }
}

async function trySubmit(
  image: NamedImage,
  found: ImageRecord | undefined,
  run: ChunkRun,
  ports: ChunkImagePorts,
): Promise<SubmitImageOutput | ChunkImage | 'Postponed'> {
  // An image whose upload is under way when the batch is closed would have a line of its own.
  if (found === undefined || found.taskIds.length === 0) await run.checkStatus();
  const stopping = run.stopping();
  const isOwn = found?.executionArn === run.claimant.executionArn;
  if (stopping !== undefined && !isOwn) return { kind: 'NotStarted', reason: stopping };
  if (stopping === 'Cancelled') return await closeChunkImage(image, 'ABORTED', run, ports);
  // A lease counts from the claim, and the chunk may have started long before.
  const claimant = { ...run.claimant, startedAt: ports.now() };
  try {
    return await submitImage(image, claimant, submitPorts(run, ports));
  } catch (error) {
    if (error instanceof UploadPostponed) return 'Postponed';
    if (error instanceof ImageConflict) return { kind: 'NotStarted', reason: 'ImageConflict' };
    if (error instanceof OcrImageRefused) return await closeChunkImage(image, 'FAILED', run, ports);
    throw error;
  }
}

/** One upload, the token that it needs, and the records. */
const MAX_UPLOAD_SECONDS = UPLOAD_SECONDS + 40;

/** The ports of `submitImage`, as the images of a chunk share them. */
function submitPorts(run: ChunkRun, ports: ChunkImagePorts): SubmitImagePorts {
  return {
    ...ports,
    tasks: ports.records,
    // An image whose invocation has died waits until its upload must have ended, and no longer.
    remainingSeconds: () => Math.min(ports.remainingSeconds(), MAX_UPLOAD_SECONDS),
    // An image that waits leaves its place to others.
    async sleep() {
      throw new UploadPostponed('the chunk goes on with other images');
    },
    uploads: {
      async upload(...request) {
        const result = await ports.uploads.upload(...request);
        if (result.kind === 'NotAccepted' && result.retryAfterSeconds !== undefined) {
          run.slowDown(result.retryAfterSeconds);
        }
        return result;
      },
    },
  };
}

/**
 * Closes an image of this batch that was refused, cancelled or given up, and publishes its event.
 * An image of another execution stays as it is.
 *
 * @returns how the image ended
 */
export async function closeChunkImage(
  image: NamedImage,
  status: 'ABORTED' | 'FAILED',
  run: ChunkRun,
  ports: ChunkImagePorts,
): Promise<Exclude<ChunkImage, { kind: 'Left' }>> {
  await closeImage({ ...run.claimant, status }, image, ports);
  const found = await ports.images.read(image.imageId);
  if (found !== undefined && isRefused(found)) {
    // The refusal of another execution may be old, and its cause mended.
    const isOwn = found.executionArn === run.claimant.executionArn;
    if (isOwn && isStopReason(found.reason)) await run.stop(found.reason);
    return { kind: 'Refused', image: found };
  }
  const taskId = found?.taskIds.at(-1);
  const record = taskId === undefined ? undefined : await ports.records.read(taskId);
  if (record !== undefined && isTerminal(record))
    return { kind: 'Ended', record, isOwned: false, generation: found?.generation };
  return { kind: 'NotStarted', reason: status === 'ABORTED' ? 'Cancelled' : 'InternalError' };
}

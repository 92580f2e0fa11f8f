import type { ImageRefusedDetail } from '../contracts/image-event.ts';
import type { ImageRecord } from '../contracts/image-record.ts';
import { isOutcomeError } from '../contracts/outcomes.ts';
import { type CloseTaskPorts, type Closing, closeTask, type EndedExecution } from './close-task.ts';
import { type ImageEndPorts, noteImageEnd, SOURCE_TAGS } from './end-image.ts';
import {
  changeImage,
  claimImage,
  countUnknownUpload,
  isImageExpired,
  isRefused,
  type NamedImage,
  type RefusedImage,
  refuseImage,
  type SourcedImage,
} from './image-record.ts';
import { endUnendedReplaced } from './lost-task.ts';
import { isTerminal, type TaskToCollect } from './task-record.ts';
import { withoutUndefined } from './without-undefined.ts';

export interface CloseImagePorts extends CloseTaskPorts, ImageEndPorts {
  /** @throws when the bus does not accept the event */
  publishRefusal(detail: ImageRefusedDetail): Promise<void>;
}

/** What was done when an execution of `Recognize image` ended. */
export type ImageClosing = Closing | { readonly kind: 'Refused'; readonly detail: ImageRefusedDetail };

/**
 * Closes the image of an execution that failed, timed out or was stopped, and publishes its event
 * once: `OCR Image Refused` before there is a task, afterwards the event of the task. It can be
 * repeated.
 */
export async function closeImage(
  execution: EndedExecution,
  image: NamedImage,
  ports: CloseImagePorts,
): Promise<ImageClosing> {
  const { status, error = '', executionArn } = execution;
  if (status === 'FAILED' && isOutcomeError(error)) return nothing('the outcome was published');
  for (;;) {
    const found = await ports.images.read(image.imageId);
    // An execution that died before it claimed the image is closed as if it had claimed it.
    const claim = claimImage(found, image, execution, ports.now());
    const owner = found?.executionArn ?? executionArn;
    if (claim.kind === 'Conflict' || owner !== executionArn)
      return nothing('the image belongs to another execution');
    const { record } = claim;
    if (found === undefined && isImageExpired(record, ports.now()))
      return nothing('the record has expired and was deleted');
    if (isRefused(record)) {
      if (record.terminalEvent === 'Published') return nothing('the refusal was published');
      return { kind: 'Refused', detail: await publishRefusal(record, ports) };
    }
    if (record.taskIds.length > 0) {
      // When the image is done, the execution may not have published the event of its task.
      const isFinal = claim.kind !== 'Own' || record.noMoreUploads === true;
      if (isFinal) return await closeTaskOf(record, image, execution, ports);
      // An invocation of a stopped execution may be about to replace a lost task.
      const last = withLastTask(claim.record);
      if (await ports.images.write(last)) return await closeTaskOf(last, image, execution, ports);
      continue;
    }
    if (claim.kind !== 'Own') return nothing('the image is done');
    const [reason, message] =
      status === 'ABORTED'
        ? (['Cancelled', 'The execution was stopped.'] as const)
        : (['InternalError', 'The execution failed; its history has the cause.'] as const);
    const counted = countUploadUnderWay(claim.record);
    const refused = refuseImage(counted, reason, [message, ...uploadWarnings(counted)], ports.now());
    if (await ports.images.write(refused))
      return { kind: 'Refused', detail: await publishRefusal(refused, ports) };
  }
}

function nothing(because: string): ImageClosing {
  return { kind: 'Nothing', because };
}

/** Explains uploads that may have created tasks which nobody collects. */
function uploadWarnings({ ambiguousUploads }: ImageRecord): string[] {
  if (ambiguousUploads === 0) return [];
  const uploads = ambiguousUploads === 1 ? 'An upload' : `${ambiguousUploads} uploads`;
  return [
    `${uploads} ended without a usable response: Aspose may have created tasks that are not collected.`,
  ];
}

/** The record with an upload counted that is under way: it may still create a task. */
function countUploadUnderWay(record: SourcedImage): SourcedImage {
  return record.uploadEndsAt === undefined ? record : countUnknownUpload(record);
}

function withLastTask(record: SourcedImage): SourcedImage {
  return changeImage(countUploadUnderWay(record), { noMoreUploads: true });
}

async function closeTaskOf(
  record: ImageRecord,
  { batchId }: NamedImage,
  execution: EndedExecution,
  ports: CloseImagePorts,
): Promise<ImageClosing> {
  const task: TaskToCollect = { ...taskOf(record), ...withoutUndefined({ batchId }) };
  const startedAt = Date.parse(task.submittedAt ?? record.startedAt);
  const closing = await closeTask({ ...execution, startedAt }, task, ports);
  await endUnendedReplaced(record, ports.records, ports.now());
  const closed = await ports.records.read(task.taskId);
  if (closed !== undefined && isTerminal(closed)) await noteImageEnd(record.imageId, closed, ports);
  return closing;
}

/** The image's last task. */
function taskOf(record: ImageRecord): TaskToCollect {
  const { imageId, source, operation, uploads, uploadedAt, correlation, taskIds } = record;
  const taskId = taskIds.at(-1);
  if (taskId === undefined || source === undefined) throw new TypeError('a submitted image has a task');
  return {
    taskId,
    operation,
    generation: 1,
    ...withoutUndefined({ submittedAt: uploadedAt, correlation }),
    image: { imageId, source, uploads },
  };
}

async function publishRefusal(record: RefusedImage, ports: CloseImagePorts): Promise<ImageRefusedDetail> {
  const detail = refusedDetail(record);
  await ports.publishRefusal(detail);
  // Another publisher may have noted it already.
  await ports.images.write(changeImage(record, { terminalEvent: 'Published' }));
  // Last, because a tag that fails must not repeat the event.
  await ports.tagSource(record.source, { [SOURCE_TAGS.outcome]: 'Refused' });
  return detail;
}

/** The detail of `OCR Image Refused`. It depends on the record alone. */
export function refusedDetail(record: RefusedImage): ImageRefusedDetail {
  const { imageId, generation, source, operation, reason, messages, uploads } = record;
  const { correlation, executionArn, completedAt } = record;
  return {
    version: '1',
    idempotencyKey: `image/${imageId}/${generation}`,
    imageId,
    generation,
    source,
    operation,
    reason,
    messages,
    uploads,
    ...withoutUndefined({ correlation, completedAt }),
    executionArn,
  };
}

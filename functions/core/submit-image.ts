import { IMAGE_REFUSED_ERROR } from '../contracts/image-event.ts';
import type { ImageSource } from '../contracts/image-input.ts';
import type { ImageRecord, RefusalReason } from '../contracts/image-record.ts';
import type { SubmitImageOutput } from '../contracts/submit-image.ts';
import { MAX_POLLS } from '../contracts/task-input.ts';
import type { TaskRecord } from '../contracts/task-record.ts';
import { checkImage } from './check-image.ts';
import {
  changeImage,
  claimImage,
  countUnknownUpload,
  endUpload,
  type ImageRecords,
  isRefused,
  type NamedImage,
  refuseImage,
  type SourcedImage,
} from './image-record.ts';
import type { ImageUploads, SourceContent, UploadResult } from './image-upload.ts';
import { endReplaced, readLastIfLost, unendedReplaced } from './lost-task.ts';
import { ImageConflict } from './task-errors.ts';
import { type Claimant, openRecord, type TaskRecords } from './task-record.ts';
import { withoutUndefined } from './without-undefined.ts';

/** An object that was opened for reading. */
export type OpenedSource =
  | {
      readonly kind: 'Opened';
      readonly content: SourceContent;
      /** The version that was opened. */
      readonly source: ImageSource;
    }
  | { readonly kind: 'Unreadable'; readonly detail: string };

/** One upload to Aspose, for the log. It contains no untrusted text. */
export interface UploadReport {
  readonly imageId: string;
  readonly observed: UploadResult['kind'];
  readonly detail?: string;
  readonly taskId?: string;
  readonly bytes: number;
  /** Wait before the next upload, if Aspose rejected this one. */
  readonly nextUploadSeconds?: number;
}

/** Everything that the use case `submitImage` needs from outside. */
export interface SubmitImagePorts {
  readonly images: ImageRecords;
  readonly tasks: TaskRecords;
  readonly uploads: ImageUploads;
  openSource(source: ImageSource): Promise<OpenedSource>;
  /** Epoch milliseconds. */
  now(): number;
  sleep(seconds: number): Promise<void>;
  /** A number in [0, 1). */
  random(): number;
  /** Time left in this invocation. */
  remainingSeconds(): number;
  /** Whether an operator has paused polling. Uploads wait, too, because their results expire. */
  isPollingPaused(): Promise<boolean>;
  onUpload(report: UploadReport): void;
}

/** The image was refused. Its record has the reason; close-task publishes the event. */
export class OcrImageRefused extends Error {
  override readonly name = IMAGE_REFUSED_ERROR;

  constructor(reason: RefusalReason) {
    super(`The image was refused (${reason}). OCR Image Refused and GET /images/{imageId} explain why.`);
  }
}

/** The next upload is not due yet. The state machine invokes the function again later. */
export class UploadPostponed extends Error {
  override readonly name = 'UploadPostponed';
}

/** Maximum time of one upload: 140 MB of base64 at 2 MB/s, and the response. */
export const UPLOAD_SECONDS = 150;

/** An upload starts only if this much of the invocation is left, for it and for the records. */
const UPLOAD_RESERVE_SECONDS = UPLOAD_SECONDS + 30;

/** Longer waits are left to the state machine. */
const MAX_SLEEP_SECONDS = 20;

/** How long Aspose may reject uploads before the image is refused. */
const PATIENCE_SECONDS = 3600;

/** Backoff after an upload that created no task: 1 s, doubling up to 5 minutes. */
const MAX_BACKOFF_SECONDS = 300;

/** Wait after an upload that may have created a task. */
const UNKNOWN_DELAY_SECONDS = 5;

/**
 * Submits an image to Aspose, unless it has a task that is not lost. Aspose's POST has no
 * idempotency key, so the record is written before each upload: after a crash, the upload counts as
 * one that may have created a task.
 *
 * @returns the current task of the image
 * @throws OcrImageRefused, ImageConflict, UploadPostponed, and the errors of records and sources,
 * which the state machine retries
 */
export async function submitImage(
  image: NamedImage,
  claimant: Claimant,
  ports: SubmitImagePorts,
): Promise<SubmitImageOutput> {
  for (;;) {
    const found = await ports.images.read(image.imageId);
    const claim = claimImage(found, image, claimant, ports.now());
    if (claim.kind === 'Conflict') throw new ImageConflict(image.imageId);
    const { record } = claim;
    // A later generation joins a refusal until its event is published.
    if (isRefused(record) && claim.kind !== 'Join') throw new OcrImageRefused(record.reason);
    if (claim.kind === 'Own') {
      const submitted = await submitOwned(claim.record, image, ports);
      if (submitted !== undefined) return submitted;
    } else {
      const hasTask = record.taskIds.length > 0 && (await readLastIfLost(record, ports.tasks)) === undefined;
      if (hasTask) return outputOf(record, image);
      await wait(MAX_SLEEP_SECONDS, 'another execution submits the image', ports);
    }
  }
}

/** Takes one step with an image of this execution; returns undefined when another step follows. */
async function submitOwned(
  record: SourcedImage,
  image: NamedImage,
  ports: SubmitImagePorts,
): Promise<SubmitImageOutput | undefined> {
  const { images, now } = ports;
  const lost = await readLastIfLost(record, ports.tasks);
  if (record.taskIds.length > 0 && (lost === undefined || isLastUpload(record, image))) {
    const output = outputOf(record, image);
    const replaced = await unendedReplaced(record, ports.tasks);
    if (replaced !== undefined) await replaceTask(replaced, output, image, record.executionArn, ports);
    return output;
  }
  if (record.uploadEndsAt !== undefined) {
    // The invocation that began the upload may still run, if Step Functions lost contact with it.
    const secondsLeft = (Date.parse(record.uploadEndsAt) - now()) / 1000;
    if (secondsLeft > 0) await wait(secondsLeft, 'an upload may be under way', ports);
    else await noteUnknown(record, image, ports);
    return undefined;
  }
  if (record.uploads >= image.maxUploads) {
    return await refuse(record, 'UploadUnknown', [UPLOAD_UNKNOWN], image, ports);
  }
  if (await ports.isPollingPaused()) {
    const { rejectedSince, ...paused } = record;
    // The hour of rejections does not include a pause.
    if (rejectedSince !== undefined) await images.write(changeImage(paused, { rejections: 0 }));
    throw new UploadPostponed('polling is paused');
  }
  const delaySeconds = (Date.parse(record.nextUploadAt ?? record.startedAt) - now()) / 1000;
  if (delaySeconds > 0) await wait(delaySeconds, 'the next upload is not due yet', ports);

  const { unreadable } = image.input;
  if (unreadable !== undefined) return await refuse(record, 'SourceUnreadable', [unreadable], image, ports);
  const opened = await ports.openSource(record.source);
  if (opened.kind === 'Unreadable') {
    return await refuse(record, 'SourceUnreadable', [opened.detail], image, ports);
  }
  const { content, source } = opened;
  const checked = checkImage(record, content);
  if (checked.kind === 'Refused') {
    return await refuse(record, checked.reason, [checked.message], image, ports);
  }
  if (ports.remainingSeconds() < UPLOAD_RESERVE_SECONDS)
    throw new UploadPostponed('too little time is left for an upload');

  const begun = changeImage(record, {
    source,
    uploadEndsAt: new Date(now() + ports.remainingSeconds() * 1000).toISOString(),
  });
  if (!(await images.write(begun))) return undefined;
  const result = await upload(begun, content, checked.settings, ports);
  const nextUploadSeconds =
    result.kind === 'NotAccepted' ? (result.retryAfterSeconds ?? backoffSeconds(begun, ports)) : 0;
  ports.onUpload({
    imageId: record.imageId,
    observed: result.kind,
    bytes: content.bytes,
    ...('detail' in result && { detail: result.detail }),
    ...('taskId' in result && { taskId: result.taskId }),
    ...(result.kind === 'NotAccepted' && { nextUploadSeconds }),
  });
  switch (result.kind) {
    case 'Accepted':
      return await noteTask(begun, result.taskId, lost, image, ports);
    case 'NotAccepted':
      return await noteRejection(begun, result.detail, nextUploadSeconds, image, ports);
    case 'Refused':
      return await refuse(endUpload(begun), result.reason, [result.message], image, ports);
    case 'Unknown':
      await noteUnknown(begun, image, ports);
      return undefined;
  }
}

const UPLOAD_UNKNOWN =
  'Aspose may have created a task, but its id is unknown: the request ended without a usable response.';

/** If the content cannot be read, the request is incomplete, so no task was created. */
async function upload(
  begun: SourcedImage,
  content: SourceContent,
  settings: Readonly<Record<string, unknown>>,
  { uploads, images }: SubmitImagePorts,
): Promise<UploadResult> {
  try {
    return await uploads.upload(begun.operation, content, settings, UPLOAD_SECONDS);
  } catch (error) {
    await images.write(changeImage(endUpload(begun), {}));
    throw error;
  }
}

async function noteTask(
  begun: SourcedImage,
  taskId: string,
  lost: TaskRecord | undefined,
  image: NamedImage,
  ports: SubmitImagePorts,
): Promise<SubmitImageOutput | undefined> {
  const { nextUploadAt: _, rejectedSince: __, ...kept } = endUpload(begun);
  const submitted = changeImage(kept, {
    state: 'Submitted' as const,
    taskIds: [...kept.taskIds, taskId],
    uploads: kept.uploads + 1,
    // Aspose begins once it has the whole image. Counted from an earlier time, polls come too soon.
    uploadedAt: new Date(ports.now()).toISOString(),
    rejections: 0,
  });
  // Fails only when the image was closed meanwhile: then the task is nobody's.
  if (!(await ports.images.write(submitted))) return undefined;
  const output = outputOf(submitted, image);
  if (lost !== undefined) await replaceTask(lost, output, image, submitted.executionArn, ports);
  return output;
}

/**
 * Records the new task, and ends the lost one without an event. Executions that joined the lost
 * task follow `replacedBy`, and must find an owner there.
 */
async function replaceTask(
  lost: TaskRecord,
  { task, image, startedAt }: SubmitImageOutput,
  { batchId }: NamedImage,
  executionArn: string,
  { tasks, now }: SubmitImagePorts,
): Promise<void> {
  const claimant = { executionArn, startedAt: Date.parse(startedAt) };
  await tasks.write(openRecord({ ...task, image, ...withoutUndefined({ batchId }) }, claimant, now()));
  const ended = endReplaced(lost, task.taskId, now());
  if (ended !== undefined) await tasks.write(ended);
}

function backoffSeconds({ rejections }: ImageRecord, { random }: SubmitImagePorts): number {
  return Math.min(MAX_BACKOFF_SECONDS, 2 ** rejections) * (0.5 + random() / 2);
}

async function noteRejection(
  begun: SourcedImage,
  detail: string,
  nextUploadSeconds: number,
  image: NamedImage,
  ports: SubmitImagePorts,
): Promise<SubmitImageOutput | undefined> {
  const now = ports.now();
  const record = endUpload(begun);
  const rejectedSince = record.rejectedSince ?? new Date(now).toISOString();
  const nextUploadAt = now + nextUploadSeconds * 1000;
  if (nextUploadAt > Date.parse(rejectedSince) + PATIENCE_SECONDS * 1000) {
    return await refuse(record, 'UpstreamUnavailable', [detail], image, ports);
  }
  await ports.images.write(
    changeImage(record, {
      rejections: record.rejections + 1,
      rejectedSince,
      nextUploadAt: new Date(nextUploadAt).toISOString(),
    }),
  );
  return undefined;
}

async function noteUnknown(
  begun: SourcedImage,
  image: NamedImage,
  { images, now }: SubmitImagePorts,
): Promise<void> {
  const record = countUnknownUpload(begun);
  const nextUploadAt = new Date(now() + UNKNOWN_DELAY_SECONDS * 1000).toISOString();
  await images.write(
    changeImage(record, {
      ...(record.taskIds.length === 0 && { state: 'Unknown' as const }),
      ...(record.uploads < image.maxUploads && { nextUploadAt }),
    }),
  );
}

/** Refuses the image, unless it has a task: then that stays the last one, and ends as it is. */
async function refuse(
  record: SourcedImage,
  reason: RefusalReason,
  messages: readonly string[],
  image: NamedImage,
  { images, now }: SubmitImagePorts,
): Promise<SubmitImageOutput | undefined> {
  if (record.taskIds.length > 0) {
    const kept = changeImage(record, { noMoreUploads: true, messages: [reason, ...messages] });
    return (await images.write(kept)) ? outputOf(kept, image) : undefined;
  }
  const refused = refuseImage(record, reason, messages, now());
  if (!(await images.write(refused))) return undefined;
  throw new OcrImageRefused(reason);
}

function isLastUpload({ uploads, noMoreUploads = false }: ImageRecord, { maxUploads }: NamedImage): boolean {
  return noMoreUploads || uploads >= maxUploads;
}

function outputOf(record: ImageRecord, image: NamedImage): SubmitImageOutput {
  const { imageId, operation, source, uploads, uploadedAt, correlation, polling, messages } = record;
  const taskId = record.taskIds.at(-1);
  if (taskId === undefined || source === undefined || uploadedAt === undefined)
    throw new TypeError('a submitted image has a task, a source and a time');
  const explanation = `The image was not submitted again: ${messages.join(': ')}`;
  return {
    task: {
      taskId,
      operation,
      generation: 1,
      submittedAt: uploadedAt,
      ...withoutUndefined({ correlation, polling }),
    },
    image: {
      imageId,
      source,
      uploads,
      isLast: isLastUpload(record, image),
      maxPolls: Math.floor(MAX_POLLS / image.maxUploads),
      warnings: record.noMoreUploads === true ? [explanation] : [],
    },
    startedAt: uploadedAt,
  };
}

/** Waits in this invocation, or leaves a longer wait to the state machine. */
async function wait(seconds: number, reason: string, ports: SubmitImagePorts): Promise<void> {
  const fits = ports.remainingSeconds() - seconds >= UPLOAD_RESERVE_SECONDS;
  if (seconds > MAX_SLEEP_SECONDS || !fits) throw new UploadPostponed(reason);
  await ports.sleep(seconds);
}

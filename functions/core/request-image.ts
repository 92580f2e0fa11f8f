import { type ImageSource, INBOX_PREFIX } from '../contracts/image-input.ts';
import {
  type ImageRequest,
  type ImageView,
  imageViewSchema,
  type RequestedUpload,
  type UploadLink,
} from '../contracts/images-api.ts';
import { awaitedImage, type ImageRecords, isImageExpired } from './image-record.ts';
import { parseImageSettings } from './image-settings.ts';
import { announcedId, apiUploadKey, type DescribedObject } from './inbox-object.ts';
import { InvalidInput } from './invalid-input.ts';
import type { ReadTaskPorts } from './read-task.ts';
import { checkPlace, type SourceBuckets } from './source-places.ts';
import { type RecognitionStart, type StartRecognitionPorts, startRecognition } from './start-recognition.ts';
import { ImageNotFound } from './task-errors.ts';
import { isExpired, type TaskRecords } from './task-record.ts';
import { withoutUndefined } from './without-undefined.ts';

export interface RequestImagePorts extends StartRecognitionPorts, SourceBuckets {
  readonly records: Pick<TaskRecords, 'read'>;
  describeObject(source: ImageSource): Promise<DescribedObject>;
  /** Returns a link to which one new object can be uploaded. */
  uploadLink(key: string, contentType: string | undefined, seconds: number): Promise<UploadLink>;
}

export interface ReadImagePorts extends ReadTaskPorts {
  readonly images: Pick<ImageRecords, 'read'>;
}

/** Lifetime of an upload link. */
export const UPLOAD_LINK_SECONDS = 3600;

/** How long the record of an image that was never uploaded is kept after its link. */
const AWAITED_SECONDS = 24 * 60 * 60;

/**
 * Announces an image that is about to be uploaded, and returns the link for it.
 *
 * @throws InvalidInput naming the field
 */
export async function requestUpload(
  request: ImageRequest & { readonly fileName: string },
  { images, uploadLink, now }: RequestImagePorts,
): Promise<RequestedUpload> {
  const { fileName, contentType, operation, settings, correlation, polling } = request;
  parseImageSettings(operation, settings);
  const imageId = randomId();
  const link = await uploadLink(apiUploadKey(operation, imageId, fileName), contentType, UPLOAD_LINK_SECONDS);
  const expiresAt = now() + UPLOAD_LINK_SECONDS * 1000;
  await images.write(
    awaitedImage(
      { imageId, operation, settings, ...withoutUndefined({ correlation, polling }) },
      now(),
      Math.floor(expiresAt / 1000) + AWAITED_SECONDS,
    ),
  );
  return { imageId, upload: link, expiresAt: new Date(expiresAt).toISOString() };
}

function randomId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(20));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/**
 * Starts the recognition of an object in S3, unless it is running or has ended.
 *
 * @throws InvalidInput naming the field, or ImageConflict
 */
export async function recognizeObject(
  request: ImageRequest & { readonly source: ImageSource },
  ports: RequestImagePorts,
): Promise<Extract<RecognitionStart, { kind: 'Recorded' }>> {
  const { operation, settings, correlation, polling, again } = request;
  parseImageSettings(operation, settings);
  const source = await checkSource(request.source, ports);
  const announced = await announcedImage(source, request, ports);
  const image = {
    ...withoutUndefined({ imageId: announced }),
    source,
    operation,
    generation: 1,
    ...withoutUndefined({ settings, correlation, polling }),
  };
  const start = await startRecognition({ image, again }, ports);
  if (start.kind === 'Forgotten') throw new TypeError('only an event is delivered again');
  return start;
}

/** Returns the id of an image that was uploaded through a link, if the request is for the same. */
async function announcedImage(
  { key }: ImageSource,
  { operation, settings }: ImageRequest,
  { images }: RequestImagePorts,
): Promise<string | undefined> {
  const imageId = announcedId(key);
  const found = imageId === undefined ? undefined : await images.read(imageId);
  const isSame =
    found?.source?.key === key &&
    found.operation === operation &&
    (settings === undefined || JSON.stringify(settings) === found.settings);
  return isSame ? imageId : undefined;
}

/** @returns the source with the version that it has now */
async function checkSource(
  source: ImageSource,
  { bucket, sourceBuckets, describeObject }: RequestImagePorts,
): Promise<ImageSource> {
  checkPlace({ field: 'source', keyField: 'key', ...source }, [INBOX_PREFIX], { bucket, sourceBuckets });
  const described = await describeObject(source);
  if (described.kind === 'Found') return described.source;
  const got = described.kind === 'Changed' ? 'an object that has changed' : described.detail;
  throw new InvalidInput('source', got, 'an object that exists and can be read');
}

/**
 * Whether the recognition of an image has ended. The record of its task ends a moment earlier,
 * before the object gets its tags.
 */
export function isImageEnded({ state }: ImageView): boolean {
  return state === 'Done' || state === 'Refused';
}

/** When the state of an image may change next; undefined when nothing is scheduled. */
export function nextImageChangeAt({ task, nextUploadAt }: ImageView): string | undefined {
  return task?.nextPollAt ?? nextUploadAt;
}

/**
 * Reads an image, with the record of its last task.
 *
 * @throws ImageNotFound when there is no record or it has expired
 */
export async function readImage(
  imageId: string,
  { images, records, now }: ReadImagePorts,
): Promise<ImageView> {
  const found = await images.read(imageId);
  if (found === undefined || isImageExpired(found, now())) throw new ImageNotFound(imageId);
  const taskId = found.taskIds.at(-1);
  const task = taskId === undefined ? undefined : await records.read(taskId);
  // Parsing keeps only what the API documents.
  return imageViewSchema.parse({
    ...found,
    task: task === undefined || isExpired(task, now()) ? null : task,
  });
}

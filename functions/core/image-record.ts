import type { ImageInput, ImageSource } from '../contracts/image-input.ts';
import type { ImageRecord, RefusalReason } from '../contracts/image-record.ts';
import { limitText } from './assess-poll.ts';
import { RESULT_LIFETIME_SECONDS } from './polling-policy.ts';
import { type Claimant, LEASE_SECONDS } from './task-record.ts';
import { withoutUndefined } from './without-undefined.ts';

/** The record of an image whose source is known. */
export type SourcedImage = ImageRecord & { readonly source: ImageSource; readonly executionArn: string };

/** The record of an image that ended without a task. */
export type RefusedImage = SourcedImage & { readonly reason: RefusalReason };

export function isRefused(record: ImageRecord): record is RefusedImage {
  return record.state === 'Refused';
}

/** The store of image records. */
export interface ImageRecords {
  read(imageId: string): Promise<ImageRecord | undefined>;
  /** Writes the record if its predecessor is still the latest version; returns whether it did. */
  write(record: ImageRecord): Promise<boolean>;
}

/** What an execution may do with an image, given the image's record. */
export type ImageClaim =
  /** This execution owns the image as soon as it writes the next version of `record`. */
  | { readonly kind: 'Own'; readonly record: SourcedImage }
  /** Another execution submits the image, or its event has to be published first. */
  | { readonly kind: 'Join'; readonly record: ImageRecord }
  /** The image has been submitted, and its last task has ended, or it was refused. */
  | { readonly kind: 'Ended'; readonly record: ImageRecord }
  /** The id is in use for another image. */
  | { readonly kind: 'Conflict' };

/** An image, as an execution names it. */
export interface NamedImage {
  readonly imageId: string;
  readonly input: ImageInput;
  /** Maximum number of uploads to Aspose. */
  readonly maxUploads: number;
  /** The batch that submits it. */
  readonly batchId?: string;
}

/** Decides which execution submits an image. `now` is in epoch milliseconds. */
export function claimImage(
  found: ImageRecord | undefined,
  image: NamedImage,
  claimant: Claimant,
  now: number,
): ImageClaim {
  if (found !== undefined && !isFor(found, image)) return { kind: 'Conflict' };
  if (found === undefined || found.source === undefined) {
    return { kind: 'Own', record: newImage(image, claimant, found) };
  }
  const ended = found.state === 'Refused' || found.state === 'Done';
  if (found.executionArn === claimant.executionArn) {
    return ended ? { kind: 'Ended', record: found } : { kind: 'Own', record: ownedBy(claimant, found, now) };
  }
  const isLaterGeneration = image.input.generation > found.generation;
  if (ended) {
    const isForgotten = isImageExpired(found, now) || isResultDeleted(found, now);
    if (!isLaterGeneration && !isForgotten) return { kind: 'Ended', record: found };
    if (found.terminalEvent === 'Pending') return { kind: 'Join', record: found };
    return { kind: 'Own', record: newImage(image, claimant, found) };
  }
  return Date.parse(found.leaseExpiresAt) <= now
    ? { kind: 'Own', record: ownedBy(claimant, found, now) }
    : { kind: 'Join', record: found };
}

/** Whether the record is of the same object and operation: an execution may name any id. */
function isFor({ source, operation }: ImageRecord, { imageId, input }: NamedImage): boolean {
  if (operation !== input.operation) return false;
  const { bucket, key } = input.source;
  // An announced image has a key with its id.
  return source === undefined ? key.includes(`/${imageId}/`) : source.bucket === bucket && source.key === key;
}

/** Whether Aspose has deleted the result of the last task, whose record has expired, too. */
function isResultDeleted({ state, uploadedAt }: ImageRecord, now: number): boolean {
  if (state !== 'Done' || uploadedAt === undefined) return false;
  return Date.parse(uploadedAt) + RESULT_LIFETIME_SECONDS * 1000 <= now;
}

export function isImageExpired(record: ImageRecord, now: number): boolean {
  return record.expiresAt * 1000 <= now;
}

/** What an upload needs in addition to its tasks: an hour of attempts, and the last invocation. */
const SECONDS_PER_UPLOAD = RESULT_LIFETIME_SECONDS + 2 * 60 * 60;

/** Maximum time from the start of an execution to the end of its last task. */
export function imageLifetimeSeconds(maxUploads: number): number {
  return maxUploads * SECONDS_PER_UPLOAD;
}

const NOT_SUBMITTED = { taskIds: [], uploads: 0, ambiguousUploads: 0, rejections: 0, messages: [] };

/** The record of an image that is about to be uploaded through POST /images. */
export function awaitedImage(
  {
    settings,
    ...request
  }: Pick<ImageRecord, 'imageId' | 'operation' | 'correlation' | 'polling'> & {
    readonly settings: unknown;
  },
  now: number,
  expiresAt: number,
): ImageRecord {
  const requestedAt = new Date(now).toISOString();
  return {
    ...request,
    ...(settings !== undefined && { settings: JSON.stringify(settings) }),
    generation: 1,
    state: 'AwaitingUpload',
    startedAt: requestedAt,
    ...NOT_SUBMITTED,
    leaseExpiresAt: requestedAt,
    expiresAt,
    version: 1,
  };
}

function newImage(
  { imageId, input, maxUploads }: NamedImage,
  { executionArn, startedAt }: Claimant,
  found: ImageRecord | undefined,
): SourcedImage {
  const { source, operation, settings, correlation, polling, generation } = input;
  return {
    imageId,
    generation,
    state: 'Submitting',
    source,
    operation,
    ...(settings !== undefined && { settings: JSON.stringify(settings) }),
    ...withoutUndefined({ correlation, polling }),
    executionArn,
    startedAt: new Date(startedAt).toISOString(),
    ...NOT_SUBMITTED,
    leaseExpiresAt: new Date(startedAt + LEASE_SECONDS * 1000).toISOString(),
    expiresAt: Math.floor(startedAt / 1000) + imageLifetimeSeconds(maxUploads),
    version: found?.version ?? 0,
  };
}

function ownedBy({ executionArn }: Claimant, found: ImageRecord, now: number): SourcedImage {
  const { source } = found;
  if (source === undefined) throw new TypeError('an owned image has a source');
  const leftSeconds = (Date.parse(found.leaseExpiresAt) - now) / 1000;
  // A lease that lasts is not renewed, because each change of the index is billed.
  const isKept = found.executionArn === executionArn && leftSeconds > LEASE_SECONDS / 2;
  const leaseExpiresAt = isKept ? found.leaseExpiresAt : new Date(now + LEASE_SECONDS * 1000).toISOString();
  return { ...found, source, executionArn, leaseExpiresAt };
}

/** The record after an upload that created no task. */
export function endUpload({ uploadEndsAt: _, ...record }: SourcedImage): SourcedImage {
  return record;
}

/** The record after an upload of which it is unknown whether it created a task. */
export function countUnknownUpload(record: SourcedImage): SourcedImage {
  const { uploads, ambiguousUploads } = record;
  return { ...endUpload(record), uploads: uploads + 1, ambiguousUploads: ambiguousUploads + 1 };
}

/** The next version of a record, not written yet. */
export function changeImage<Changes extends Partial<ImageRecord>>(record: SourcedImage, changes: Changes) {
  return { ...record, ...changes, version: record.version + 1 };
}

/** The record of an image that is refused. Its event still has to be published. */
export function refuseImage(
  record: SourcedImage,
  reason: RefusalReason,
  messages: readonly string[],
  now: number,
): RefusedImage {
  const { uploadEndsAt: _, nextUploadAt: __, ...kept } = record;
  return {
    ...kept,
    state: 'Refused',
    reason,
    messages: limitText(messages),
    completedAt: new Date(now).toISOString(),
    terminalEvent: 'Pending',
    version: record.version + 1,
  };
}

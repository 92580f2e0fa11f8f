import type { ImageInput, ImageSource } from '../contracts/image-input.ts';
import type { ImageRecord } from '../contracts/image-record.ts';
import { type ExecutionStarts, lastUsedGeneration } from './execution-starts.ts';
import { imageIdOf } from './image-identity.ts';
import { changeImage, claimImage, type ImageRecords, isImageExpired } from './image-record.ts';
import { ImageConflict } from './task-errors.ts';

export interface StartRecognitionPorts {
  readonly images: ImageRecords;
  readonly recognitions: ExecutionStarts<ImageInput>;
  readonly maxUploads: number;
  /** Epoch milliseconds. */
  now(): number;
}

/** Asks for an image to be recognized. Its source has a version id or an ETag. */
export interface RecognitionRequest {
  readonly image: ImageInput;
  /** Recognizes an image again that is done or was refused. */
  readonly again?: boolean;
  /**
   * Time of the event that announced the image, in epoch milliseconds. Later than the start of the
   * last recognition, it announces another upload of the same content.
   */
  readonly requestedAt?: number;
}

/** The result of a request. */
export type RecognitionStart =
  /** `isNew`: this request started the recognition. */
  | { readonly kind: 'Recorded'; readonly record: ImageRecord; readonly isNew: boolean }
  /** An event was delivered again after its image was recognized and the record deleted. */
  | { readonly kind: 'Forgotten' };

/**
 * Starts the recognition of an image, unless it is running or has ended, and writes the record, so
 * that readers find it immediately. Names of executions derive from the image and its generation,
 * so that two requests get one execution.
 *
 * @throws ImageConflict when the id is in use for another object
 */
export async function startRecognition(
  { image, again = false, requestedAt }: RecognitionRequest,
  ports: StartRecognitionPorts,
): Promise<RecognitionStart> {
  const { images, recognitions, now } = ports;
  const imageId = await imageIdOf(image, '');
  const found = await images.read(imageId);
  let { generation } = image;
  if (found?.source !== undefined) {
    if (isOtherObject(found.source, image.source)) throw new ImageConflict(imageId);
    const isOpen = found.state !== 'Done' && found.state !== 'Refused';
    const isLater = requestedAt !== undefined && requestedAt > Date.parse(found.startedAt);
    const isNewRequest = again || isLater || isImageExpired(found, now());
    if (isOpen || !isNewRequest) return { kind: 'Recorded', record: found, isNew: false };
    generation = Math.max(generation, found.generation + 1);
  }
  for (;;) {
    const input = { ...image, imageId, generation };
    const nameOf = (next: number) => `${imageId}-${next}`;
    const execution = await recognitions.start(nameOf(generation), input);
    if (execution.kind === 'Running') {
      const record = await claimFor(execution.input, imageId, execution, ports);
      return { kind: 'Recorded', record, isNew: execution.isNew };
    }
    const used = await lastUsedGeneration({ ...execution, generation }, nameOf, recognitions);
    if (requestedAt !== undefined && used.startedAt >= requestedAt) return { kind: 'Forgotten' };
    generation = used.generation + 1;
  }
}

/**
 * Whether an object is not the one that has this id: another one in the folder of a link, or what
 * was uploaded through the link later.
 */
function isOtherObject(known: ImageSource, { key, etag }: ImageSource): boolean {
  return known.key !== key || (known.etag !== undefined && etag !== undefined && known.etag !== etag);
}

/** Writes the claim that the execution itself is about to write. */
async function claimFor(
  input: ImageInput,
  imageId: string,
  claimant: { readonly executionArn: string; readonly startedAt: number },
  { images, maxUploads, now }: StartRecognitionPorts,
): Promise<ImageRecord> {
  for (;;) {
    const found = await images.read(imageId);
    if (found?.executionArn === claimant.executionArn) return found;
    const claim = claimImage(found, { imageId, input, maxUploads }, claimant, now());
    if (claim.kind === 'Conflict') throw new ImageConflict(imageId);
    if (claim.kind !== 'Own') return claim.record;
    const claimed = changeImage(claim.record, {});
    if (await images.write(claimed)) return claimed;
  }
}

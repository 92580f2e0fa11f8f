import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { type ImageFolder, pathOfImage } from '../../../cli/batch/image-folder.ts';
import type { CheckedList } from '../../../cli/batch/list-file.ts';
import { CommandError } from '../../../cli/command-errors.ts';
import { errorCode } from '../../../cli/error-code.ts';
import type { Progress } from '../../../cli/progress.ts';
import { BATCHES_PREFIX, IMAGES_PREFIX } from '../../../functions/contracts/batch-keys.ts';
import { transformInOrder } from '../../../functions/core/in-order.ts';

/** Uploads of images at the same time. */
const UPLOADS = 4;

/** The S3 of the embedded AWS. */
export interface BatchBucket {
  readonly client: S3Client;
  readonly bucket: string;
}

/** Stores a list, and returns the field of POST /batches that names it. */
export async function storeList(
  { jsonLines }: CheckedList,
  batchId: string,
  { client, bucket }: BatchBucket,
): Promise<object> {
  const key = `${BATCHES_PREFIX}${batchId}/list.jsonl`;
  await client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: jsonLines }));
  return { list: { bucket, key } };
}

/**
 * Stores images, and returns the field of POST /batches that names them.
 *
 * @throws CommandError when an image cannot be read any more
 */
export async function storeImages(
  folder: ImageFolder,
  batchId: string,
  { client, bucket }: BatchBucket,
  progress: Pick<Progress, 'counted'>,
  signal: AbortSignal,
): Promise<object> {
  const prefix = `${IMAGES_PREFIX}${batchId}/`;
  async function upload(image: string): Promise<void> {
    signal.throwIfAborted();
    const path = pathOfImage(folder, image);
    const { size } = await stat(path);
    const request = {
      Bucket: bucket,
      Key: prefix + image,
      Body: createReadStream(path),
      ContentLength: size,
    };
    await client.send(new PutObjectCommand(request), { abortSignal: signal });
  }
  let done = 0;
  try {
    for await (const _ of transformInOrder(folder.images, UPLOADS, upload)) {
      done += 1;
      progress.counted({ done, total: folder.images.length, text: 'images uploaded to the embedded S3' });
    }
  } catch (error) {
    const code = errorCode(error);
    if (signal.aborted || code === undefined) throw error;
    const image = folder.images[done] ?? '';
    throw new CommandError(`The image '${image}' cannot be read any more (${code}); nothing was started`);
  }
  return { images: { bucket, prefix } };
}

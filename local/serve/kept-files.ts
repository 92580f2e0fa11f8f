import { GetObjectCommand, S3ServiceException } from '@aws-sdk/client-s3';
import * as z from 'zod/mini';
import { taskIdSchema } from '../../functions/contracts/task-input.ts';
import type { TaskRecord } from '../../functions/contracts/task-record.ts';
import { type PictureFormat, pictureFormat } from '../../functions/core/image-formats.ts';
import type { EmbeddedStack } from '../embedded-aws/embedded-stack.ts';
import { openStackStorage } from '../recognition/stack-storage.ts';
import { PageError } from './page-error.ts';

/** A file that the page shows. */
export interface KeptFile {
  readonly contentType: string;
  readonly content: Uint8Array;
}

/** The files of tasks in the stack's bucket. */
export interface KeptFiles {
  /**
   * Reads the image of a task, in a format that browsers show.
   *
   * @throws PageError with the reason when there is none
   */
  image(taskId: string): Promise<KeptFile>;
  /**
   * Reads a document, also after its record has expired: nothing deletes documents on this machine,
   * but the HTTP API responds as on AWS.
   */
  document(taskId: string, index: number): Promise<KeptFile | undefined>;
}

const CONTENT_TYPES: Readonly<Record<Exclude<PictureFormat, 'TIFF'>, string>> = {
  JPEG: 'image/jpeg',
  PNG: 'image/png',
  GIF: 'image/gif',
  BMP: 'image/bmp',
  WebP: 'image/webp',
  SVG: 'image/svg+xml',
};

/** The first bytes of a file, from which its format is found. */
const HEAD_BYTES = 4096;

export function openKeptFiles(stack: Pick<EmbeddedStack, 'clientConfig' | 'resource'>): KeptFiles {
  const { records, s3, bucket: ownBucket } = openStackStorage(stack);

  async function readRecord(taskId: string): Promise<TaskRecord | undefined> {
    return z.safeParse(taskIdSchema, taskId).success ? await records.read(taskId) : undefined;
  }

  /** @returns undefined when it has been deleted */
  async function readObject(bucket: string, key: string) {
    try {
      const { Body, ETag = '' } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
      return { content: (await Body?.transformToByteArray()) ?? new Uint8Array(), etag: ETag };
    } catch (error) {
      if (error instanceof S3ServiceException) return undefined;
      throw error;
    }
  }

  return {
    async image(taskId) {
      const record = await readRecord(taskId);
      if (record === undefined) throw noImage('there is no such task');
      if (record.source === undefined) throw noImage('ocr-courier has not submitted it');
      const { bucket, key, etag } = record.source;
      const object = await readObject(bucket, key);
      if (object === undefined) throw noImage('the object has been deleted');
      if (etag !== undefined && unquoted(object.etag) !== unquoted(etag)) {
        throw noImage('the object has been replaced');
      }
      return await toShownImage(object.content);
    },
    async document(taskId, index) {
      const { key = null, contentType } = (await readRecord(taskId))?.results[index] ?? {};
      const object = key === null ? undefined : await readObject(ownBucket, key);
      if (object === undefined) return undefined;
      return { contentType: contentType ?? 'application/octet-stream', content: object.content };
    },
  };
}

async function toShownImage(content: Uint8Array): Promise<KeptFile> {
  const format = pictureFormat(content.subarray(0, HEAD_BYTES));
  if (format === undefined) throw noImage('it was recognized from a PDF or another document');
  if (format !== 'TIFF') return { contentType: CONTENT_TYPES[format], content };
  // Most browsers do not show TIFF. Imported late: sharp takes long to load.
  const { openPicture } = await import('../aspose-simulator/picture.ts');
  const { png } = await openPicture(content).catch((error: unknown) => {
    throw noImage(error instanceof Error ? error.message : 'it cannot be decoded');
  });
  return { contentType: 'image/png', content: png };
}

function noImage(reason: string): PageError {
  return new PageError(404, `The task has no image to show: ${reason}.`);
}

function unquoted(etag: string): string {
  return etag.replaceAll('"', '');
}

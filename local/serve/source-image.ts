import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GetObjectCommand, S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import * as z from 'zod/mini';
import { createTaskTable } from '../../functions/adapters/aws/task-table.ts';
import { taskIdSchema } from '../../functions/contracts/task-input.ts';
import { type PictureFormat, pictureFormat } from '../../functions/core/image-formats.ts';
import type { EmbeddedStack } from '../embedded-aws/embedded-stack.ts';
import { PageError } from './page-error.ts';

/** A picture that browsers show. */
export interface SourceImage {
  readonly contentType: string;
  readonly content: Uint8Array;
}

/** Reads the image of a task. @throws PageError when there is none to show */
export type ReadSourceImage = (taskId: string) => Promise<SourceImage>;

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

/** Reads images from the stack's own bucket, where the inbox keeps them. */
export function sourceImages(stack: Pick<EmbeddedStack, 'clientConfig' | 'resource'>): ReadSourceImage {
  const records = createTaskTable(
    new DynamoDBClient(stack.clientConfig('dynamodb')),
    stack.resource('AWS::DynamoDB::Table').name,
  );
  const s3 = new S3Client(stack.clientConfig('s3'));

  return async (taskId) => {
    const none = (reason: string) => new PageError(404, `The task has no image to show: ${reason}.`);
    const isTaskId = z.safeParse(taskIdSchema, taskId).success;
    const record = isTaskId ? await records.read(taskId) : undefined;
    if (record === undefined) throw none('there is no such task');
    if (record.source === undefined) throw none('its submitter sent the image to Aspose');
    const { bucket, key, etag } = record.source;
    const { Body, ETag } = await s3
      .send(new GetObjectCommand({ Bucket: bucket, Key: key }))
      .catch((error: unknown) => {
        if (error instanceof S3ServiceException) throw none('the object has been deleted');
        throw error;
      });
    const content = (await Body?.transformToByteArray()) ?? new Uint8Array();
    if (etag !== undefined && unquoted(ETag) !== unquoted(etag)) throw none('the object has been replaced');
    const format = pictureFormat(content.subarray(0, HEAD_BYTES));
    if (format === undefined) throw none('the object is a document without a picture, such as a PDF');
    if (format !== 'TIFF') return { contentType: CONTENT_TYPES[format], content };
    // Most browsers do not show TIFF. Imported late: sharp takes long to load.
    const { openPicture } = await import('../aspose-simulator/picture.ts');
    const { png } = await openPicture(content).catch((error: Error) => {
      throw none(error.message);
    });
    return { contentType: 'image/png', content: png };
  };
}

function unquoted(etag = ''): string {
  return etag.replaceAll('"', '');
}

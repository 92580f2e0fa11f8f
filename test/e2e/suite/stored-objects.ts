import {
  DeleteObjectCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import type { ImageSource } from '../../../functions/contracts/image-input.ts';
import { s3 } from './aws-clients.ts';

/** An object in S3. */
export interface StoredObject {
  readonly contentType: string | undefined;
  readonly contentDisposition: string | undefined;
  readonly bytes: Buffer;
}

export async function readObject(bucket: string, key: string): Promise<StoredObject> {
  const { Body, ContentType, ContentDisposition } = await s3.send(
    new GetObjectCommand({ Bucket: bucket, Key: key }),
  );
  const bytes = Buffer.from((await Body?.transformToByteArray()) ?? []);
  return { contentType: ContentType, contentDisposition: ContentDisposition, bytes };
}

/** Stores an object. @returns its location, with its ETag as events have it */
export async function putObject(
  bucket: string,
  key: string,
  body: Buffer,
  metadata: Readonly<Record<string, string>>,
): Promise<ImageSource & { readonly etag: string }> {
  const { ETag = '' } = await s3.send(
    new PutObjectCommand({ Bucket: bucket, Key: key, Body: body, Metadata: metadata }),
  );
  return { bucket, key, etag: ETag.replaceAll('"', '') };
}

export async function tagsOf({ bucket, key }: ImageSource): Promise<Readonly<Record<string, string>>> {
  const { TagSet = [] } = await s3.send(new GetObjectTaggingCommand({ Bucket: bucket, Key: key }));
  return Object.fromEntries(TagSet.map(({ Key = '', Value = '' }) => [Key, Value]));
}

export async function deleteObject(bucket: string, key: string): Promise<void> {
  await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }));
}

/** Deletes up to 1000 objects, which is more than a test stores below a prefix. */
export async function deleteBelow(bucket: string, prefix: string): Promise<void> {
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix }));
  for (const { Key = '' } of Contents) await deleteObject(bucket, Key);
}

/** Deletes everything that was stored for a task. */
export async function deleteDocuments(bucket: string, operation: string, taskId: string): Promise<void> {
  await deleteBelow(bucket, `results/${operation}/${taskId}/`);
}

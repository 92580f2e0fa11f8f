import { DeleteObjectCommand, GetObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
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

/** Deletes everything that was stored for a task. */
export async function deleteDocuments(bucket: string, operation: string, taskId: string): Promise<void> {
  const { Contents = [] } = await s3.send(
    new ListObjectsV2Command({ Bucket: bucket, Prefix: `results/${operation}/${taskId}/` }),
  );
  for (const { Key } of Contents) await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key }));
}

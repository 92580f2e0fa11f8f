import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { StoredDocuments } from '../../cli/copy-documents.ts';

/** The documents that a manifest in S3 lists. */
export function s3Documents(client: S3Client, bucket: string, manifestKey: string): StoredDocuments {
  return {
    manifestKey,
    async read(key) {
      const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
      return (await Body?.transformToByteArray()) ?? new Uint8Array();
    },
  };
}

import {
  GetObjectCommand,
  HeadObjectCommand,
  NoSuchKey,
  type S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import * as z from 'zod/mini';
import { storedResultSchema } from '../../contracts/task-record.ts';
import { type DocumentReader, LINK_SECONDS } from '../../core/read-results.ts';

const manifestSchema = z.object({ results: z.array(storedResultSchema) });

/** Documents in the results bucket, as readers get at them. */
export function createDocumentReader(client: S3Client, bucket: string): DocumentReader {
  return {
    link: (key, fileName) =>
      getSignedUrl(
        client,
        new GetObjectCommand({
          Bucket: bucket,
          Key: key,
          // A document is foreign: opened from a link, none may run in the bucket's name.
          ResponseContentDisposition: `attachment; filename="${fileName}"`,
        }),
        { expiresIn: LINK_SECONDS },
      ),

    async exists(key) {
      try {
        await client.send(new HeadObjectCommand({ Bucket: bucket, Key: key }));
        return true;
      } catch (error) {
        if (isMissing(error)) return false;
        throw error;
      }
    },

    async readManifest(key) {
      try {
        const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
        return z.parse(manifestSchema, JSON.parse((await Body?.transformToString()) ?? '')).results;
      } catch (error) {
        if (isMissing(error)) return undefined;
        throw error;
      }
    },
  };
}

/** Without s3:ListBucket, which would show all keys, S3 answers 403 for a key that is not there. */
function isMissing(error: unknown): boolean {
  if (error instanceof NoSuchKey) return true;
  return error instanceof S3ServiceException && [403, 404].includes(error.$metadata.httpStatusCode ?? 0);
}

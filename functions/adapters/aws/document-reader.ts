import {
  GetObjectCommand,
  HeadObjectCommand,
  NoSuchKey,
  type S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import * as z from 'zod/mini';
import { manifestSchema } from '../../contracts/manifest.ts';
import { parseJson } from '../../core/parse-json.ts';
import { type DocumentReader, LINK_SECONDS } from '../../core/read-results.ts';

const listedResultsSchema = z.pick(manifestSchema, { results: true });

/** Reads documents and manifests from the results bucket. */
export function createDocumentReader(client: S3Client, bucket: string): DocumentReader {
  return {
    link: (key, fileName) =>
      getSignedUrl(
        client,
        new GetObjectCommand({
          Bucket: bucket,
          Key: key,
          // An untrusted document opened from a link must not run scripts in the bucket's origin.
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
        return z.parse(listedResultsSchema, parseJson((await Body?.transformToString()) ?? '')).results;
      } catch (error) {
        if (isMissing(error)) return undefined;
        throw error;
      }
    },
  };
}

/** Without s3:ListBucket, which would reveal all keys, S3 returns 403 for a missing key. */
function isMissing(error: unknown): boolean {
  if (error instanceof NoSuchKey) return true;
  return error instanceof S3ServiceException && [403, 404].includes(error.$metadata.httpStatusCode ?? 0);
}

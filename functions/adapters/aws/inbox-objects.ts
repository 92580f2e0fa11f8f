import { GetObjectCommand, HeadObjectCommand, type S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import type { ImageSource } from '../../contracts/image-input.ts';
import type { InboxPorts } from '../../core/inbox-object.ts';
import { parseJson } from '../../core/parse-json.ts';

/** Valid settings are far smaller, except thousands of regions, which belong to one image. */
const MAX_SETTINGS_BYTES = 16 * 1024;

/** Reads what is known about objects before they are recognized. */
export function createInboxObjects(client: S3Client): Omit<InboxPorts, 'images'> {
  return {
    async describeObject({ bucket, key, versionId, etag }: ImageSource) {
      const pinned =
        versionId === undefined
          ? { IfMatch: etag === undefined ? undefined : `"${etag}"` }
          : { VersionId: versionId };
      try {
        const { ETag, Metadata = {} } = await client.send(
          new HeadObjectCommand({ Bucket: bucket, Key: key, ...pinned }),
        );
        const current = ETag?.replaceAll('"', '');
        // Some implementations of S3 ignore the condition of a HEAD request.
        if (versionId === undefined && etag !== undefined && current !== etag) return { kind: 'Changed' };
        const found = versionId === undefined ? { etag: current } : { versionId };
        return { kind: 'Found', source: { bucket, key, ...found }, metadata: Metadata };
      } catch (error) {
        // A response to HEAD has no body, so its status is all that is known.
        const status = statusOf(error);
        if (status === 412) return { kind: 'Changed' };
        if (status === undefined || !LASTING_STATUSES.includes(status)) throw error;
        return { kind: 'Unreadable', detail: `an object that cannot be read (HTTP ${status})` };
      }
    },

    async readSettings(bucket, key) {
      try {
        const { Body, ContentLength = 0 } = await client.send(
          new GetObjectCommand({ Bucket: bucket, Key: key }),
        );
        if (ContentLength > MAX_SETTINGS_BYTES) return `more than ${MAX_SETTINGS_BYTES} bytes`;
        const text = (await Body?.transformToString()) ?? '';
        return parseJson(text.replace(/^\ufeff/, '')) ?? text;
      } catch (error) {
        const status = statusOf(error);
        // Without s3:ListBucket, S3 returns 403 for a missing key.
        if (status === 403 || status === 404) return undefined;
        throw error;
      }
    },
  };
}

const LASTING_STATUSES = [400, 403, 404, 405];

function statusOf(error: unknown): number | undefined {
  return error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;
}

import { paginateListObjectsV2, type S3Client } from '@aws-sdk/client-s3';
import type { BatchItemPorts } from '../../core/batch/batch-items.ts';
import { UnusableListError } from '../../core/batch/unusable-list.ts';
import { lastingErrorMeaning } from './object-reads.ts';

/** Lists images in S3. The errors that a retry may avoid are thrown as they are. */
export function createImageListing(client: S3Client): BatchItemPorts['listImages'] {
  return async function* listImages({ bucket, prefix }) {
    const pages = paginateListObjectsV2({ client }, { Bucket: bucket, Prefix: prefix });
    try {
      for await (const { Contents = [] } of pages) {
        for (const { Key: key, ETag, Size: bytes = 0 } of Contents) {
          if (key === undefined || ETag === undefined)
            throw new Error('S3 listed an object without its ETag');
          yield { key, etag: ETag.replaceAll('"', ''), bytes };
        }
      }
    } catch (error) {
      const meaning = lastingErrorMeaning(error);
      if (meaning === undefined) throw error;
      throw new UnusableListError('ListUnreadable', `The images cannot be listed: ${meaning}`);
    }
  };
}

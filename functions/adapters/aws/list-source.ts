import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { BatchItemPorts } from '../../core/batch/batch-items.ts';
import { UnusableListError } from '../../core/batch/unusable-list.ts';
import { bodyOf, lastingErrorMeaning, versionOf } from './object-reads.ts';

/** Reads lists from S3. The errors that a retry may avoid are thrown as they are. */
export function createListSource(client: S3Client): BatchItemPorts['readList'] {
  return async function* readList({ bucket, key, ...version }) {
    const command = new GetObjectCommand({ Bucket: bucket, Key: key, ...versionOf(version) });
    try {
      yield* bodyOf(await client.send(command));
    } catch (error) {
      const meaning = lastingErrorMeaning(error);
      if (meaning === undefined) throw error;
      throw new UnusableListError('ListUnreadable', `The list cannot be read: ${meaning}`);
    }
  };
}

import { Readable } from 'node:stream';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import type { StoredBatch } from '../../../cli/batch/copy-results.ts';
import { RESULTS_CSV, RESULTS_JSONL, SUMMARY_JSON } from '../../../cli/batch/result-files.ts';
import { batchKeys } from '../../../functions/contracts/batch-keys.ts';
import { s3Documents } from '../../recognition/s3-documents.ts';
import type { BatchBucket } from './store-source.ts';

/** The results of a batch in the embedded S3. */
export function batchInS3(batchId: string, { client, bucket }: BatchBucket): StoredBatch {
  const { lines, csv, summary } = batchKeys(batchId);
  const keys = { [RESULTS_JSONL]: lines, [RESULTS_CSV]: csv, [SUMMARY_JSON]: summary };
  return {
    async openFile(name) {
      const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: keys[name] }));
      return Body instanceof Readable ? Body : Readable.from([]);
    },
    documentsOf: ({ manifestKey }) => s3Documents(client, bucket, manifestKey),
  };
}

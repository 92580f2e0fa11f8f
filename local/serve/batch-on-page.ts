import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import * as z from 'zod/mini';
import { planRecognition } from '../../cli/plan-recognition.ts';
import { batchIdSchema } from '../../functions/contracts/batch-input.ts';
import { IMAGES_PREFIX } from '../../functions/contracts/batch-keys.ts';
import type { startedBatchSchema } from '../../functions/contracts/batches-api.ts';
import { closedObject, textMatching, wholeNumberFromTo } from '../../functions/contracts/schema-helpers.ts';
import { parseInput } from '../../functions/core/invalid-input.ts';
import { createBatchApi } from '../cli/batch/batch-api.ts';
import { explainerOf, type VendorChoice } from '../cli/vendor.ts';
import type { StoredImage } from './page-contract.ts';
import { parseRecognizeQuery } from './recognize-query.ts';

export interface PageBatchesOptions {
  readonly kind: VendorChoice['kind'];
  readonly apiUrl: string;
  readonly s3: Pick<S3Client, 'send'>;
  readonly bucket: string;
}

/** Batches of files that the page uploads. */
export interface PageBatches {
  /**
   * Stores an image of a batch that starts later.
   *
   * @throws InvalidInput naming the parameter
   */
  storeImage(batchId: string, file: Uint8Array, query: URLSearchParams): Promise<StoredImage>;
  /**
   * Starts a batch of the stored images.
   *
   * @throws InvalidInput or UsageError
   */
  start(batchId: string, query: URLSearchParams): Promise<z.output<typeof startedBatchSchema>>;
}

/** Far more files than a browser lets a user choose at once. */
const MAX_POSITION = 99_999;

const imageSchema = closedObject({
  batchId: batchIdSchema,
  /** Distinguishes files of the same name, which come from different folders. */
  position: z.pipe(z.transform(Number), wholeNumberFromTo(0, MAX_POSITION)),
  fileName: textMatching(/^[^/\p{Cc}]{1,200}$/u, '1 to 200 characters without / and control characters'),
});

export function createPageBatches({ kind, apiUrl, s3, bucket }: PageBatchesOptions): PageBatches {
  const api = createBatchApi(apiUrl);
  return {
    async storeImage(batchId, file, query) {
      const image = parseInput(imageSchema, { ...Object.fromEntries(query), batchId });
      const key = `${prefixOf(batchId)}${image.position}/${image.fileName.toWellFormed()}`;
      await s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: file }));
      return { key };
    },
    async start(batchId, query) {
      parseInput(z.object({ batchId: batchIdSchema }), { batchId });
      const { operation, settings } = planRecognition(
        parseRecognizeQuery(query).options,
        explainerOf({ kind }),
      );
      const images = { bucket, prefix: prefixOf(batchId) };
      return await api.start(batchId, { kind: 'start', body: { images, operation, settings } });
    },
  };
}

const prefixOf = (batchId: string) => `${IMAGES_PREFIX}${batchId}/`;

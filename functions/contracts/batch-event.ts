import * as z from 'zod/mini';
import { BATCH_OUTCOMES, BATCH_REASONS, batchCountsSchema } from './batch-record.ts';

/** The detail-type of the event that ends a batch. */
export const BATCH_COMPLETED_DETAIL_TYPE = 'OCR Batch Completed';

/** The error of an execution whose batch did not end as Completed. */
export const BATCH_FAILED_ERROR = 'OcrBatchFailed';

/** The detail of `OCR Batch Completed`. A batch publishes one, besides those of its tasks. */
export const batchEventDetailSchema = z.object({
  version: z.literal('1'),
  idempotencyKey: z.string().check(z.describe('The same for every delivery of one batch.')),
  batchId: z.string(),
  outcome: z
    .enum(BATCH_OUTCOMES)
    .check(z.describe('Completed when every item was tried, however the items ended: see counts.')),
  reason: z.optional(z.enum(BATCH_REASONS)),
  messages: z.array(z.string()).check(z.describe('Explanations of the reason, for people.')),
  total: z.int().check(z.describe('Number of items, without duplicates.')),
  counts: batchCountsSchema.check(z.describe('Number of items by outcome. Their sum is total.')),
  duplicates: z
    .int()
    .check(z.describe('Number of repeated task ids and images, which the batch leaves out.')),
  bucket: z.string(),
  results: z.nullable(z.string()).check(z.describe('Key of results.jsonl: one line per item.')),
  resultsCsv: z.nullable(z.string()).check(z.describe('Key of results.csv: one row per item.')),
  summary: z.nullable(z.string()).check(z.describe('Key of summary.json.')),
  durations: z.object({
    totalSeconds: z.number().check(z.describe('From the start of the batch to its end.')),
  }),
  executionArn: z.string(),
});
export type BatchEventDetail = z.output<typeof batchEventDetailSchema>;

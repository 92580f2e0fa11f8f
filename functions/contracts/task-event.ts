import * as z from 'zod/mini';
import { knownSourceSchema } from './image-input.ts';
import { OPERATION_NAMES } from './operations.ts';
import { OUTCOME_NAMES, REASONS } from './outcomes.ts';
import { MAX_LISTED_RESULTS, storedResultSchema } from './task-record.ts';

/** The `source` of the events that ocr-courier publishes. */
export const EVENT_SOURCE = 'ocr-courier';

/**
 * The detail-type of the event that asks for a task to be collected. Its `source` is the
 * publisher's own.
 */
export const SUBMITTED_DETAIL_TYPE = 'OCR Task Submitted';

/** The detail of a terminal event. The execution returns it as its output, too. */
export const taskEventDetailSchema = z.object({
  version: z.literal('1'),
  idempotencyKey: z
    .string()
    .check(
      z.describe('The same for every delivery of one outcome; it differs between generations of a task.'),
    ),
  taskId: z.string(),
  operation: z.enum(OPERATION_NAMES),
  generation: z.int(),
  outcome: z.enum(OUTCOME_NAMES),
  reason: z.optional(z.enum(REASONS)),
  messages: z.array(z.string()),
  warnings: z.array(z.string()),
  results: z
    .array(storedResultSchema)
    .check(
      z.describe(
        `Keys in the bucket, never content. Lists the first ${MAX_LISTED_RESULTS}; the manifest lists all.`,
      ),
    ),
  resultCount: z.int(),
  resultBytes: z.int().check(z.describe('Size of all documents together.')),
  bucket: z.string(),
  manifest: z.nullable(z.string()).check(z.describe('Key of the manifest, which lists every result.')),
  partial: z
    .boolean()
    .check(z.describe("True when data is missing or undecodable, or Aspose's responseStatusCode is not Ok.")),
  empty: z.boolean().check(z.describe('True when the task is Completed and has no content.')),
  trial: z.boolean().check(z.describe('True for an evaluation operation, which masks words.')),
  attempts: z.int().check(z.describe('Number of polls. Aspose may bill each one.')),
  completedAt: z.optional(z.string().check(z.describe('When the task ended: ISO 8601, UTC.'))),
  durations: z.object({
    collectingSeconds: z.number().check(z.describe('From the start of the collection to its end.')),
    sinceSubmittedSeconds: z.optional(
      z.number().check(z.describe('From submittedAt, if the caller gave it, to the end of the collection.')),
    ),
  }),
  correlation: z.optional(z.string()),
  batchId: z.optional(z.string().check(z.describe('The batch that collected the task.'))),
  imageId: z.optional(z.string().check(z.describe('The id of GET /images/{imageId}.'))),
  source: z.optional(
    knownSourceSchema.check(z.describe('The image, if ocr-courier submitted it; otherwise absent.')),
  ),
  uploads: z.optional(
    z
      .int()
      .check(
        z.describe(
          'Number of uploads of the image to Aspose that created a task or may have. Aspose may bill each one.',
        ),
      ),
  ),
  executionArn: z.string(),
  expiresAt: z
    .int()
    .check(z.describe('Epoch seconds: when the record expires and Aspose has deleted the result.')),
});
export type TaskEventDetail = z.output<typeof taskEventDetailSchema>;

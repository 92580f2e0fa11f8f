import * as z from 'zod/mini';
import { MAX_LISTED_RESULTS, storedResultSchema } from './contract.ts';
import { OPERATION_NAMES } from './core/operations.ts';
import { OUTCOME_NAMES, REASONS } from './core/outcomes.ts';

/** The detail of a terminal event, which is also the output of an execution. */
export const taskEventDetailSchema = z.object({
  version: z.literal('1'),
  idempotencyKey: z
    .string()
    .check(
      z.describe('The same for every delivery of this outcome, another one for each generation of the task.'),
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
        `Keys in the bucket, never content; the first ${MAX_LISTED_RESULTS}: the manifest lists them all.`,
      ),
    ),
  resultCount: z.int(),
  resultBytes: z.int().check(z.describe('Of all documents together.')),
  bucket: z.string(),
  manifest: z.nullable(z.string()).check(z.describe('Key of the manifest, which lists every result.')),
  partial: z
    .boolean()
    .check(z.describe("Some data is missing or undecodable, or Aspose's responseStatusCode is not Ok.")),
  empty: z.boolean().check(z.describe('Completed, and there is no content.')),
  trial: z.boolean().check(z.describe('Recognised by an evaluation operation, which masks words.')),
  attempts: z.int().check(z.describe('Polls made; each may be billed by Aspose.')),
  durations: z.object({
    collectingSeconds: z.number().check(z.describe('From the start of the collection to its end.')),
    sinceSubmittedSeconds: z.optional(
      z
        .number()
        .check(z.describe('From the submission, if its time is known, to the end of the collection.')),
    ),
  }),
  correlation: z.optional(z.string()),
  executionArn: z.string(),
  expiresAt: z
    .int()
    .check(z.describe('Epoch seconds: when the record expires, and Aspose has deleted the result.')),
});
export type TaskEventDetail = z.output<typeof taskEventDetailSchema>;

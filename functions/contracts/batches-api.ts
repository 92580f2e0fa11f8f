import * as z from 'zod/mini';
import { batchIdSchema, batchLineSchema, batchRequestShape, MAX_INLINE_TASKS } from './batch-input.ts';
import { batchCountsSchema, batchRecordSchema } from './batch-record.ts';
import { pageQueryShape } from './http-api.ts';
import { closedObject, oneOf } from './schema-helpers.ts';
import { taskIdSchema } from './task-input.ts';

/** The schemas of the routes of batches in the HTTP API. */

const TASKS = `an array of 1 to ${MAX_INLINE_TASKS} tasks`;

/** The body of POST /batches. Exactly one of tasks, list and images names the items. */
export const batchRequestSchema = closedObject({
  batchId: z.optional(
    batchIdSchema.check(
      z.describe('The same id with the same request returns the same batch. By default, a UUID.'),
    ),
  ),
  tasks: z.optional(
    z
      .array(z.union([taskIdSchema, batchLineSchema], 'a task id, or an object with taskId or source'), TASKS)
      .check(
        z.minLength(1, TASKS),
        z.maxLength(MAX_INLINE_TASKS, TASKS),
        z.describe('Task ids, or lines of a list. Exactly one of tasks, list and images is required.'),
      ),
  ),
  ...batchRequestShape,
});
export type BatchRequest = z.output<typeof batchRequestSchema>;

/** The body of POST /batches/{batchId}/retry. */
export const retryRequestSchema = closedObject({
  batchId: z.optional(
    batchIdSchema.check(z.describe('Id of the new batch. By default, the id of the old one with -r1.')),
  ),
});

export const batchPathSchema = z.object({ batchId: batchIdSchema });

/** The query of GET /batches. */
export const batchListQuerySchema = closedObject({
  status: z.optional(oneOf(batchRecordSchema.shape.status.options)),
  ...pageQueryShape,
});
export type BatchListQuery = z.output<typeof batchListQuerySchema>;

/** A batch in a list. */
export const batchSummarySchema = z.pick(batchRecordSchema, {
  batchId: true,
  status: true,
  reason: true,
  total: true,
  duplicates: true,
  counts: true,
  executionArn: true,
  startedAt: true,
  completedAt: true,
  expiresAt: true,
});
export type BatchSummary = z.output<typeof batchSummarySchema>;

/**
 * A page of batches, newest first. It may be short or empty; while it has a cursor, there are more.
 */
export const batchPageSchema = z.object({
  batches: z.array(batchSummarySchema),
  cursor: z.optional(z.string()),
});
export type BatchPage = z.output<typeof batchPageSchema>;

/** The response to GET /batches/{batchId}. */
export const batchViewSchema = z.extend(
  z.pick(batchRecordSchema, {
    batchId: true,
    status: true,
    outcome: true,
    reason: true,
    messages: true,
    executionArn: true,
    concurrency: true,
    requestsPerSecond: true,
    total: true,
    duplicates: true,
    counts: true,
    stopReason: true,
    cancelledAt: true,
    startedAt: true,
    completedAt: true,
    expiresAt: true,
  }),
  {
    progress: batchCountsSchema.check(
      z.describe(
        'Number of items by outcome in the chunks that have ended. Once the batch has ended, the same as counts.',
      ),
    ),
    pending: z.optional(
      z.int().check(z.describe('total minus the items in progress. Absent until the items are listed.')),
    ),
  },
);
export type BatchView = z.output<typeof batchViewSchema>;

/** The response to POST /batches, and to a retry. */
export const startedBatchSchema = z.object({
  batch: batchViewSchema,
  /** Says that the request is allowed, but has a cost that may not be intended. */
  warning: z.optional(z.string()),
});
export type StartedBatch = z.output<typeof startedBatchSchema>;

const link = z.nullable(z.string());

/** The response to GET /batches/{batchId}/results. A link is null where there is no object. */
export const batchResultsSchema = z.extend(
  z.pick(batchRecordSchema, { batchId: true, status: true, reason: true, total: true, counts: true }),
  {
    /** Link to results.jsonl: one line per item, in the order of the list. */
    resultsUrl: link,
    /** Link to results.csv: the same as a table. */
    resultsCsvUrl: link,
    summaryUrl: link,
    /** How long the links are valid. */
    linkSeconds: z.int(),
  },
);
export type BatchResults = z.output<typeof batchResultsSchema>;

import * as z from 'zod/mini';
import { knownSourceSchema } from './image-input.ts';
import { REFUSAL_REASONS } from './image-record.ts';
import { OPERATION_NAMES } from './operations.ts';
import { OUTCOME_NAMES, REASONS } from './outcomes.ts';

/** How a batch ends. */
export const BATCH_OUTCOMES = [
  /** Every item was tried. `counts` says how the items ended. */
  'Completed',
  /** Rejected credentials or an exceeded quota ended the batch early. */
  'Stopped',
  /** A caller cancelled it, or stopped its execution. */
  'Cancelled',
  /** ocr-courier or AWS failed. */
  'Failed',
  /** The list of its items cannot be used. */
  'Refused',
] as const;
export type BatchOutcome = (typeof BATCH_OUTCOMES)[number];

/** Why a batch ended early. */
export const BATCH_REASONS = [
  /** The list does not exist, or must not be read. */
  'ListUnreadable',
  /** An item of the list is malformed, or there is none. */
  'ListInvalid',
  'CredentialsRejected',
  'CredentialsUnreadable',
  'QuotaExceeded',
  'InternalError',
] as const;
export type BatchReason = (typeof BATCH_REASONS)[number];

/** Reasons that end a batch early, because every other item would end the same. */
export const STOP_REASONS = [
  'CredentialsRejected',
  'CredentialsUnreadable',
  'QuotaExceeded',
] as const satisfies readonly BatchReason[];
export type StopReason = (typeof STOP_REASONS)[number];

/** How an item of a batch ends. `Refused` is an image without a task. */
export const LINE_OUTCOMES = [...OUTCOME_NAMES, 'Refused', 'NotStarted'] as const;
export type LineOutcome = (typeof LINE_OUTCOMES)[number];

/** Why an item was not started, in addition to the reasons of tasks and images. */
export const NOT_STARTED_REASONS = ['TaskConflict', 'ImageConflict'] as const;

const lineReasonSchema = z.enum([...new Set([...REASONS, ...REFUSAL_REASONS, ...NOT_STARTED_REASONS])]);
export type LineReason = z.output<typeof lineReasonSchema>;

/** The number of items by outcome. Outcomes without items are absent. */
export const batchCountsSchema = z.record(z.string(), z.int());
export type BatchCounts = Readonly<Partial<Record<LineOutcome, number>>>;

/** The result of one item: a line of `results.jsonl`. It contains no text of documents. */
export const batchResultSchema = z.object({
  /** Position of the item in the batch, counted from 0. */
  i: z.int(),
  /** Absent for an image that got no task. */
  taskId: z.optional(z.string()),
  imageId: z.optional(z.string()),
  operation: z.enum(OPERATION_NAMES),
  generation: z.int(),
  outcome: z.enum(LINE_OUTCOMES),
  reason: z.optional(lineReasonSchema),
  messages: z.array(z.string()),
  correlation: z.optional(z.string()),
  source: z.optional(knownSourceSchema),
  /** Number of polls. */
  attempts: z.int(),
  uploads: z.int(),
  /** The first documents. The manifest lists all of them. */
  results: z.array(
    z.object({
      type: z.nullable(z.string()),
      key: z.nullable(z.string()),
      bytes: z.int(),
      sha256: z.nullable(z.string()),
    }),
  ),
  resultCount: z.int(),
  manifest: z.nullable(z.string()),
  startedAt: z.optional(z.string()),
  completedAt: z.optional(z.string()),
});
export type BatchResult = z.output<typeof batchResultSchema>;

/** The state of a batch: one DynamoDB item. Instants are ISO 8601 in UTC. */
export const batchRecordSchema = z.object({
  batchId: z.string(),
  status: z
    .enum(['Opening', 'Running', 'Cancelling', ...BATCH_OUTCOMES])
    .check(
      z.describe(
        'Opening while the items are listed, Running while chunks are processed, Cancelling after a caller cancelled the batch. Once the batch has ended, its outcome.',
      ),
    ),
  outcome: z.optional(
    z
      .enum(BATCH_OUTCOMES)
      .check(
        z.describe(
          'How the batch ended; absent until then. Completed means that every item was tried: counts says how the items ended.',
        ),
      ),
  ),
  reason: z.optional(z.enum(BATCH_REASONS)),
  /** Explanations of the reason, for people. */
  messages: z.array(z.string()),
  /** SHA-256 of the request, which tells a repeated request from another one with the same id. */
  requestDigest: z.string(),
  executionArn: z.string(),
  /** Maximum chunks that are processed at the same time. */
  concurrency: z.int(),
  /** Maximum requests to Aspose per second, together. Absent for no limit. */
  requestsPerSecond: z.optional(z.number()),
  /** Number of items without duplicates, once they are listed. */
  total: z.optional(z.int()),
  duplicates: z.optional(
    z.int().check(z.describe('Number of repeated task ids and images. Each is processed once.')),
  ),
  /** Number of chunks. */
  chunks: z.optional(z.int()),
  counts: z.optional(
    batchCountsSchema.check(z.describe('Number of items by outcome. Absent until the batch has ended.')),
  ),
  stopReason: z.optional(
    z
      .enum(STOP_REASONS)
      .check(
        z.describe(
          'Why no further item is started: every other item would end the same. Set before the batch ends.',
        ),
      ),
  ),
  cancelledAt: z.optional(z.string()),
  /** Whether close-batch has published the event of the ended batch. */
  terminalEvent: z.optional(z.enum(['Pending', 'Published'])),
  startedAt: z.string(),
  completedAt: z.optional(z.string()),
  /** Epoch seconds. After it the record counts as expired, even before DynamoDB deletes it. */
  expiresAt: z.int(),
  /** Number of writes. Each write is conditional on the version it was computed from. */
  version: z.int(),
});
export type BatchRecord = z.output<typeof batchRecordSchema>;

import * as z from 'zod/mini';
import { knownSourceSchema } from './image-input.ts';
import { OPERATION_NAMES } from './operations.ts';
import { OUTCOME_NAMES, REASONS } from './outcomes.ts';
import { TASK_STATUSES } from './task-statuses.ts';

/** Maximum results listed in the record and the event. The manifest always lists all of them. */
export const MAX_LISTED_RESULTS = 400;

/** One entry of Aspose's `results[]` as it is stored and listed. */
export const storedResultSchema = z.object({
  index: z
    .int()
    .check(
      z.describe("Position in Aspose's results. For RecognizeRegions it is the only link to the region."),
    ),
  type: z.nullable(z.string()).check(z.describe("Aspose's result type, cut to 64 printable characters.")),
  contentType: z.nullable(z.string()),
  key: z
    .nullable(z.string())
    .check(
      z.describe(
        "The document's key in the results bucket; null when Aspose sent no data or none that decodes.",
      ),
    ),
  bytes: z.int(),
  sha256: z.nullable(z.string()).check(z.describe('Lower-case hexadecimal.')),
  empty: z.boolean(),
  undecodedKey: z.optional(
    z.string().check(z.describe('Key of the data as received, when it is not valid base64.')),
  ),
});
export type StoredResult = z.output<typeof storedResultSchema>;

/** The state of a task: one DynamoDB item. Instants are ISO 8601 in UTC. */
export const taskRecordSchema = z.object({
  taskId: z.string(),
  operation: z.enum(OPERATION_NAMES),
  generation: z.int(),
  /** `Collecting` until the task ends, then its outcome. */
  status: z.enum(['Collecting', ...OUTCOME_NAMES]),
  outcome: z.optional(z.enum(OUTCOME_NAMES)),
  reason: z.optional(z.enum(REASONS)),
  /**
   * Whether close-task has published the terminal event. Absent when the execution publishes it
   * itself, as it does unless a state fails or the execution is stopped.
   */
  terminalEvent: z.optional(z.enum(['Pending', 'Published'])),
  /** Aspose's last task status that the contract knows. */
  taskStatus: z.optional(z.enum(TASK_STATUSES)),
  responseStatusCode: z.optional(z.string()),
  /** Number of polls. */
  attempts: z.int(),
  /** Number of polls without a usable response. */
  faults: z.int(),
  /** Faulty polls since the last good one, by kind. */
  faultsInARow: z.record(z.string(), z.int()),
  /** The execution that owns the task. */
  executionArn: z.string(),
  submittedAt: z.optional(z.string()),
  startedAt: z.string(),
  completedAt: z.optional(z.string()),
  nextPollAt: z.optional(z.string()),
  /** After this instant another execution may take over an open task. */
  leaseExpiresAt: z.string(),
  /** The first `MAX_LISTED_RESULTS` of `resultCount`. */
  results: z.array(storedResultSchema),
  resultCount: z.int(),
  /** Size of all documents together. */
  resultBytes: z.int(),
  manifestKey: z.optional(z.string()),
  /** True when data is missing or undecodable, or Aspose's responseStatusCode is not Ok. */
  partial: z.boolean(),
  /** True when the task is Completed and has no content. */
  empty: z.boolean(),
  messages: z.array(z.string()),
  warnings: z.array(z.string()),
  correlation: z.optional(z.string()),
  /** The batch that collects the task; absent when a task has an execution of its own. */
  batchId: z.optional(z.string()),
  /** The image that ocr-courier submitted; absent when the caller submitted it. */
  imageId: z.optional(z.string()),
  source: z.optional(knownSourceSchema),
  /** Number of uploads of the image to Aspose so far. */
  uploads: z.optional(z.int()),
  /** Set while the task is open and lost: how it ends unless another task replaces it. */
  lostAs: z.optional(
    z.object({
      outcome: z.enum(OUTCOME_NAMES),
      reason: z.optional(z.enum(REASONS)),
      messages: z.array(z.string()),
      warnings: z.array(z.string()),
      responseStatusCode: z.nullable(z.string()),
    }),
  ),
  /** The task that replaced this lost one. Only the last task of an image publishes an event. */
  replacedBy: z.optional(z.string()),
  /** Epoch seconds. After it the record counts as expired, even before DynamoDB deletes it. */
  expiresAt: z.int(),
  /** Number of writes. Each write is conditional on the version it was computed from. */
  version: z.int(),
});
export type TaskRecord = z.output<typeof taskRecordSchema>;

import * as z from 'zod/mini';
import { DEFAULT_OPERATION, OPERATION_NAMES } from './core/operations.ts';
import { OUTCOME_NAMES, REASONS } from './core/outcomes.ts';
import { POLLING_PRESETS } from './core/polling-policy.ts';
import { TASK_STATUSES } from './core/task-answer.ts';

/**
 * The schemas of everything of ours that crosses a wire. Each `error` text says what is allowed;
 * `parseInput` (core/invalid-input.ts) puts the field and what was got before it.
 */

/** At most this many results are listed in the record and the event; the manifest always has them all. */
export const MAX_LISTED_RESULTS = 400;

/** The most polls a task may be given, so that no task can fill its execution's history: lib/polling-estimate.ts. */
export const MAX_POLLS = 1600;
const POLLS = `a whole number from 1 to ${MAX_POLLS}, as each poll may take 9 of the 25000 history events that end an execution`;

/** How long an invocation may go on polling; the function's time-out leaves room beyond it. */
export const MAX_HOLD_SECONDS = 210;

/** Opaque at Aspose: GUIDs, `TTS...` ids, and once a GUID that is a digit short. */
export const taskIdSchema = z
  .string('1 to 64 characters of A-Z, a-z, 0-9 and -')
  .check(z.regex(/^[A-Za-z0-9-]{1,64}$/, '1 to 64 characters of A-Z, a-z, 0-9 and -'));

const number = (minimum: number, maximum: number, allowed: string) =>
  z.number(allowed).check(z.minimum(minimum, allowed), z.maximum(maximum, allowed));

export const pollingSchema = z.strictObject(
  {
    preset: z.optional(z.enum(POLLING_PRESETS, `one of ${POLLING_PRESETS.join(', ')}`)),
    timeoutSeconds: z.optional(number(1, 86_400, 'a number from 1 to 86400')),
    maxPolls: z.optional(z.int(POLLS).check(z.minimum(1, POLLS), z.maximum(MAX_POLLS, POLLS))),
    firstPollDelaySeconds: z.optional(number(0, 3600, 'a number from 0 to 3600')),
    holdSeconds: z.optional(number(0, MAX_HOLD_SECONDS, `a number from 0 to ${MAX_HOLD_SECONDS}`)),
  },
  'an object with any of preset, timeoutSeconds, maxPolls, firstPollDelaySeconds, holdSeconds',
);

const INSTANT = 'an ISO 8601 instant with its offset, such as 2026-01-31T12:00:00Z';
const CORRELATION = 'a string of 1 to 256 characters';

/** What is said of a task that is to be collected, whichever door it comes through. */
const submission = {
  taskId: taskIdSchema,
  operation: z._default(
    z
      .enum(OPERATION_NAMES, `one of ${OPERATION_NAMES.join(', ')}`)
      .check(z.describe('The Aspose operation the task was submitted to.')),
    DEFAULT_OPERATION,
  ),
  submittedAt: z.optional(
    z.iso
      .datetime({ offset: true, error: INSTANT })
      .check(z.describe('When the image was sent; Aspose keeps the result for 24 hours from then.')),
  ),
  correlation: z.optional(
    z
      .string(CORRELATION)
      .check(
        z.minLength(1, CORRELATION),
        z.maxLength(256, CORRELATION),
        z.describe("The caller's own reference, handed through to the record and the event."),
      ),
  ),
  polling: z.optional(pollingSchema),
  generation: z._default(
    z
      .int('a whole number from 1 to 1000000')
      .check(
        z.minimum(1, 'a whole number from 1 to 1000000'),
        z.maximum(1_000_000, 'a whole number from 1 to 1000000'),
        z.describe(
          "Counts deliberate collections of the same task; a higher one than the record's starts anew.",
        ),
      ),
    1,
  ),
};
const SUBMISSION =
  'an object with taskId and optionally operation, submittedAt, correlation, polling, generation';

/** The detail of an `OCR Task Submitted` event. */
export const taskSubmissionSchema = z.strictObject(submission, SUBMISSION);
/** As its publisher writes it: what has a default may be left out. */
export type TaskSubmission = z.input<typeof taskSubmissionSchema>;

/** The input of an execution. */
export const executionInputSchema = z.strictObject(
  {
    ...submission,
    /** Step Functions' own link to a parent execution, which its console puts into nested inputs. */
    AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID: z.optional(z.string('a string')),
  },
  SUBMISSION,
);
export type ExecutionInput = z.output<typeof executionInputSchema>;

/** One entry of `results[]` as stored: listed in the manifest, the record and the event. */
export const storedResultSchema = z.object({
  index: z
    .int()
    .check(z.describe("Its place in Aspose's results; for RecognizeRegions the only link to the region.")),
  type: z.nullable(z.string()).check(z.describe("Aspose's type, cut to 64 printable characters.")),
  contentType: z.nullable(z.string()),
  key: z
    .nullable(z.string())
    .check(
      z.describe(
        "The document's key in the results bucket; null when Aspose sent no data, or none that could be decoded.",
      ),
    ),
  bytes: z.int(),
  sha256: z.nullable(z.string()).check(z.describe('Lower-case hexadecimal.')),
  empty: z.boolean(),
  undecodedKey: z.optional(
    z.string().check(z.describe('Data that is not base64 is kept under this key, exactly as received.')),
  ),
});
export type StoredResult = z.output<typeof storedResultSchema>;

/** The state of a task: what DynamoDB holds. Instants are ISO 8601 in UTC. */
export const taskRecordSchema = z.object({
  taskId: z.string(),
  operation: z.enum(OPERATION_NAMES),
  generation: z.int(),
  /** `Collecting`, or the outcome once there is one. */
  status: z.enum(['Collecting', ...OUTCOME_NAMES]),
  outcome: z.optional(z.enum(OUTCOME_NAMES)),
  reason: z.optional(z.enum(REASONS)),
  /** Aspose's last task status, as far as it was one of the contract's. */
  taskStatus: z.optional(z.enum(TASK_STATUSES)),
  responseStatusCode: z.optional(z.string()),
  /** Polls made. */
  attempts: z.int(),
  /** Polls that brought nothing usable. */
  faults: z.int(),
  /** Faulty polls since the last good one, by kind. */
  faultsInARow: z.record(z.string(), z.int()),
  /** The execution that collects, or collected, this task. */
  executionArn: z.string(),
  submittedAt: z.optional(z.string()),
  startedAt: z.string(),
  completedAt: z.optional(z.string()),
  nextPollAt: z.optional(z.string()),
  /** Until then the task is its owner's; afterwards another execution may take over. */
  leaseExpiresAt: z.string(),
  /** The first `MAX_LISTED_RESULTS` of `resultCount`. */
  results: z.array(storedResultSchema),
  resultCount: z.int(),
  /** Of all documents together. */
  resultBytes: z.int(),
  manifestKey: z.optional(z.string()),
  /** Some data is missing or undecodable, or Aspose's responseStatusCode is not Ok. */
  partial: z.boolean(),
  /** Completed, and there is no content. */
  empty: z.boolean(),
  messages: z.array(z.string()),
  warnings: z.array(z.string()),
  correlation: z.optional(z.string()),
  /** Epoch seconds. Past it the record is expired, whether or not DynamoDB has deleted it. */
  expiresAt: z.int(),
  /** Counts writes: each is conditional on the one it was made from. */
  version: z.int(),
});
export type TaskRecord = z.output<typeof taskRecordSchema>;

/** The `source` of our events. */
export const EVENT_SOURCE = 'ocr-courier';

/** The detail-type of the event that asks for a task to be collected; its source is its publisher's. */
export const SUBMITTED_DETAIL_TYPE = 'OCR Task Submitted';

/** The task statuses with which `Fetch result` asks to be called again; `Unseen` while no answer was understood. */
export const WAITING_STATUSES = ['Pending', 'Processing', 'NotExist', 'Completed', 'Unseen'] as const;

/** The status-change event of a state machine's execution, as EventBridge delivers it. */
export const executionStatusChangeSchema = z.object({
  detail: z.object({
    executionArn: z.string(),
    /** Epoch milliseconds. */
    startDate: z.number(),
    status: z.enum(['FAILED', 'TIMED_OUT', 'ABORTED']),
    /** JSON; absent when the event would have become too large. */
    input: z.nullish(z.string()),
    /** The name of the error that ended the execution, where the event carries it. */
    error: z.nullish(z.string()),
  }),
});
export type ExecutionStatusChange = z.output<typeof executionStatusChangeSchema>;

/** What the credentials secret holds. */
export const credentialsSchema = z.object({
  clientId: z.string().check(z.minLength(1)),
  clientSecret: z.string().check(z.minLength(1)),
});
export type Credentials = z.output<typeof credentialsSchema>;

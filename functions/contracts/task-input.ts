import * as z from 'zod/mini';
import { DEFAULT_OPERATION, OPERATION_NAMES } from './operations.ts';
import { POLLING_PRESETS } from './polling-presets.ts';
import {
  closedObject,
  numberFromTo,
  oneOf,
  textMatching,
  textUpTo,
  wholeNumberFromTo,
} from './schema-helpers.ts';

/**
 * Maximum polls per task. An execution can have 25,000 history events. Each poll adds up to 9, and
 * the rest is reserved for retries (lib/worst-case.ts).
 */
export const MAX_POLLS = 1600;

/** Maximum time that one invocation keeps polling. The function's timeout leaves room beyond it. */
export const MAX_HOLD_SECONDS = 210;

/**
 * Aspose's task ids are opaque: GUIDs, `TTS...` ids, and one published GUID that is a digit short.
 */
export const taskIdSchema = textMatching(/^[A-Za-z0-9-]{1,64}$/, '1 to 64 characters of A-Z, a-z, 0-9 and -');

/** A polling policy as callers set it: a preset and the values that override it. */
export const pollingSchema = closedObject({
  preset: z.optional(oneOf(POLLING_PRESETS)),
  timeoutSeconds: z.optional(numberFromTo(1, 86_400)),
  maxPolls: z.optional(
    wholeNumberFromTo(1, MAX_POLLS, 'each poll adds up to 9 events to a history that is limited to 25000'),
  ),
  firstPollDelaySeconds: z.optional(numberFromTo(0, 3600)),
  holdSeconds: z.optional(numberFromTo(0, MAX_HOLD_SECONDS)),
});

const INSTANT = 'an ISO 8601 instant with its offset, such as 2026-01-31T12:00:00Z';
/** Leaves room for nanoseconds and an offset. */
const MAX_INSTANT_LENGTH = 40;

/** The fields that ask for a task to be collected. Every door accepts them. */
const submissionShape = {
  taskId: taskIdSchema,
  operation: z._default(
    oneOf(OPERATION_NAMES).check(z.describe('The Aspose operation that created the task.')),
    DEFAULT_OPERATION,
  ),
  submittedAt: z.optional(
    z.iso
      .datetime({ offset: true, error: INSTANT })
      .check(
        z.maxLength(MAX_INSTANT_LENGTH, INSTANT),
        z.describe(
          'When the image was sent to Aspose, at most 24 hours ago. Aspose keeps the result for 24 hours.',
        ),
      ),
  ),
  correlation: z.optional(
    textUpTo(256).check(
      z.describe("The caller's own reference. It is copied into the record and the event."),
    ),
  ),
  polling: z.optional(pollingSchema),
  generation: z._default(
    wholeNumberFromTo(1, 1_000_000).check(
      z.describe(
        "Counts deliberate collections of the same task. A number above the record's starts a new collection.",
      ),
    ),
    1,
  ),
};

/** The detail of an `OCR Task Submitted` event. */
export const taskSubmissionSchema = closedObject(submissionShape);
/** The detail as its publisher writes it: fields with a default are optional. */
export type TaskSubmission = z.input<typeof taskSubmissionSchema>;

/** The input of an execution. */
export const executionInputSchema = z.extend(taskSubmissionSchema, {
  /**
   * The Step Functions console adds it to the input of a nested execution, as a link to the parent.
   */
  AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID: z.optional(z.string('a string')),
});
export type ExecutionInput = z.output<typeof executionInputSchema>;

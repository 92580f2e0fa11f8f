import * as z from 'zod/mini';
import en from 'zod/v4/locales/en.js';
import { BATCH_COMPLETED_DETAIL_TYPE, batchEventDetailSchema } from './batch-event.ts';
import { IMAGE_REFUSED_DETAIL_TYPE, imageRefusedDetailSchema } from './image-event.ts';
import { OUTCOMES, type Outcome } from './outcomes.ts';
import { EVENT_SOURCE, SUBMITTED_DETAIL_TYPE, taskEventDetailSchema } from './task-event.ts';
import { type TaskSubmission, taskSubmissionSchema } from './task-input.ts';

/**
 * The events of ocr-courier as EventBridge delivers them, for publishers and subscribers. This is
 * the package's entry `ocr-courier/events`.
 *
 * @example
 * // In a subscriber's Lambda function:
 * const { detail } = parseTaskEvent(event);
 *
 * @example
 * // In a function that subscribes to tasks and refused images:
 * if (event['detail-type'] === IMAGE_REFUSED_DETAIL_TYPE) {
 *   const { source, reason } = parseImageRefusedEvent(event).detail;
 * }
 *
 * @example
 * // In a function that subscribes to batches:
 * const { outcome, counts, bucket, results } = parseBatchCompletedEvent(event).detail;
 */

/** The fields that EventBridge adds to every event. */
const envelope = {
  version: z.literal('0'),
  id: z
    .string()
    .check(
      z.describe(
        'The same for repeated deliveries of one publication; detail.idempotencyKey identifies the outcome.',
      ),
    ),
  account: z.string(),
  time: z.iso.datetime(),
  region: z.string(),
  resources: z.array(z.string()),
  'replay-name': z.optional(
    z.string().check(z.describe('Name of the replay, when the event is replayed from an archive.')),
  ),
};

const taskEvent = <O extends Outcome>(outcome: O) =>
  z.object({
    ...envelope,
    source: z.literal(EVENT_SOURCE),
    'detail-type': z.literal<(typeof OUTCOMES)[O]['detailType']>(OUTCOMES[outcome].detailType),
    detail: z.extend(taskEventDetailSchema, { outcome: z.literal(outcome) }),
  });

/** The terminal events by outcome. Later versions may add fields. */
export const TASK_EVENT_SCHEMAS = {
  Completed: taskEvent('Completed'),
  Failed: taskEvent('Failed'),
  Expired: taskEvent('Expired'),
  NotFound: taskEvent('NotFound'),
  TimedOut: taskEvent('TimedOut'),
  Cancelled: taskEvent('Cancelled'),
} as const satisfies Record<Outcome, unknown>;

/** Any terminal event of a task; `detail-type` identifies the outcome. */
export const taskEventSchema = z.discriminatedUnion('detail-type', [
  TASK_EVENT_SCHEMAS.Completed,
  TASK_EVENT_SCHEMAS.Failed,
  TASK_EVENT_SCHEMAS.Expired,
  TASK_EVENT_SCHEMAS.NotFound,
  TASK_EVENT_SCHEMAS.TimedOut,
  TASK_EVENT_SCHEMAS.Cancelled,
]);
export type TaskEvent = z.output<typeof taskEventSchema>;

/** The event that ends an image without a task. Later versions may add fields. */
export const imageRefusedEventSchema = z.object({
  ...envelope,
  source: z.literal(EVENT_SOURCE),
  'detail-type': z.literal(IMAGE_REFUSED_DETAIL_TYPE),
  detail: imageRefusedDetailSchema,
});
export type ImageRefusedEvent = z.output<typeof imageRefusedEventSchema>;

/** The event that ends a batch. Later versions may add fields. */
export const batchCompletedEventSchema = z.object({
  ...envelope,
  source: z.literal(EVENT_SOURCE),
  'detail-type': z.literal(BATCH_COMPLETED_DETAIL_TYPE),
  detail: batchEventDetailSchema,
});
export type BatchCompletedEvent = z.output<typeof batchCompletedEventSchema>;

/**
 * The event that starts a collection. `source` is the publisher's own; the detail accepts no
 * unknown fields.
 */
export const taskSubmittedEventSchema = z.object({
  ...envelope,
  source: z.string(),
  'detail-type': z.literal(SUBMITTED_DETAIL_TYPE),
  detail: taskSubmissionSchema,
});
export type TaskSubmittedEvent = z.input<typeof taskSubmittedEventSchema>;

export {
  BATCH_COMPLETED_DETAIL_TYPE,
  EVENT_SOURCE,
  IMAGE_REFUSED_DETAIL_TYPE,
  SUBMITTED_DETAIL_TYPE,
  type TaskSubmission,
};

/** The value is not a terminal event of a task. The message names the field. */
export class InvalidTaskEvent extends Error {
  override readonly name = 'InvalidTaskEvent';
}

/** The value is not an `OCR Image Refused` event. The message names the field. */
export class InvalidImageEvent extends Error {
  override readonly name = 'InvalidImageEvent';
}

/** The value is not an `OCR Batch Completed` event. The message names the field. */
export class InvalidBatchEvent extends Error {
  override readonly name = 'InvalidBatchEvent';
}

/**
 * Parses the terminal event of a task as EventBridge delivers it.
 *
 * @throws InvalidTaskEvent if the value is anything else, such as `OCR Image Refused`
 */
export function parseTaskEvent(event: unknown): TaskEvent {
  return parseDelivered(taskEventSchema, event, InvalidTaskEvent);
}

/**
 * Parses an `OCR Image Refused` event as EventBridge delivers it.
 *
 * @throws InvalidImageEvent if the value is anything else
 */
export function parseImageRefusedEvent(event: unknown): ImageRefusedEvent {
  return parseDelivered(imageRefusedEventSchema, event, InvalidImageEvent);
}

/**
 * Parses an `OCR Batch Completed` event as EventBridge delivers it.
 *
 * @throws InvalidBatchEvent if the value is anything else
 */
export function parseBatchCompletedEvent(event: unknown): BatchCompletedEvent {
  return parseDelivered(batchCompletedEventSchema, event, InvalidBatchEvent);
}

function parseDelivered<T>(
  schema: z.ZodMiniType<T>,
  event: unknown,
  Invalid: new (message: string) => Error,
): T {
  const parsed = z.safeParse(schema, event, { error: en().localeError });
  if (parsed.success) return parsed.data;
  const reasons = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'event'}: ${message}`);
  throw new Invalid(reasons.join('; '));
}

import * as z from 'zod/mini';
import en from 'zod/v4/locales/en.js';
import {
  EVENT_SOURCE,
  SUBMITTED_DETAIL_TYPE,
  type TaskSubmission,
  taskSubmissionSchema,
} from './contract.ts';
import { OUTCOMES, type Outcome } from './core/outcomes.ts';
import { taskEventDetailSchema } from './task-event-contract.ts';

/**
 * The events of ocr-courier, for those who publish and subscribe: the package's entry `ocr-courier/events`.
 * In a subscriber's Lambda function: `const { detail } = parseTaskEvent(event)`.
 */

/** What EventBridge puts around every detail. */
const envelope = {
  version: z.literal('0'),
  id: z
    .string()
    .check(
      z.describe(
        'Of this publication, repeated deliveries included; detail.idempotencyKey is that of the outcome.',
      ),
    ),
  account: z.string(),
  time: z.iso.datetime(),
  region: z.string(),
  resources: z.array(z.string()),
  'replay-name': z.optional(z.string().check(z.describe('Of a replay from an archive.'))),
};

const taskEvent = <O extends Outcome>(outcome: O) =>
  z.object({
    ...envelope,
    source: z.literal(EVENT_SOURCE),
    'detail-type': z.literal<(typeof OUTCOMES)[O]['detailType']>(OUTCOMES[outcome].detailType),
    detail: z.extend(taskEventDetailSchema, { outcome: z.literal(outcome) }),
  });

/** The terminal events by outcome, each as EventBridge delivers it. Fields may be added to them. */
export const TASK_EVENT_SCHEMAS = {
  Completed: taskEvent('Completed'),
  Failed: taskEvent('Failed'),
  Expired: taskEvent('Expired'),
  NotFound: taskEvent('NotFound'),
  TimedOut: taskEvent('TimedOut'),
  Cancelled: taskEvent('Cancelled'),
} as const satisfies Record<Outcome, unknown>;

/** Any terminal event; its `detail-type` tells which. */
export const taskEventSchema = z.discriminatedUnion('detail-type', [
  TASK_EVENT_SCHEMAS.Completed,
  TASK_EVENT_SCHEMAS.Failed,
  TASK_EVENT_SCHEMAS.Expired,
  TASK_EVENT_SCHEMAS.NotFound,
  TASK_EVENT_SCHEMAS.TimedOut,
  TASK_EVENT_SCHEMAS.Cancelled,
]);
export type TaskEvent = z.output<typeof taskEventSchema>;

/** The event that starts a collection. Its source is its publisher's; unknown fields in its detail are refused. */
export const taskSubmittedEventSchema = z.object({
  ...envelope,
  source: z.string(),
  'detail-type': z.literal(SUBMITTED_DETAIL_TYPE),
  detail: taskSubmissionSchema,
});
export type TaskSubmittedEvent = z.input<typeof taskSubmittedEventSchema>;

export { EVENT_SOURCE, SUBMITTED_DETAIL_TYPE, type TaskSubmission };

/** What was to be parsed is not a terminal event of ocr-courier. The message names the field. */
export class InvalidTaskEvent extends Error {
  override readonly name = 'InvalidTaskEvent';
}

/**
 * Parses a terminal event, as EventBridge delivers it.
 *
 * @throws InvalidTaskEvent for anything else
 */
export function parseTaskEvent(event: unknown): TaskEvent {
  const parsed = z.safeParse(taskEventSchema, event, { error: en().localeError });
  if (parsed.success) return parsed.data;
  const reasons = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'event'}: ${message}`);
  throw new InvalidTaskEvent(reasons.join('; '));
}

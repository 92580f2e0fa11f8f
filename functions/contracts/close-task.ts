import * as z from 'zod/mini';

/** The three events of close-task. */

/** The payload of the state `Close task`: an execution that is about to fail. */
export const closeRequestSchema = z.object({
  executionArn: z.string(),
  executionStartedAt: z.iso.datetime(),
  /** The execution's own input, unchecked. */
  input: z.unknown(),
  /** Name of the error that ended a state. */
  error: z.string(),
});
export type CloseRequest = z.output<typeof closeRequestSchema>;

/** The fields that are read from an EventBridge event `Step Functions Execution Status Change`. */
export const statusChangeSchema = z.object({
  detail: z.object({
    executionArn: z.string(),
    /** Epoch milliseconds. */
    startDate: z.number(),
    status: z.enum(['FAILED', 'TIMED_OUT', 'ABORTED']),
    /** JSON. Step Functions omits it when the event would exceed EventBridge's size limit. */
    input: z.nullish(z.string()),
    /** Name of the error that ended the execution. Not every event carries it. */
    error: z.nullish(z.string()),
  }),
});

/** The event of the schedule, which asks for a sweep. */
export const scheduledEventSchema = z.object({ 'detail-type': z.literal('Scheduled Event') });

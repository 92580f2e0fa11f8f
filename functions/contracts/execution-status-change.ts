import * as z from 'zod/mini';

/** The fields that are read from an EventBridge event `Step Functions Execution Status Change`. */
export const executionStatusChangeSchema = z.object({
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
export type ExecutionStatusChange = z.output<typeof executionStatusChangeSchema>;

import * as z from 'zod/mini';
import { OPERATION_NAMES } from '../../functions/contracts/operations.ts';
import { loggedPollSchema } from '../logged-poll.ts';

/** Schemas of the responses under `/local/`, which only the page uses. */

/** GET /local/choices: the operations on images, each with its result types. */
export const choicesSchema = z.object({
  operations: z.array(z.object({ name: z.enum(OPERATION_NAMES), resultTypes: z.array(z.string()) })),
});
export type Choices = z.output<typeof choicesSchema>;

/** POST /local/recognize: the task that was submitted. Its collection has started. */
export const recognizedSchema = z.object({ taskId: z.string() });
export type Recognized = z.output<typeof recognizedSchema>;

/** GET /local/tasks/{taskId}/polls: the polls of a task so far, oldest first. */
export const pollsSchema = z.array(loggedPollSchema);

/** A server-sent event of GET /local/activity. */
export const activitySchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('poll'), poll: loggedPollSchema }),
  z.object({ kind: z.literal('event'), event: z.object({ 'detail-type': z.string(), detail: z.unknown() }) }),
]);
export type Activity = z.output<typeof activitySchema>;

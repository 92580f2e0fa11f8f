import * as z from 'zod/mini';
import { parseJson } from '../functions/adapters/parse-json.ts';

/** One poll of a task, as the fetch Lambda logs it: on this machine as on AWS. */
export const loggedPollSchema = z.object({
  message: z.literal('Polled'),
  /** ISO 8601. */
  timestamp: z.string(),
  taskId: z.string(),
  attempt: z.number(),
  /** Aspose's task status, or the kind of fault. */
  observed: z.string(),
  detail: z.optional(z.string()),
  nextPollSeconds: z.optional(z.number()),
  /** How the task has ended, in place of a next poll. */
  outcome: z.optional(z.string()),
});
export type LoggedPoll = z.output<typeof loggedPollSchema>;

/** The poll that a function's log line tells of, if it tells of one. */
export function parsePoll(line: string): LoggedPoll | undefined {
  return z.safeParse(loggedPollSchema, parseJson(line)).data;
}

import * as z from 'zod/mini';
import { parseJson } from '../functions/core/parse-json.ts';

/** One poll of a task, as the fetch Lambda logs it. */
export const loggedPollSchema = z.object({
  message: z.literal('Polled'),
  /** ISO 8601. */
  timestamp: z.string(),
  taskId: z.string(),
  attempt: z.number(),
  /** Aspose's task status, or the kind of fault. */
  observed: z.string(),
  detail: z.optional(z.string()),
  /** Absent when the task ended. */
  nextPollSeconds: z.optional(z.number()),
  /** Present when the task ended. */
  outcome: z.optional(z.string()),
});
export type LoggedPoll = z.output<typeof loggedPollSchema>;

/** Reads a poll from a log line; undefined for other lines. */
export function parsePoll(line: string): LoggedPoll | undefined {
  return z.safeParse(loggedPollSchema, parseJson(line)).data;
}

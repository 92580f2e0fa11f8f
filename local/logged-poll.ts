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

const loggedUploadSchema = z.object({
  message: z.literal('Uploaded'),
  observed: z.enum(['Accepted', 'NotAccepted', 'Refused', 'Unknown']),
  detail: z.optional(z.string()),
  taskId: z.optional(z.string()),
});

/** Describes an upload to Aspose that a log line reports; undefined for other lines. */
export function parseUpload(line: string): string | undefined {
  const upload = z.safeParse(loggedUploadSchema, parseJson(line)).data;
  if (upload === undefined) return undefined;
  const { observed, taskId, detail } = upload;
  if (taskId !== undefined) return `submitted as task ${taskId}`;
  const reason = detail === undefined ? '' : `: ${detail}`;
  return `not submitted (${observed})${reason}`;
}

/** Reads a poll from a log line; undefined for other lines. */
export function parsePoll(line: string): LoggedPoll | undefined {
  return z.safeParse(loggedPollSchema, parseJson(line)).data;
}

import * as z from 'zod/mini';
import { parseJson } from '../functions/core/parse-json.ts';

/** One upload of an image to Aspose, as the submit Lambda logs it. */
export const loggedUploadSchema = z.object({
  message: z.literal('Uploaded'),
  observed: z.enum(['Accepted', 'NotAccepted', 'Refused', 'Unknown']),
  detail: z.optional(z.string()),
  taskId: z.optional(z.string()),
  /** Present when Aspose rejected the upload, and it is repeated. */
  nextUploadSeconds: z.optional(z.number()),
});
export type LoggedUpload = z.output<typeof loggedUploadSchema>;

/** Reads an upload from a log line; undefined for other lines. */
export function parseUpload(line: string): LoggedUpload | undefined {
  return z.safeParse(loggedUploadSchema, parseJson(line)).data;
}

/** Describes an upload in one line. */
export function describeUpload({ observed, taskId, detail, nextUploadSeconds }: LoggedUpload): string {
  if (taskId !== undefined) return `submitted as task ${taskId}`;
  const reason = detail === undefined ? '' : `: ${detail}`;
  const next = nextUploadSeconds === undefined ? '' : `; next try in ${nextUploadSeconds.toFixed(1)} s`;
  return `not submitted (${observed})${reason}${next}`;
}

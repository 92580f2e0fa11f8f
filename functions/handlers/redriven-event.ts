import * as z from 'zod/mini';
import { parseJson } from '../core/parse-json.ts';

/**
 * One message of a dead-letter queue. Redriving invokes the function with one message at a time.
 */
const redriveSchema = z.object({ Records: z.tuple([z.object({ body: z.string() })]) });
/** The record in which Lambda's failure destination wraps an event. */
const failureRecordSchema = z.object({ requestPayload: z.record(z.string(), z.unknown()) });

/**
 * Unwraps the event of an invocation. When an operator redrives a dead-letter queue, the event is
 * inside the queue's message. Returns undefined when the message is not JSON.
 */
export function redrivenEvent(received: unknown): unknown {
  const redrive = z.safeParse(redriveSchema, received);
  if (!redrive.success) return received;
  const body = parseJson(redrive.data.Records[0].body);
  const failureRecord = z.safeParse(failureRecordSchema, body);
  return failureRecord.success ? failureRecord.data.requestPayload : body;
}

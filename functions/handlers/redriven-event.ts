import * as z from 'zod/mini';

/** One message of a dead-letter queue: redriving takes them one by one. */
const redriveSchema = z.object({ Records: z.tuple([z.object({ body: z.string() })]) });
/** What Lambda's failure destination wraps around an event. */
const failureRecordSchema = z.object({ requestPayload: z.record(z.string(), z.unknown()) });

/**
 * The event of an invocation: what it was invoked with, or, when an operator redrives a dead-letter queue, the event
 * that the queue's message keeps.
 */
export function redrivenEvent(received: unknown): unknown {
  const redrive = z.safeParse(redriveSchema, received);
  if (!redrive.success) return received;
  const kept: unknown = JSON.parse(redrive.data.Records[0].body);
  const failureRecord = z.safeParse(failureRecordSchema, kept);
  return failureRecord.success ? failureRecord.data.requestPayload : kept;
}

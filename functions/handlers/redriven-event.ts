import * as z from 'zod/mini';
import { parseJson } from '../core/parse-json.ts';

/**
 * One message of a dead-letter queue. Redriving invokes the function with one message at a time.
 */
const redriveSchema = z.object({ Records: z.tuple([z.object({ body: z.string() })]) });

/** How a failed or refused event is kept in a queue, as Lambda's failure destinations do. */
const failureRecordSchema = z.object({ requestPayload: z.record(z.string(), z.unknown()) });

/** An event in a message of a queue. */
export interface DeliveredMessage {
  /** Undefined when the message is not JSON. */
  readonly event: unknown;
  /** Whether the event was refused before, and an operator redrives it. */
  readonly isRedriven: boolean;
}

/** Unwraps the event of a message. */
export function unwrapMessage(message: string): DeliveredMessage {
  const body = parseJson(message);
  const failureRecord = z.safeParse(failureRecordSchema, body);
  return failureRecord.success
    ? { event: failureRecord.data.requestPayload, isRedriven: true }
    : { event: body, isRedriven: false };
}

/**
 * Unwraps the event of an invocation. When an operator redrives a dead-letter queue, the event is
 * inside the queue's message.
 */
export function redrivenEvent(received: unknown): unknown {
  const redrive = z.safeParse(redriveSchema, received);
  return redrive.success ? unwrapMessage(redrive.data.Records[0].body).event : received;
}

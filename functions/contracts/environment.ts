import * as z from 'zod/mini';
import { describeBaseUrls, normalizeBaseUrl } from './aspose-base-url.ts';
import { textMatching } from './schema-helpers.ts';
import { pollingSchema } from './task-input.ts';

const text = z.string('a string').check(z.minLength(1, 'a string that is not empty'));

const wholeNumber = z.pipe(
  textMatching(/^[1-9]\d*$/, 'a whole number above 0'),
  z.transform((digits: string) => Number(digits)),
);

const wholeNumberOrZero = z.pipe(
  textMatching(/^(0|[1-9]\d*)$/, 'a whole number'),
  z.transform((digits: string) => Number(digits)),
);

/**
 * The environment variables that the infrastructure sets and the functions read. Each function
 * parses the ones it needs once, when it starts. Secrets are not among them: functions read those
 * from Secrets Manager.
 */
export const environmentSchema = z.object({
  /** Name of the task table. */
  TASK_TABLE: text,
  /** Name of the results bucket. */
  RESULTS_BUCKET: text,
  /** Name of the event bus for terminal events. */
  EVENT_BUS: text,
  /** ARN of the state machine `Collect result`. */
  STATE_MACHINE: text,
  /** ARN of the state machine `Recognize image`. */
  RECOGNIZE_STATE_MACHINE: text,
  /** ARN of the state machine `Collect batch`. */
  BATCH_STATE_MACHINE: text,
  /** URL of the queue for requests that started nothing. */
  REFUSED_QUEUE: text,
  /** Names of the buckets, other than the results bucket, whose images may be recognized: JSON. */
  SOURCE_BUCKETS: z.pipe(z.pipe(text, z.transform(parseJsonText)), z.array(z.string())),
  /** Maximum number of uploads of an image to Aspose. */
  MAX_UPLOADS: wholeNumber,
  /** ARN of the secret with `{ clientId, clientSecret }`. */
  CREDENTIALS_SECRET: text,
  /**
   * Base URL of Aspose.OCR Cloud; parsing removes a trailing slash. Synthesis cannot check a value
   * that is known only at deployment, such as a parameter's.
   */
  ASPOSE_BASE_URL: z.pipe(text, z.transform(parseBaseUrl)),
  /** The stack's polling configuration: JSON of `pollingSchema`. */
  POLLING: z.pipe(z.pipe(text, z.transform(parseJsonText)), pollingSchema),
  /** Whether a cancelled task is cancelled at Aspose, too. */
  CANCEL_AT_VENDOR: z.pipe(
    z.enum(['true', 'false'], 'true or false'),
    z.transform((value) => value === 'true'),
  ),
  /** Maximum number of requests that wait at the same time. */
  MAX_WAITING_REQUESTS: wholeNumberOrZero,
  /** The dimension `service` of every metric. */
  METRICS_SERVICE: text,
  /** Maximum size of a response in bytes, after decompression. */
  MAX_ANSWER_BYTES: wholeNumber,
});

export type EnvironmentVariable = keyof typeof environmentSchema.shape;

function parseBaseUrl(url: string, context: z.core.ParsePayload): string {
  // Local runs replace Aspose by a simulator.
  const allowed = { loopback: true };
  const baseUrl = normalizeBaseUrl(url, allowed);
  if (baseUrl !== undefined) return baseUrl;
  context.issues.push({ code: 'custom', input: url, message: describeBaseUrls(allowed) });
  return z.NEVER;
}

function parseJsonText(json: string, context: z.core.ParsePayload): unknown {
  try {
    return JSON.parse(json);
  } catch {
    context.issues.push({ code: 'custom', input: json, message: 'valid JSON' });
    return z.NEVER;
  }
}

import type { TaskRecord } from '../contracts/task-record.ts';
import type { FetchResultPorts } from './ports.ts';

/** Seconds until Aspose deletes the result; negative afterwards. */
export function expiresInSeconds(
  { expiresAt }: Pick<TaskRecord, 'expiresAt'>,
  { now }: Pick<FetchResultPorts, 'now'>,
): number {
  return expiresAt - Math.floor(now() / 1000);
}

/**
 * Seconds since an instant. Never negative, because the clocks of two environments may disagree.
 */
export function secondsSince(instant: string, { now }: Pick<FetchResultPorts, 'now'>): number {
  return Math.max(0, (now() - Date.parse(instant)) / 1000);
}

/** Default Retry-After when nothing is scheduled. */
const RETRY_SECONDS = 2;

/** How long to wait before reading again a state that may change at this instant. */
export function retryDelaySeconds(nextChangeAt: string | undefined, now: number): number {
  const untilChange = nextChangeAt === undefined ? 0 : Date.parse(nextChangeAt) - now;
  return Math.max(RETRY_SECONDS, Math.ceil(untilChange / 1000));
}

/**
 * Maximum time to wait for the headers of a response. Aspose may hold a fetch until the task is
 * done, for over a minute.
 */
export const HEADERS_SECONDS = 90;

/** Time to receive the largest response that can be configured (lib/response-size.ts). */
export const BODY_SECONDS = 60;

/** Maximum time of one poll, from the request to the last byte of the response. */
export const POLL_SECONDS = HEADERS_SECONDS + BODY_SECONDS;

/** Time to store `MAX_RESULTS` with the SDK's retries, and then the record. */
export const STORE_SECONDS = 120;

/** Part of `STORE_SECONDS` that is kept for the record. */
export const RECORD_SECONDS = 10;

/** A poll starts only if this much of the invocation is left, to poll and to store its result. */
export const POLL_RESERVE_SECONDS = POLL_SECONDS + STORE_SECONDS;

/** Whether this invocation has time to wait for the delay and then poll. */
export function hasTimeFor(
  delaySeconds: number,
  { remainingSeconds }: Pick<FetchResultPorts, 'remainingSeconds'>,
): boolean {
  return remainingSeconds() - delaySeconds >= POLL_RESERVE_SECONDS;
}

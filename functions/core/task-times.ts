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

/** A poll starts only if this much of the invocation is left, to download and store its result. */
export const POLL_RESERVE_SECONDS = 90;

/** Whether this invocation has time to wait for the delay and then poll. */
export function hasTimeFor(
  delaySeconds: number,
  { remainingSeconds }: Pick<FetchResultPorts, 'remainingSeconds'>,
): boolean {
  return remainingSeconds() - delaySeconds >= POLL_RESERVE_SECONDS;
}

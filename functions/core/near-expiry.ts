import type { PollReport } from './ports.ts';

/** The policy's waits are shorter, so each task is polled at least once in its last two hours. */
export const NEAR_EXPIRY_SECONDS = 2 * 60 * 60;

/**
 * Whether an open task is close to its expiry, or will be expired at its next poll because of a
 * long Retry-After.
 */
export function isNearExpiry({
  expiresInSeconds,
  nextPollSeconds,
}: Pick<PollReport, 'expiresInSeconds' | 'nextPollSeconds'>): boolean {
  if (nextPollSeconds === undefined) return false;
  return expiresInSeconds <= NEAR_EXPIRY_SECONDS || expiresInSeconds - nextPollSeconds <= 1;
}

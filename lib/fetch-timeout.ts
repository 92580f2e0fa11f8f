import { Duration } from 'aws-cdk-lib';
import { InvalidInput } from '../functions/core/invalid-input.ts';
import { LEASE_SECONDS } from '../functions/core/task-record.ts';
import { POLL_RESERVE_SECONDS } from '../functions/core/task-times.ts';

/** Room for the longest hold, a slow fetch after it, and storing what it brought. */
export const DEFAULT_FETCH_TIMEOUT = Duration.minutes(5);

/** Well below the lease: an owner that is still at work must not count as dead. */
export const MAX_FETCH_TIMEOUT_SECONDS = LEASE_SECONDS - 300;

/**
 * The time-out of the fetch Lambda, once it is known that the hold fits into it: a poll is begun only while there is
 * time to fetch and store what it brings, so a longer hold would end before its time.
 *
 * @throws InvalidInput that says what to change
 */
export function fetchTimeout(holdSeconds: number, timeout: Duration = DEFAULT_FETCH_TIMEOUT): Duration {
  const seconds = timeout.toSeconds();
  const least = Math.ceil(holdSeconds) + POLL_RESERVE_SECONDS;
  if (seconds > MAX_FETCH_TIMEOUT_SECONDS) {
    throw new InvalidInput(
      'fetchTimeout',
      `${seconds} seconds`,
      `at most ${MAX_FETCH_TIMEOUT_SECONDS} seconds`,
    );
  }
  if (seconds < POLL_RESERVE_SECONDS) {
    throw new InvalidInput('fetchTimeout', `${seconds} seconds`, `at least ${least} seconds`);
  }
  if (seconds < least) {
    throw new InvalidInput(
      'fetchTimeout',
      `${seconds} seconds`,
      `at least ${least} seconds, which are holdSeconds (${holdSeconds}) and ${POLL_RESERVE_SECONDS} to fetch and store a result; or a holdSeconds of at most ${seconds - POLL_RESERVE_SECONDS}`,
    );
  }
  return timeout;
}

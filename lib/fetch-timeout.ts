import { Duration } from 'aws-cdk-lib';
import { MAX_HOLD_SECONDS } from '../functions/contracts/task-input.ts';
import { InvalidInput } from '../functions/core/invalid-input.ts';
import { LEASE_SECONDS } from '../functions/core/task-record.ts';
import { POLL_RESERVE_SECONDS } from '../functions/core/task-times.ts';

/** Covers the longest hold, one slow poll after it, and storing its result: 8 minutes. */
export const DEFAULT_FETCH_TIMEOUT = Duration.seconds(MAX_HOLD_SECONDS + POLL_RESERVE_SECONDS);

/** Well below the lease, so that an owner that is still running never counts as dead. */
export const MAX_FETCH_TIMEOUT_SECONDS = LEASE_SECONDS - 300;

/**
 * Checks that the timeout of the function `fetch-result` covers the hold. A poll starts only while
 * there is time to store its result, so a longer hold would end early.
 *
 * @throws InvalidInput that says what to change
 */
export function fetchTimeout(holdSeconds: number, timeout: Duration = DEFAULT_FETCH_TIMEOUT): Duration {
  const seconds = timeout.toSeconds();
  const minimum = Math.ceil(holdSeconds) + POLL_RESERVE_SECONDS;
  if (seconds > MAX_FETCH_TIMEOUT_SECONDS) {
    throw new InvalidInput(
      'fetchTimeout',
      `${seconds} seconds`,
      `at most ${MAX_FETCH_TIMEOUT_SECONDS} seconds`,
    );
  }
  if (seconds < POLL_RESERVE_SECONDS) {
    throw new InvalidInput('fetchTimeout', `${seconds} seconds`, `at least ${minimum} seconds`);
  }
  if (seconds < minimum) {
    throw new InvalidInput(
      'fetchTimeout',
      `${seconds} seconds`,
      `at least ${minimum} seconds: holdSeconds (${holdSeconds}) and ${POLL_RESERVE_SECONDS} to poll and store a result; or a holdSeconds of at most ${seconds - POLL_RESERVE_SECONDS}`,
    );
  }
  return timeout;
}

import { Duration } from 'aws-cdk-lib';
import { describe, expect, it } from 'vitest';
import { MAX_HOLD_SECONDS } from '../../functions/contracts/task-input.ts';
import { LEASE_SECONDS } from '../../functions/core/task-record.ts';
import { HEADERS_SECONDS, POLL_RESERVE_SECONDS, POLL_SECONDS } from '../../functions/core/task-times.ts';
import { DEFAULT_FETCH_TIMEOUT, fetchTimeout, MAX_FETCH_TIMEOUT_SECONDS } from '../../lib/fetch-timeout.ts';

describe('the timeout of the fetch-result function', () => {
  it('leaves room for the longest possible hold by default', () => {
    expect(fetchTimeout(MAX_HOLD_SECONDS)).toBe(DEFAULT_FETCH_TIMEOUT);
  });

  it('H9: is nested: response headers, poll, time for poll and storage, function, lease', () => {
    const timeouts = [
      75,
      HEADERS_SECONDS,
      POLL_SECONDS,
      POLL_RESERVE_SECONDS,
      DEFAULT_FETCH_TIMEOUT.toSeconds(),
      MAX_FETCH_TIMEOUT_SECONDS,
      LEASE_SECONDS,
    ];

    expect(timeouts).toEqual([...new Set(timeouts)].sort((one, other) => one - other));
  });

  it.each([
    [0, 270],
    [60, 330],
    [60.5, 331],
    [120, 600],
  ])('may, for a hold of %d s, be %i s', (holdSeconds, seconds) => {
    expect(fetchTimeout(holdSeconds, Duration.seconds(seconds)).toSeconds()).toBe(seconds);
  });

  it.each([
    [
      60,
      329,
      'fetchTimeout: got 329 seconds; allowed: at least 330 seconds: holdSeconds (60) and 270 to poll and store a result; or a holdSeconds of at most 59',
    ],
    [0, 269, 'fetchTimeout: got 269 seconds; allowed: at least 270 seconds'],
    [30, 60, 'fetchTimeout: got 60 seconds; allowed: at least 300 seconds'],
    [60, 601, 'fetchTimeout: got 601 seconds; allowed: at most 600 seconds'],
  ])('is refused for a hold of %i s when it is %i s', (holdSeconds, seconds, message) => {
    expect(() => fetchTimeout(holdSeconds, Duration.seconds(seconds))).toThrow(
      expect.objectContaining({ name: 'InvalidInput', message }),
    );
  });
});

import { Duration } from 'aws-cdk-lib';
import { describe, expect, it } from 'vitest';
import { MAX_HOLD_SECONDS } from '../../functions/contracts/task-input.ts';
import { DEFAULT_FETCH_TIMEOUT, fetchTimeout } from '../../lib/fetch-timeout.ts';

describe('the timeout of the fetch-result function', () => {
  it('leaves room for the longest possible hold by default', () => {
    expect(fetchTimeout(MAX_HOLD_SECONDS)).toBe(DEFAULT_FETCH_TIMEOUT);
  });

  it.each([
    [0, 90],
    [60, 150],
    [60.5, 151],
    [120, 600],
  ])('may, for a hold of %d s, be %i s', (holdSeconds, seconds) => {
    expect(fetchTimeout(holdSeconds, Duration.seconds(seconds)).toSeconds()).toBe(seconds);
  });

  it.each([
    [
      60,
      149,
      'fetchTimeout: got 149 seconds; allowed: at least 150 seconds: holdSeconds (60) and 90 to store a result; or a holdSeconds of at most 59',
    ],
    [0, 89, 'fetchTimeout: got 89 seconds; allowed: at least 90 seconds'],
    [30, 60, 'fetchTimeout: got 60 seconds; allowed: at least 120 seconds'],
    [60, 601, 'fetchTimeout: got 601 seconds; allowed: at most 600 seconds'],
  ])('is refused for a hold of %i s when it is %i s', (holdSeconds, seconds, message) => {
    expect(() => fetchTimeout(holdSeconds, Duration.seconds(seconds))).toThrow(
      expect.objectContaining({ name: 'InvalidInput', message }),
    );
  });
});

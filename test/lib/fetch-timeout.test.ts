import { describe, expect, it } from 'vitest';
import { LEASE_SECONDS } from '../../functions/core/task-record.ts';
import { HEADERS_SECONDS, POLL_RESERVE_SECONDS, POLL_SECONDS } from '../../functions/core/task-times.ts';
import { DEFAULT_FETCH_TIMEOUT, MAX_FETCH_TIMEOUT_SECONDS } from '../../lib/fetch-timeout.ts';

describe('the timeout of the fetch-result function', () => {
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
});

import { afterEach, describe, expect, it, vi } from 'vitest';
import { createVirtualTime } from '../../../local/embedded-aws/virtual-time.ts';

describe('timers of a function in virtual time', () => {
  afterEach(() => vi.useRealTimers());

  it('take real time, and a tenth of it for the short waits between retries of the AWS SDK', () => {
    vi.useFakeTimers();
    const called: number[] = [];
    const time = createVirtualTime(() => {});
    for (const milliseconds of [500, 1000, 5000])
      time.setTimeout(() => called.push(milliseconds), milliseconds);
    vi.advanceTimersByTime(100);
    expect(called).toEqual([500, 1000]);
    vi.advanceTimersByTime(4899);
    expect(called).toEqual([500, 1000]);
    vi.advanceTimersByTime(1);
    expect(called).toEqual([500, 1000, 5000]);
  });
});

import { describe, expect, it } from 'vitest';
import { type FreeSlot, nextReadSeconds, waitForEnd } from '../../../functions/core/wait-for-end.ts';
import { instantAfter, START } from '../../support/builders.ts';

interface FakeState {
  readonly name: string;
  readonly nextChangeAt?: string;
}

/**
 * A state that is open until a time.
 *
 * @param endsAfter seconds
 */
function setUp({
  endsAfter = Number.POSITIVE_INFINITY,
  pollsAt = () => undefined,
  remainingSeconds = () => 29,
  take,
  failsAt = () => false,
}: {
  endsAfter?: number;
  /** The next poll after a time, both in seconds. */
  pollsAt?: (seconds: number) => number | undefined;
  remainingSeconds?: (seconds: number) => number;
  take?: () => Promise<FreeSlot | undefined>;
  failsAt?: (seconds: number) => boolean;
} = {}) {
  let now = START;
  let free = 1;
  const reads: number[] = [];
  const leases: number[] = [];
  const seconds = () => (now - START) / 1000;
  function state(): FakeState {
    if (seconds() >= endsAfter) return { name: 'ended' };
    const next = pollsAt(seconds());
    return { name: 'open', ...(next !== undefined && { nextChangeAt: instantAfter(next) }) };
  }
  const wait = (waitSeconds: number) =>
    waitForEnd<FakeState>(
      {
        first: state(),
        async read() {
          reads.push(seconds());
          if (failsAt(seconds())) throw Object.assign(new Error('no'), { name: 'InternalServerError' });
          return state();
        },
        isEnded: ({ name }) => name === 'ended',
        nextChangeAt: ({ nextChangeAt }) => nextChangeAt,
      },
      waitSeconds,
      {
        slots: {
          take:
            take ??
            (async (leaseSeconds) => {
              leases.push(leaseSeconds);
              free -= 1;
              return async () => {
                free += 1;
              };
            }),
        },
        now: () => now,
        sleep: async (delaySeconds) => {
          now += delaySeconds * 1000;
        },
        remainingSeconds: () => remainingSeconds(seconds()),
      },
    );
  return { wait, reads, leases, seconds, free: () => free };
}

const open = { name: 'open' };
const ended = { name: 'ended' };

describe('waiting for an end', () => {
  it('ends at the first read that shows the end, and frees its slot', async () => {
    const { wait, seconds, reads, leases, free } = setUp({ endsAfter: 3 });

    const waited = await wait(25);

    expect(waited).toEqual({ state: ended, appliedSeconds: 25, waitedSeconds: seconds() });
    expect(seconds()).toBeGreaterThanOrEqual(3);
    expect(seconds()).toBeLessThan(5);
    expect(reads.at(-1)).toBe(seconds());
    expect(leases).toEqual([29]);
    expect(free()).toBe(1);
  });

  it.each([1, 2, 20, 25])('ends after %i seconds without an end, with a last read then', async (limit) => {
    const { wait, seconds, reads, free } = setUp();

    expect(await wait(limit)).toEqual({ state: open, appliedSeconds: limit, waitedSeconds: limit });
    expect(seconds()).toBe(limit);
    expect(reads.at(-1)).toBe(limit);
    expect(free()).toBe(1);
  });

  it.each([
    ['the state has ended already', { endsAfter: 0 }, 25, ended],
    ['the wait is of 0 seconds', {}, 0, open],
  ])('takes no slot when %s', async (_, given, limit, state) => {
    const { wait, reads, leases } = setUp(given);

    expect(await wait(limit)).toEqual({ state, appliedSeconds: limit });
    expect(reads).toEqual([]);
    expect(leases).toEqual([]);
  });

  it('does not happen when no slot is free', async () => {
    const { wait, seconds, reads } = setUp({ take: async () => undefined });

    expect(await wait(25)).toEqual({ state: open });
    expect(seconds()).toBe(0);
    expect(reads).toEqual([]);
  });

  it('O19: does not happen when AWS fails to give a slot', async () => {
    const { wait, seconds } = setUp({ take: () => Promise.reject(new TypeError('no')) });

    expect(await wait(25)).toEqual({ state: open, fault: 'TypeError' });
    expect(seconds()).toBe(0);
  });

  it('O19: goes on after a read that fails, and reports the fault', async () => {
    const { wait, reads } = setUp({ endsAfter: 3, failsAt: (seconds) => seconds < 5 });

    const waited = await wait(25);

    expect(waited).toMatchObject({ state: ended, appliedSeconds: 25, fault: 'InternalServerError' });
    expect(reads.length).toBeGreaterThan(3);
  });

  it('O19: ends with the last state when every read fails', async () => {
    const { wait, seconds } = setUp({ failsAt: () => true });

    expect(await wait(10)).toMatchObject({ state: open, appliedSeconds: 10, fault: 'InternalServerError' });
    expect(seconds()).toBe(10);
  });

  it('O19: succeeds when its slot cannot be freed', async () => {
    const { wait } = setUp({ endsAfter: 1, take: async () => () => Promise.reject(new Error('no')) });

    expect(await wait(25)).toMatchObject({ state: ended, appliedSeconds: 25 });
  });

  it('is shorter when the first read took long, so that the response is in time', async () => {
    const { wait, seconds } = setUp({ remainingSeconds: (elapsed) => 20.9 - elapsed });

    expect(await wait(25)).toMatchObject({ state: open, appliedSeconds: 17 });
    expect(seconds()).toBe(17);
  });

  it('does not happen when there is no time left', async () => {
    const { wait, seconds, free } = setUp({ remainingSeconds: () => 3 });

    expect(await wait(25)).toEqual({ state: open });
    expect(seconds()).toBe(0);
    expect(free()).toBe(1);
  });
});

describe('reads while waiting', () => {
  it('become rarer, from half a second to two', async () => {
    const { wait, reads } = setUp();

    await wait(25);

    const gaps = reads.map((at, index) => at - (reads[index - 1] ?? 0));
    expect(gaps.slice(0, 5)).toEqual([0.5, 0.5, 0.5, 0.75, 1.125]);
    expect(Math.max(...gaps.slice(0, -1))).toBe(2);
    expect(reads.length).toBeLessThan(20);
  });

  it('come half a second after the next poll', async () => {
    const { wait, reads } = setUp({
      pollsAt: (seconds) => (seconds < 1.2 ? 1.2 : undefined),
      endsAfter: 1.6,
    });

    await wait(25);

    expect(reads).toEqual([1.7]);
  });

  it('notice within two seconds that a task is cancelled long before its next poll', async () => {
    const { wait, seconds } = setUp({ pollsAt: () => 3600, endsAfter: 4.5 });

    expect(await wait(25)).toMatchObject({ state: ended });
    expect(seconds()).toBe(6);
  });

  it('have a gap of at least half a second, and at most two, at any time', () => {
    for (let since = -10; since < 100; since += 0.1) {
      expect(nextReadSeconds(since)).toBeGreaterThanOrEqual(0.5);
      expect(nextReadSeconds(since)).toBeLessThanOrEqual(2);
    }
  });
});

import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../../local/clock.ts';

/** The timers that are called in each jump, while the work of earlier ones continues. */
async function calledTogether(clock: VirtualClock, seconds: readonly number[]): Promise<number[][]> {
  const jumps: number[][] = [];
  let { promise: work, resolve: endWork } = Promise.withResolvers<void>();
  let called: number[] = [];
  for (const second of seconds) {
    clock.after(second * 1000, () => {
      called.push(second);
      void clock.during(work);
    });
  }
  while (jumps.flat().length < seconds.length) {
    while (called.length === 0) await new Promise((resolve) => setImmediate(resolve));
    jumps.push(called);
    called = [];
    endWork();
    ({ promise: work, resolve: endWork } = Promise.withResolvers<void>());
  }
  return jumps;
}

describe('a virtual clock', () => {
  it('calls timers in sequence, each after the work of earlier ones has settled', async () => {
    expect(await calledTogether(new VirtualClock(0), [3, 1, 1])).toEqual([[1], [1], [3]]);
  });

  it('calls timers together that are within togetherMilliseconds', async () => {
    expect(await calledTogether(new VirtualClock(0, 1000), [3.5, 2.5, 1, 2, 6])).toEqual([
      [1, 2],
      [2.5, 3.5],
      [6],
    ]);
  });

  it('shows each timer its own time, and calls none that another has cancelled', async () => {
    const clock = new VirtualClock(0, 1000);
    const called: number[] = [];
    clock.after(1000, () => {
      called.push(clock.now());
      cancel();
    });
    const cancel = clock.after(1500, () => called.push(clock.now()));
    await clock.sleep(1800);
    expect([called, clock.now()]).toEqual([[1000], 1800]);
  });

  it('calls thousands of timers in the order of their times, then of their creation, without cancelled ones', async () => {
    const clock = new VirtualClock(0);
    const called: number[] = [];
    const times = Array.from({ length: 10_000 }, (_, index) => (index * 7919) % 100);
    const cancels = times.map((time, index) => clock.after(time, () => called.push(index)));
    for (const [index, cancel] of cancels.entries()) if (index % 3 === 0) cancel();

    await clock.sleep(100);

    const expected = times
      .map((time, index) => ({ time, index }))
      .filter(({ index }) => index % 3 !== 0)
      .toSorted((a, b) => a.time - b.time);
    expect(called).toEqual(expected.map(({ index }) => index));
  });
});

import { describe, expect, it } from 'vitest';
import { CASES, type Durations } from '../../../bench/polling/durations.ts';
import { bestInspection, logarithmicGrid, optimalDelay } from '../../../bench/polling/optimum.ts';

/** Memoryless, so that the best gaps are all alike. */
function exponential(meanSeconds: number): Durations {
  const alive = (seconds: number) => Math.exp(-seconds / meanSeconds);
  return {
    draw: (random) => -meanSeconds * Math.log(1 - random()),
    ended: (seconds) => 1 - alive(seconds),
    alive,
    endedMean: (seconds) => meanSeconds - (meanSeconds + seconds) * alive(seconds),
  };
}

/** A task ends at each of these moments with the probability beside it. */
function discrete(ends: readonly (readonly [seconds: number, share: number])[]): Durations {
  const sum = (seconds: number, of: (at: number, share: number) => number) =>
    ends.reduce((total, [at, share]) => total + (at <= seconds ? of(at, share) : 0), 0);
  return {
    draw: () => Number.NaN,
    ended: (seconds) => sum(seconds, (_, share) => share),
    alive: (seconds) => 1 - sum(seconds, (_, share) => share),
    endedMean: (seconds) => sum(seconds, (at, share) => at * share),
  };
}

describe('the best inspection', () => {
  const ends = [
    [0.7, 0.05],
    [1.2, 0.3],
    [2.9, 0.2],
    [3.1, 0.1],
    [7.5, 0.25],
    [8, 0.1],
  ] as const;
  const grid = Float64Array.of(0, 1, 1.5, 2, 3, 3.5, 5, 7.6, 8);

  /** Mean delay and polls of a schedule, task by task. */
  function outcome(polls: readonly number[]) {
    return ends.reduce(
      (sum, [at, share]) => {
        const found = polls.findIndex((poll) => poll >= at);
        return {
          delay: sum.delay + share * ((polls[found] ?? Number.NaN) - at),
          polls: sum.polls + share * (found + 1),
        };
      },
      { delay: 0, polls: 0 },
    );
  }

  it.each([0.01, 0.2, 1, 3, 20])('at a price of %d s a poll is the cheapest of all schedules', (price) => {
    const moments = [...grid].slice(1, -1);
    const all = Array.from({ length: 2 ** moments.length }, (_, bits) => [
      ...moments.filter((_moment, index) => (bits >> index) % 2 === 1),
      8,
    ]);
    const least = Math.min(...all.map(outcome).map(({ delay, polls }) => delay + price * polls));

    const best = bestInspection(discrete(ends), grid, price);

    expect(best.meanDelaySeconds + price * best.pollsPerTask).toBeCloseTo(least, 9);
    const { delay, polls } = outcome(best.polls);
    expect(best.meanDelaySeconds).toBeCloseTo(delay, 9);
    expect(best.pollsPerTask).toBeCloseTo(polls, 9);
  });
});

describe('the least delay', () => {
  it.each([1.5, 3, 8])('of exponential durations with %d polls is that of equal gaps', (polls) => {
    // With a gap g: 1 / (1 - exp(-g / mean)) polls, and as many gaps less the mean duration.
    const gap = -3 * Math.log(1 - 1 / polls);

    expect(optimalDelay(exponential(3), 1.02)(polls) / (polls * gap - 3)).toBeCloseTo(1, 2);
  });

  it.each([
    ['median1', 1],
    ['median3', 0.5],
    ['median30', 0.1],
    ['bimodal', 0.2],
  ] as const)('of the case %s does not depend on the grid', (name, price) => {
    const [coarse = 0, fine = 0] = [1.004, 1.002].map((ratio) => {
      const best = bestInspection(CASES[name], logarithmicGrid(ratio), price);
      return best.meanDelaySeconds + price * best.pollsPerTask;
    });

    expect(Math.abs(coarse / fine - 1)).toBeLessThan(0.002);
  });

  it('falls with each further poll, by less and less', () => {
    const optimum = optimalDelay(CASES.median3, 1.02);

    const delays = [2, 3, 4, 5, 6].map(optimum);

    const gains = delays.slice(1).map((delay, index) => (delays[index] ?? 0) - delay);
    expect(gains.toSorted((a, b) => b - a)).toEqual(gains);
    expect(Math.min(...gains)).toBeGreaterThan(0);
  });
});

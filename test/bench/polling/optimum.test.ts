import { describe, expect, it } from 'vitest';
import { CASES, type Durations } from '../../../bench/polling/durations.ts';
import { bestInspection, logarithmicGrid, optimalDelay } from '../../../bench/polling/optimum.ts';

/** Durations without memory, for which equal gaps are optimal. */
function exponential(meanSeconds: number): Durations {
  const alive = (seconds: number) => Math.exp(-seconds / meanSeconds);
  return {
    draw: (random) => -meanSeconds * Math.log(1 - random()),
    ended: (seconds) => 1 - alive(seconds),
    alive,
    endedMean: (seconds) => meanSeconds - (meanSeconds + seconds) * alive(seconds),
  };
}

/** Durations with the given probabilities. */
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

  /** Computes mean delay and polls of a schedule directly. */
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

  it.each([0.01, 0.2, 1, 3, 20])('is the cheapest of all schedules at a price of %d s per poll', (price) => {
    const moments = [...grid].slice(1, -1);
    const all = Array.from({ length: 2 ** moments.length }, (_, bits) => [
      ...moments.filter((_moment, index) => (bits >> index) % 2 === 1),
      8,
    ]);
    const minimum = Math.min(...all.map(outcome).map(({ delay, polls }) => delay + price * polls));

    const best = bestInspection(discrete(ends), grid, price);

    expect(best.meanDelaySeconds + price * best.pollsPerTask).toBeCloseTo(minimum, 9);
    const { delay, polls } = outcome(best.polls);
    expect(best.meanDelaySeconds).toBeCloseTo(delay, 9);
    expect(best.pollsPerTask).toBeCloseTo(polls, 9);
  });
});

describe('the minimum delay', () => {
  it.each([1.5, 3, 8])('is that of equal gaps for exponential durations with %d polls', (polls) => {
    // A gap g needs 1 / (1 - exp(-g / mean)) polls. The delay is these gaps minus the mean.
    const gap = -3 * Math.log(1 - 1 / polls);

    expect(optimalDelay(exponential(3), 1.02)(polls) / (polls * gap - 3)).toBeCloseTo(1, 2);
  });

  it.each([
    ['median1', 1],
    ['median3', 0.5],
    ['median30', 0.1],
    ['bimodal', 0.2],
  ] as const)('does not depend on the grid in the case %s', (name, price) => {
    const [coarse = 0, fine = 0] = [1.004, 1.002].map((ratio) => {
      const best = bestInspection(CASES[name], logarithmicGrid(ratio), price);
      return best.meanDelaySeconds + price * best.pollsPerTask;
    });

    expect(Math.abs(coarse / fine - 1)).toBeLessThan(0.002);
  });

  it('falls with each further poll, by a decreasing amount', () => {
    const optimum = optimalDelay(CASES.median3, 1.02);

    const delays = [2, 3, 4, 5, 6].map(optimum);

    const gains = delays.slice(1).map((delay, index) => (delays[index] ?? 0) - delay);
    expect(gains.toSorted((a, b) => b - a)).toEqual(gains);
    expect(Math.min(...gains)).toBeGreaterThan(0);
  });
});

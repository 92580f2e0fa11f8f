import { expect, it } from 'vitest';
import { CASES, type CaseName, logNormal } from '../../../bench/polling/durations.ts';
import { drawDurations } from '../../../bench/polling/figures.ts';

const names: readonly CaseName[] = ['median1', 'median3', 'median30', 'bimodal'];

it('log-normal durations have the requested median and 99th percentile', () => {
  const { ended, alive } = logNormal(3, 20);

  expect(ended(3)).toBeCloseTo(0.5, 9);
  expect(ended(60)).toBeCloseTo(0.99, 6);
  expect(alive(60)).toBeCloseTo(0.01, 6);
});

it.each([
  [1, 0.158_655_253_931_457],
  [2.999, 0.001_354_336_533_7],
  [3.001, 0.001_345_472_825_1],
  [6, 9.865_876_45e-10],
])('the share of tasks alive %d deviations above the median is exact to seven digits', (z, share) => {
  const sigma = Math.log(20) / 2.326_347_874;

  expect(logNormal(1, 20).alive(Math.exp(z * sigma)) / share).toBeCloseTo(1, 6);
});

it.each(names)('draws tasks of the case %s from its distribution, the same each time', (name) => {
  const tasks = 20_000;
  const drawn = drawDurations(CASES[name], tasks);

  for (const seconds of [0.5, 1, 3, 10, 30, 100]) {
    const share = drawn.filter((duration) => duration <= seconds).length / tasks;
    expect(Math.abs(share - CASES[name].ended(seconds))).toBeLessThan(0.011);
  }
  // The tail of the mean is too long for a sample.
  const endedMean = drawn.reduce((sum, duration) => sum + (duration <= 60 ? duration : 0), 0) / tasks;
  expect(endedMean / CASES[name].endedMean(60)).toBeCloseTo(1, 1);
  expect(drawDurations(CASES[name], tasks).join()).toBe(drawn.join());
});

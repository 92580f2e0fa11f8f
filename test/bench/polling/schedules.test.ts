import { describe, expect, it } from 'vitest';
import { CASES } from '../../../bench/polling/durations.ts';
import { drawDurations, measureSchedule } from '../../../bench/polling/figures.ts';
import { maxCountInWindow } from '../../../bench/polling/herd.ts';
import { optimalDelay } from '../../../bench/polling/optimum.ts';
import { courierSchedule, RIVALS, type Schedule } from '../../../bench/polling/schedules.ts';

const TASKS = 4000;
const preset = (name: 'frugal' | 'balanced' | 'eager') => courierSchedule(name, { preset: name });

// The goals of docs/design/performance.md on a smaller sample.
describe('the presets', () => {
  const optimumAt3 = optimalDelay(CASES.median3, 1.02);
  const durationsAt3 = drawDurations(CASES.median3, TASKS);

  it('balanced loses no task and has a short delay with few polls at a median of 3 s', async () => {
    const figures = await measureSchedule(preset('balanced'), durationsAt3, optimumAt3);

    expect(figures.lostShare).toBe(0);
    expect(figures.meanDelaySeconds).toBeLessThan(1.15);
    expect(figures.pollsPerTask).toBeLessThan(5);
    expect(figures.ratioToOptimum).toBeLessThan(1.15);
    // Each further loop costs as much as the three states of a held task.
    expect(figures.transitionsPerTask).toBeLessThan(3.05);
  });

  it.each(['median1', 'median30'] as const)(
    'balanced is close to the optimum in the case %s',
    async (name) => {
      const durations = drawDurations(CASES[name], TASKS);

      const figures = await measureSchedule(preset('balanced'), durations, optimalDelay(CASES[name], 1.02));

      expect(figures.lostShare).toBe(0);
      expect(figures.ratioToOptimum).toBeLessThan(1.15);
    },
  );

  it('frugal needs at most three polls and is close to the optimum', async () => {
    const figures = await measureSchedule(preset('frugal'), durationsAt3, optimumAt3);

    expect(figures.pollsPerTask).toBeLessThan(3);
    expect(figures.ratioToOptimum).toBeLessThan(1.15);
  });

  it('eager has a mean delay of at most three quarters of a second', async () => {
    expect((await measureSchedule(preset('eager'), durationsAt3, optimumAt3)).meanDelaySeconds).toBeLessThan(
      0.75,
    );
  });
});

describe('a measurement', () => {
  it('is the same each time', async () => {
    const durations = drawDurations(CASES.bimodal, 200);
    const optimum = () => 1;

    const [first, second] = [
      await measureSchedule(preset('balanced'), durations, optimum),
      await measureSchedule(preset('balanced'), durations, optimum),
    ];

    expect(second).toEqual(first);
  });

  it('averages over the tasks, and delays over those that were found', async () => {
    // Polls at 1, 2 and 3 s, and finds the tasks at 1 s, at 3 s and never.
    const schedule: Schedule = {
      name: 'three-polls',
      collect({ isFinished }) {
        return {
          stateTransitions: 10,
          invocations: 1,
          lambdaSeconds: 4,
          recordReads: 0,
          recordWrites: 0,
          objectsPut: 0,
          polls: [1, 2, 3].find(isFinished) ?? 3,
        };
      },
    };

    const figures = await measureSchedule(schedule, Float64Array.of(0.5, 2.75, 9), () => 1);

    expect(figures).toMatchObject({
      lostShare: 1 / 3,
      meanDelaySeconds: 0.375,
      p50DelaySeconds: 0.25,
      p99DelaySeconds: 0.5,
      pollsPerTask: 7 / 3,
      transitionsPerTask: 10,
      lambdaSecondsPerTask: 4,
      ratioToOptimum: null,
    });
  });
});

describe('the rivals', () => {
  /** Collects a task of this duration. */
  async function collect(name: string, durationSeconds: number) {
    const schedule = RIVALS.find((rival) => rival.name === name);
    const polls: number[] = [];
    const isFinished = (atSeconds: number) => {
      polls.push(Math.round(atSeconds * 100) / 100);
      return atSeconds >= durationSeconds;
    };
    const usage = await schedule?.collect({ isFinished, random: () => 0.5 });
    return { polls, usage };
  }

  // A poll takes 0.15 s and entering the function 0.05 s.
  it.each([
    ['tutorial-ten-polls', 100, [2.05, 4.25, 6.45, 8.65, 10.85, 13.05, 15.25, 17.45, 19.65, 21.85], 31],
    ['tutorial-doubling', 10, [1.05, 3.25, 7.45, 15.65], 13],
    ['fixed-2s', 4, [2.05, 4.25], 7],
    ['doubling-capped-60s', 130, [1.05, 3.25, 7.45, 15.65, 31.85, 64.05, 124.25, 184.45], 25],
    ['asl-retry', 5, [0.05, 1.25, 3.45, 7.65], 5],
    ['growing-1.5x-capped-30s', 3, [1.05, 2.75, 5.2], 10],
  ])('%s polls a task of %d s at its own times', async (name, durationSeconds, polls, stateTransitions) => {
    expect(await collect(name, durationSeconds)).toMatchObject({
      polls,
      usage: { polls: polls.length, invocations: polls.length, stateTransitions },
    });
  });

  it('lose a task that takes longer than their polls', async () => {
    expect(await collect('tutorial-ten-polls', 21.9)).toMatchObject({ usage: { objectsPut: 0 } });
    expect(await collect('tutorial-doubling', 1100)).toMatchObject({ usage: { objectsPut: 0 } });
    expect(await collect('fixed-2s', 1100)).toMatchObject({ usage: { objectsPut: 1 } });
  });
});

describe('the maximum number of moments in a window', () => {
  it.each([
    ['0 without moments', [], 0],
    ['all if they coincide', [3, 3, 3], 3],
    ['3 as the window is half open', [0, 0.25, 0.5, 0.75, 2, 2.125, 2.25], 3],
  ])('is %s', (_, moments, max) => {
    expect(maxCountInWindow(Float64Array.from(moments), 0.5)).toBe(max);
  });
});

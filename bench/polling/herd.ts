import type { PollingPreset } from '../../functions/contracts/polling-presets.ts';
import { seededRandom } from '../seeded-random.ts';
import { CASES } from './durations.ts';
import { drawDurations } from './figures.ts';
import { courierSchedule } from './schedules.ts';

const TASKS = 1000;
const WINDOW_SECONDS = 0.1;
const JITTER_SEED = 2;

/** Peak polls of 1,000 tasks in any 100 ms window, by start pattern and task durations. */
export async function herdPeaks(preset: PollingPreset) {
  const median3 = drawDurations(CASES.median3, TASKS);
  const never = new Float64Array(TASKS).fill(Number.POSITIVE_INFINITY);
  const peaks = {
    atOnceMedian3: await measurePeak(preset, median3, 0),
    atOnceNeverFinished: await measurePeak(preset, never, 0),
    overASecondMedian3: await measurePeak(preset, median3, 1),
    overASecondNeverFinished: await measurePeak(preset, never, 1),
  };
  return { peakPollsPer100ms: Math.max(...Object.values(peaks)), ...peaks };
}

async function measurePeak(
  preset: PollingPreset,
  durationsSeconds: Float64Array,
  startsOverSeconds: number,
): Promise<number> {
  const { collect } = courierSchedule(preset, { preset });
  const random = seededRandom(JITTER_SEED);
  const polls: number[] = [];
  for (const durationSeconds of durationsSeconds) {
    const startedAtSeconds = startsOverSeconds * random();
    const isFinished = (atSeconds: number) => {
      polls.push(startedAtSeconds + atSeconds);
      return atSeconds >= durationSeconds;
    };
    await collect({ isFinished, random });
  }
  return maxCountInWindow(Float64Array.from(polls).sort(), WINDOW_SECONDS);
}

/** Returns the largest number of timestamps in any half-open window of `windowSeconds`. */
export function maxCountInWindow(sortedSeconds: Float64Array, windowSeconds: number): number {
  let max = 0;
  let first = 0;
  sortedSeconds.forEach((timestamp, index) => {
    while (timestamp - (sortedSeconds[first] ?? timestamp) >= windowSeconds) first += 1;
    max = Math.max(max, index - first + 1);
  });
  return max;
}

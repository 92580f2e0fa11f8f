import type { PollingPreset } from '../../functions/contracts/polling-presets.ts';
import { seededRandom } from '../seeded-random.ts';
import { CASES } from './durations.ts';
import { drawDurations } from './figures.ts';
import { courierSchedule } from './schedules.ts';

const TASKS = 1000;
const WINDOW_SECONDS = 0.1;

/** Returns the maximum polls in any 100 ms of 1,000 tasks, by their starts and durations. */
export async function herdPeaks(preset: PollingPreset) {
  const median3 = drawDurations(CASES.median3, TASKS);
  const never = new Float64Array(TASKS).fill(Number.POSITIVE_INFINITY);
  const peaks = {
    atOnceMedian3: await peak(preset, median3, 0),
    atOnceNeverFinished: await peak(preset, never, 0),
    overASecondMedian3: await peak(preset, median3, 1),
    overASecondNeverFinished: await peak(preset, never, 1),
  };
  return { peakPollsPer100ms: Math.max(...Object.values(peaks)), ...peaks };
}

async function peak(
  preset: PollingPreset,
  durationsSeconds: Float64Array,
  startsOverSeconds: number,
): Promise<number> {
  const { collect } = courierSchedule(preset, { preset });
  const random = seededRandom(2);
  const polls: number[] = [];
  for (const durationSeconds of durationsSeconds) {
    const startedAtSeconds = startsOverSeconds * random();
    const isFinished = (atSeconds: number) => {
      polls.push(startedAtSeconds + atSeconds);
      return atSeconds >= durationSeconds;
    };
    await collect({ isFinished, random });
  }
  return maxWithin(Float64Array.from(polls).sort(), WINDOW_SECONDS);
}

/** Returns the maximum number of moments in any half-open window of this length. */
export function maxWithin(sortedSeconds: Float64Array, windowSeconds: number): number {
  let max = 0;
  let first = 0;
  sortedSeconds.forEach((moment, index) => {
    while (moment - (sortedSeconds[first] ?? moment) >= windowSeconds) first += 1;
    max = Math.max(max, index - first + 1);
  });
  return max;
}

import { meanUsage, type TaskUsage, usdOf } from '../costs/task-cost.ts';
import { seededRandom } from '../seeded-random.ts';
import { mean, percentile } from '../statistics.ts';
import type { Durations } from './durations.ts';
import type { OptimalDelay } from './optimum.ts';
import type { Schedule } from './schedules.ts';

const DURATIONS_SEED = 20_261_122;
export const JITTER_SEED = 1;

/** Draws task durations in seconds, the same for every schedule. */
export function drawDurations(durations: Durations, tasks: number): Float64Array {
  const random = seededRandom(DURATIONS_SEED);
  return Float64Array.from({ length: tasks }, () => durations.draw(random));
}

/**
 * Figures of one schedule in one case. Delays cover only tasks whose result was found. All other
 * figures cover every task.
 */
export type Figures = Awaited<ReturnType<typeof measureSchedule>>;

/** Simulates every task under the schedule and returns its figures. */
export async function measureSchedule(
  { collect }: Schedule,
  durationsSeconds: Float64Array,
  optimum: OptimalDelay,
) {
  const random = seededRandom(JITTER_SEED);
  const delays: number[] = [];
  const usages: TaskUsage[] = [];
  for (const durationSeconds of durationsSeconds) {
    const isFinished = (atSeconds: number) => {
      if (atSeconds < durationSeconds) return false;
      delays.push(atSeconds - durationSeconds);
      return true;
    };
    usages.push(await collect({ isFinished, random }));
  }
  const usage = meanUsage(usages);
  const lost = usages.length - delays.length;
  const meanDelaySeconds = mean(delays);
  return {
    /** Share of tasks that the schedule stopped polling before they finished. */
    lostShare: lost / usages.length,
    meanDelaySeconds,
    p50DelaySeconds: percentile(delays, 0.5),
    p99DelaySeconds: percentile(delays, 0.99),
    pollsPerTask: usage.polls,
    transitionsPerTask: usage.stateTransitions,
    lambdaSecondsPerTask: usage.lambdaSeconds,
    usdPer1000: 1000 * usdOf(usage),
    /**
     * Mean delay divided by the minimum that is possible with the same mean number of polls. Null
     * if the schedule loses tasks.
     */
    ratioToOptimum: lost > 0 ? null : meanDelaySeconds / optimum(usage.polls),
  };
}

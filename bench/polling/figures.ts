import * as z from 'zod';
import { usdOf } from '../costs/task-cost.ts';
import { seededRandom } from '../seeded-random.ts';
import type { Durations } from './durations.ts';
import type { OptimalDelay } from './optimum.ts';
import type { Schedule } from './schedule.ts';

/** Figures of one schedule in one case. Delays are of found tasks only, the others of all tasks. */
export const figuresSchema = z.strictObject({
  /** Share of the tasks that the schedule gave up. */
  lostShare: z.number(),
  meanDelaySeconds: z.number(),
  p50DelaySeconds: z.number(),
  p99DelaySeconds: z.number(),
  pollsPerTask: z.number(),
  transitionsPerTask: z.number(),
  lambdaSecondsPerTask: z.number(),
  usdPer1000: z.number(),
  /** Mean delay ÷ theoretical minimum for as many polls. Null if the schedule loses tasks. */
  ratioToOptimum: z.nullable(z.number()),
});
export type Figures = z.output<typeof figuresSchema>;

const DURATIONS_SEED = 20_261_122;
const CHANCE_SEED = 1;

/** Draws the same tasks for every schedule. */
export function drawDurations(durations: Durations, tasks: number): Float64Array {
  const random = seededRandom(DURATIONS_SEED);
  return Float64Array.from({ length: tasks }, () => durations.draw(random));
}

/** Collects every task with the schedule. */
export async function measureSchedule(
  { collect }: Schedule,
  durationsSeconds: Float64Array,
  optimum: OptimalDelay,
): Promise<Figures> {
  const random = seededRandom(CHANCE_SEED);
  const delays: number[] = [];
  const total = { polls: 0, transitions: 0, lambdaSeconds: 0, usd: 0 };
  for (const durationSeconds of durationsSeconds) {
    const { foundAtSeconds, usage } = await collect({
      isFinished: (atSeconds) => atSeconds >= durationSeconds,
      random,
    });
    if (foundAtSeconds !== undefined) delays.push(foundAtSeconds - durationSeconds);
    total.polls += usage.polls;
    total.transitions += usage.stateTransitions;
    total.lambdaSeconds += usage.lambdaSeconds;
    total.usd += usdOf(usage);
  }
  const tasks = durationsSeconds.length;
  const lost = tasks - delays.length;
  const sorted = Float64Array.from(delays).sort();
  const meanDelaySeconds = delays.reduce((sum, delay) => sum + delay, 0) / delays.length;
  const pollsPerTask = total.polls / tasks;
  return {
    lostShare: lost / tasks,
    meanDelaySeconds,
    p50DelaySeconds: percentile(sorted, 0.5),
    p99DelaySeconds: percentile(sorted, 0.99),
    pollsPerTask,
    transitionsPerTask: total.transitions / tasks,
    lambdaSecondsPerTask: total.lambdaSeconds / tasks,
    usdPer1000: (total.usd / tasks) * 1000,
    ratioToOptimum: lost > 0 ? null : meanDelaySeconds / optimum(pollsPerTask),
  };
}

/** Returns the percentile by nearest rank. */
function percentile(sorted: Float64Array, share: number): number {
  return sorted[Math.ceil(share * sorted.length) - 1] ?? Number.NaN;
}

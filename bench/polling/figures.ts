import * as z from 'zod';
import { type TaskUsage, usdOf } from '../../lib/task-cost.ts';
import { seededRandom } from '../seeded-random.ts';
import type { Durations } from './durations.ts';
import type { OptimalDelay } from './optimum.ts';
import type { Schedule } from './schedule.ts';

/** What a schedule makes of one case. Delays are those of the tasks that it finds. */
export const figuresSchema = z.strictObject({
  /** Of the tasks, those that were given up. */
  lostShare: z.number(),
  meanDelaySeconds: z.number(),
  p50DelaySeconds: z.number(),
  p99DelaySeconds: z.number(),
  pollsPerTask: z.number(),
  transitionsPerTask: z.number(),
  lambdaSecondsPerTask: z.number(),
  usdPer1000: z.number(),
  /** Mean delay by the least possible one with as many polls; null for a schedule that loses tasks: it stops polling for them. */
  ratioToOptimum: z.nullable(z.number()),
});
export type Figures = z.output<typeof figuresSchema>;

const DURATIONS_SEED = 20_261_122;
const CHANCE_SEED = 1;

/** The same tasks for every schedule. */
export function drawDurations(durations: Durations, tasks: number): Float64Array {
  const random = seededRandom(DURATIONS_SEED);
  return Float64Array.from({ length: tasks }, () => durations.draw(random));
}

/** Collects every task with the schedule. */
export async function measure(
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
    add(total, usage);
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

function add(
  total: { polls: number; transitions: number; lambdaSeconds: number; usd: number },
  usage: TaskUsage,
): void {
  total.polls += usage.polls;
  total.transitions += usage.stateTransitions;
  total.lambdaSeconds += usage.lambdaSeconds;
  total.usd += usdOf(usage);
}

/** The nearest rank. */
function percentile(sorted: Float64Array, share: number): number {
  return sorted[Math.ceil(share * sorted.length) - 1] ?? Number.NaN;
}

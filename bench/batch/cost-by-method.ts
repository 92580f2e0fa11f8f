import { meanUsage, type TaskUsage, usdOf } from '../costs/task-cost.ts';
import { CASES } from '../polling/durations.ts';
import { drawDurations, JITTER_SEED } from '../polling/figures.ts';
import { courierSchedule, RIVALS, type Schedule } from '../polling/schedules.ts';
import { usdOfImage } from '../recognize/image-usage.ts';
import { measureImages } from '../recognize/measure-images.ts';
import { seededRandom } from '../seeded-random.ts';

/** A way to collect tasks, or to recognize images, with its cost at a median of 3 s. */
export interface MethodCost {
  readonly method: string;
  readonly isOurs: boolean;
  readonly usdPer1000: number;
}

/** Costs of 1,000 items of the batches that the benchmark of batches has simulated. */
interface BatchCosts {
  readonly tasks: number;
  readonly images: number;
}

/** Simulates what a batch replaces, with the tasks and images of the benchmarks of each. */
export async function measureCostByMethod(batches: BatchCosts, tasks: number): Promise<MethodCost[]> {
  const durationsSeconds = drawDurations(CASES.median3, tasks);
  const rivals = await Promise.all(
    RIVALS.map(async (rival) => ({
      method: rival.name,
      isOurs: false,
      usdPer1000: await usdPer1000Of(rival, durationsSeconds),
    })),
  );
  return [
    { method: 'batch of tasks', isOurs: true, usdPer1000: batches.tasks },
    { method: 'batch of images', isOurs: true, usdPer1000: batches.images },
    {
      method: 'single tasks',
      isOurs: true,
      usdPer1000: await usdPer1000Of(courierSchedule('balanced', { preset: 'balanced' }), durationsSeconds),
    },
    {
      method: 'images of the inbox',
      isOurs: true,
      usdPer1000: 1000 * usdOfImage(await measureImages()),
    },
    ...rivals,
  ];
}

async function usdPer1000Of({ collect }: Schedule, durationsSeconds: Float64Array): Promise<number> {
  const random = seededRandom(JITTER_SEED);
  const usages: TaskUsage[] = [];
  for (const durationSeconds of durationsSeconds) {
    usages.push(await collect({ isFinished: (atSeconds) => atSeconds >= durationSeconds, random }));
  }
  return 1000 * usdOf(meanUsage(usages));
}

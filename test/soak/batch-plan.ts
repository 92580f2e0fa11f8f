import { drawFor } from './seeded-draw.ts';
import type { TaskPlan } from './task-plan.ts';

/** Everything about a batch that is decided before it runs. */
export interface BatchPlan {
  readonly batchId: string;
  readonly tasks: readonly TaskPlan[];
  /** The keys of its images. */
  readonly imageKeys: readonly string[];
  /** Ids of tasks that are too old, so that the batch has a second chunk. */
  readonly oldTaskIds: readonly string[];
  /** Counted from the start of its wave. */
  readonly startAfterSeconds: number;
  /** When `DELETE /batches/{batchId}` is sent, counted from its start. @default - never */
  readonly cancelledAfterSeconds?: number;
}

const MAX_IMAGES = 4;
const OLD_TASKS = 45;

/** Plans the batch of those tasks of a wave that start in one; undefined when there are none. */
export function planBatch(seed: number, plans: readonly TaskPlan[]): BatchPlan | undefined {
  const tasks = plans.filter(({ entryPoints }) => entryPoints.includes('POST /batches'));
  const [first] = tasks;
  if (first === undefined) return undefined;
  const batchId = `${first.taskId}-batch`;
  const draw = drawFor(seed, batchId);
  return {
    batchId,
    tasks,
    imageKeys: Array.from(
      { length: draw.whole(1, MAX_IMAGES) },
      (_, index) => `images/${batchId}/${index}.png`,
    ),
    oldTaskIds: Array.from({ length: OLD_TASKS }, (_, index) => `${batchId}-old-${index}`),
    startAfterSeconds: draw.number() * 30,
    ...(draw.chance(0.2) && { cancelledAfterSeconds: draw.number() * 30 }),
  };
}

/** The body of `POST /batches`. */
export function batchRequest({ batchId, tasks, imageKeys, oldTaskIds }: BatchPlan, bucket: string): object {
  return {
    batchId,
    tasks: [
      ...tasks.map(({ input }) => input),
      ...oldTaskIds.map((taskId) => ({ taskId, submittedAt: '2026-02-01T00:00:00Z' })),
      ...imageKeys.map((key) => ({ source: { bucket, key } })),
    ],
  };
}

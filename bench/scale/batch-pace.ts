import { measureBatch } from '../batch/simulated-batch.ts';
import { TYPICAL_CHUNK_TIMES } from '../batch/simulated-chunk.ts';
import type { Durations } from '../polling/durations.ts';
import { drawDurations } from '../polling/figures.ts';
import { seededRandom } from '../seeded-random.ts';
import { percentile } from '../statistics.ts';
import type { QuotaUse } from './quotas.ts';

const CONCURRENCIES = [10, 100, 500];
const JITTER_SEED = 1;

/** The very slowest tasks of a large batch may take longer than all others together. */
export const NEARLY_ALL = 0.99;

/** A task enters the index partitions of open tasks when it is claimed, and leaves at its end. */
const PARTITION_WRITES_PER_TASK = 2;

/** Simulates a batch without quotas: what its tasks use, and its time by concurrency. */
export async function simulatePaces(durations: Durations, tasks: number, progress: (line: string) => void) {
  progress(`scale: a batch of ${tasks} tasks`);
  const { usage, chunkSeconds } = await measureBatch(
    {
      polling: { preset: 'balanced' },
      times: TYPICAL_CHUNK_TIMES,
      kind: 'tasks',
      random: seededRandom(JITTER_SEED),
    },
    drawDurations(durations, tasks),
  );
  const perTask: QuotaUse = {
    executionStarts: usage.chunks / tasks,
    stateTransitions: usage.stateTransitions / tasks,
    lambdaSeconds: usage.lambdaSeconds / tasks,
    partitionWrites: PARTITION_WRITES_PER_TASK,
    writeUnits: usage.dynamodbWriteUnits / tasks,
    putEvents: 1,
    s3Puts: usage.s3Puts / tasks,
  };
  return {
    tasks,
    polls: usage.polls,
    perTask,
    /** Times since the start of the first chunk, in seconds. */
    paces: CONCURRENCIES.map((concurrency) => {
      const ends = chunkEnds(concurrency, chunkSeconds);
      return { concurrency, untilNearlyAll: percentile(ends, NEARLY_ALL), untilAll: percentile(ends, 1) };
    }),
  };
}

/** Returns when each chunk ends, if it starts as soon as one of those before has ended. */
export function chunkEnds(concurrency: number, chunkSeconds: readonly number[]): number[] {
  const freeAt = Array.from({ length: concurrency }, () => 0);
  return chunkSeconds.map((seconds) => {
    const startsAt = Math.min(...freeAt);
    freeAt[freeAt.indexOf(startsAt)] = startsAt + seconds;
    return startsAt + seconds;
  });
}

import { CHUNK_ITEMS } from '../../functions/contracts/batch-input.ts';
import { defineBenchmark } from '../benchmark.ts';
import { CASES, type CaseName } from '../polling/durations.ts';
import { drawDurations, JITTER_SEED } from '../polling/figures.ts';
import { uploadSeconds } from '../recognize/simulated-recognition.ts';
import { seededRandom } from '../seeded-random.ts';
import { historyEventsOf } from './batch-usage.ts';
import { measureCostByMethod } from './cost-by-method.ts';
import { costChart } from './cost-chart.ts';
import { measureLocalBatch } from './local-batch.ts';
import { type BatchFigures, measureBatch } from './simulated-batch.ts';
import { type AssumedChunkTimes, type SimulatedBatchProps, TYPICAL_CHUNK_TIMES } from './simulated-chunk.ts';
import { caseTable, goalTable } from './tables.ts';

const TASKS_PER_CASE = 100_000;
/** Enough for a stable third digit. */
const IMAGES = 20_000;
const LOCAL_TASKS = 5000;

/** The benchmarks of polling and of single images assume the same. */
const POLL_SECONDS = 0.15;
const TIMES: AssumedChunkTimes = {
  ...TYPICAL_CHUNK_TIMES,
  callSeconds: 0.01,
  putSeconds: 0.05,
  pollSeconds: POLL_SECONDS,
  uploadSeconds: uploadSeconds(POLL_SECONDS),
};

export type BatchResults = Awaited<ReturnType<typeof measureBatches>>;

export const batch = defineBenchmark({
  name: 'batch',
  run: measureBatches,
  tables: { 'batch-goals': goalTable, 'batch-cases': caseTable },
  charts: { 'cost-by-method': ({ byMethod }) => costChart(byMethod) },
  headlines: {
    'a batch of tasks of 3 s (median): mean delay, cost of 1,000 on AWS': ({ median3 }) =>
      `${median3.meanDelaySeconds.toFixed(2)} s, $${median3.usdPer1000.toFixed(3)}`,
  },
});

async function measureBatches(progress: (line: string) => void) {
  function measure(
    name: CaseName,
    items: number,
    kind: SimulatedBatchProps['kind'] = 'tasks',
    times = TIMES,
  ): Promise<BatchFigures> {
    progress(`batch: ${name}, ${items} ${kind}`);
    const props = {
      polling: { preset: 'balanced' },
      times,
      kind,
      random: seededRandom(JITTER_SEED),
    } as const;
    return measureBatch(props, drawDurations(CASES[name], items));
  }
  const simulated = {
    median3: await measure('median3', TASKS_PER_CASE),
    median30: await measure('median30', TASKS_PER_CASE),
    images: await measure('median3', IMAGES, 'images'),
    /** The first case with the longer times that the tables of costs assume. */
    slow: await measure('median3', IMAGES, 'tasks', TYPICAL_CHUNK_TIMES),
  };
  progress(`batch: a chunk that never ends`);
  const never = await measureBatch(
    { polling: { preset: 'balanced' }, times: TIMES, kind: 'tasks', random: seededRandom(JITTER_SEED) },
    new Float64Array(CHUNK_ITEMS).fill(Number.POSITIVE_INFINITY),
  );
  progress('batch: what batches replace');
  const costs = { tasks: simulated.median3.usdPer1000, images: simulated.images.usdPer1000 };
  const byMethod = await measureCostByMethod(costs, TASKS_PER_CASE);
  progress(`batch: ${LOCAL_TASKS} tasks with the local command`);
  return {
    median3: headFigures(simulated.median3),
    median30: headFigures(simulated.median30),
    images: { usdPer1000: simulated.images.usdPer1000 },
    byMethod,
    local5000: await measureLocalBatch(LOCAL_TASKS),
    details: {
      median3: withoutChunks(simulated.median3),
      median30: withoutChunks(simulated.median30),
      images: withoutChunks(simulated.images),
      slow: withoutChunks(simulated.slow),
      maxHistoryEvents: historyEventsOf(never.usage.invocations),
    },
  };
}

function headFigures(figures: BatchFigures) {
  const { usdPer1000, meanDelaySeconds, pollsPerTask, tasksPerSecondAt1000 } = figures;
  return { usdPer1000, meanDelaySeconds, pollsPerTask, tasksPerSecondAt1000 };
}

function withoutChunks({ chunkSeconds: _, ...figures }: BatchFigures) {
  return figures;
}

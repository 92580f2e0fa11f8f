import { FETCH_RESULT_MEMORY } from '../../lib/fetch-result-function.ts';
import { defineBenchmark } from '../benchmark.ts';
import { median } from '../median.ts';
import { type Arena, type Contestant, type Measured, openArena } from './contestants.ts';
import { limitMemory } from './memory-limit.ts';
import { type Series, taskIdOf } from './responses.ts';
import { type DecodeResults, decodeResultsSchema, type SeriesResults, type SizeResults } from './results.ts';
import { goalTable, limitTable, sizeTable } from './tables.ts';

type Size = keyof SeriesResults;

interface SizePlan {
  readonly bodyBytes: number;
  readonly runs: number;
  readonly warmUps: number;
  readonly collections: number;
  readonly contestants: readonly Contestant[];
}

const FRESH = {
  warmUps: 0,
  collections: 1,
  contestants: ['ours', 'naive', 'streamJson'],
} as const satisfies Partial<SizePlan>;

/** A fresh process for each collection, except at 2 kB, where a warm one collects many tasks. */
const PLANS: Readonly<Record<Size, SizePlan>> = {
  '2kB': {
    bodyBytes: 2000,
    runs: 5,
    warmUps: 50,
    collections: 300,
    contestants: ['ours', 'naive', 'streamJson', 'naiveWithManifest'],
  },
  '1MB': { ...FRESH, bodyBytes: 1_000_000, runs: 11 },
  '10MB': { ...FRESH, bodyBytes: 10_000_000, runs: 7 },
  '50MB': { ...FRESH, bodyBytes: 50_000_000, runs: 5 },
  '100MB': { ...FRESH, bodyBytes: 100_000_000, runs: 5 },
};

const DEPLOYED_MEBIBYTES = FETCH_RESULT_MEMORY.toMebibytes();
/** Lambda has limited V8's old generation to 90 % of a function's memory, a semi-space to 5 %. */
const HEAP_OPTIONS = [
  `--max-old-space-size=${Math.floor(DEPLOYED_MEBIBYTES * 0.9)}`,
  `--max-semi-space-size=${Math.floor(DEPLOYED_MEBIBYTES * 0.05)}`,
];

export const decode = defineBenchmark({
  name: 'decode',
  layout: decodeResultsSchema,
  async run(progress) {
    const arena = await openArena();
    try {
      return {
        ...(await runSeries(arena, 'plain', progress)),
        escaped: await runSeries(arena, 'escaped', progress),
        memoryLimit: await runLimited(arena, progress),
      };
    } finally {
      await arena.close();
    }
  },
  tables: { 'decode-goals': goalTable, 'decode-sizes': sizeTable, 'decode-memory-limit': limitTable },
  headlines: {
    'a response of 100 MB: time ÷ that of `response.json()`': (results) =>
      results['100MB'].timeRatioToNaive.toFixed(2),
    'its peak memory': ({ '100MB': { ours, naive } }) =>
      `${ours.peakRssMB.toFixed(0)} MB (\`response.json()\`: ${naive.peakRssMB.toFixed(0)} MB)`,
  },
});

async function runSeries(
  arena: Arena,
  series: Series,
  progress: (line: string) => void,
): Promise<SeriesResults> {
  const run = async (size: Size) => {
    progress(`decode: ${series}, ${size}`);
    return await runSize(arena, series, PLANS[size]);
  };
  return {
    '2kB': await run('2kB'),
    '1MB': await run('1MB'),
    '10MB': await run('10MB'),
    '50MB': await run('50MB'),
    '100MB': await run('100MB'),
  };
}

/** Runs the contestants in turns, so that other load on the machine affects all of them. */
async function runSize(arena: Arena, series: Series, plan: SizePlan): Promise<SizeResults> {
  const taskId = taskIdOf(series, plan.bodyBytes);
  await arena.prepare(taskId);
  const runs: Partial<Record<Contestant, Measured[]>> = {};
  for (let run = 0; run < plan.runs; run += 1) {
    for (const contestant of plan.contestants) {
      const measured = await arena.measure(contestant, { taskId, ...plan });
      if (measured === undefined) throw new Error(`${contestant} could not collect ${taskId}`);
      runs[contestant] = [...(runs[contestant] ?? []), measured];
    }
  }
  const ours = medians(runs.ours ?? []);
  const naive = medians(runs.naive ?? []);
  return {
    ours,
    naive,
    streamJson: medians(runs.streamJson ?? []),
    ...(runs.naiveWithManifest !== undefined && { naiveWithManifest: medians(runs.naiveWithManifest) }),
    timeRatioToNaive: ours.milliseconds / naive.milliseconds,
  };
}

function medians(runs: readonly Measured[]): Measured {
  return {
    milliseconds: median(runs.map(({ milliseconds }) => milliseconds)),
    peakRssMB: median(runs.map(({ peakRssMB }) => peakRssMB)),
    cpuMilliseconds: median(runs.map(({ cpuMilliseconds }) => cpuMilliseconds)),
  };
}

async function runLimited(
  arena: Arena,
  progress: (line: string) => void,
): Promise<DecodeResults['memoryLimit']> {
  progress(`decode: 100MB within ${DEPLOYED_MEBIBYTES} MiB`);
  const { bodyBytes, warmUps, collections } = PLANS['100MB'];
  const taskId = taskIdOf('plain', bodyBytes);
  await arena.prepare(taskId);
  const limit = await limitMemory(DEPLOYED_MEBIBYTES * 1024 * 1024);
  const runOne = async (contestant: Contestant) => {
    const measurement = { taskId, warmUps, collections };
    const measured = await arena.measure(contestant, measurement, { limit, options: HEAP_OPTIONS });
    const { peakRssMB = null, milliseconds = null } = measured ?? {};
    return { stored: measured !== undefined, peakRssMB, milliseconds };
  };
  try {
    return {
      limitMiB: DEPLOYED_MEBIBYTES,
      setBy: limit?.setBy ?? 'no limit set, as no control group could be created',
      ours: await runOne('ours'),
      naive: await runOne('naive'),
      streamJson: await runOne('streamJson'),
    };
  } finally {
    await limit?.remove();
  }
}

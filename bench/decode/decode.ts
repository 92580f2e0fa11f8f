import { defineBenchmark } from '../benchmark.ts';
import { median } from '../median.ts';
import { type Series, taskIdOf } from './answers.ts';
import { type Arena, type Contestant, type Measured, openArena } from './contestants.ts';
import { report } from './decode-report.ts';
import { type DecodeResults, resultsSchema, type SeriesResults, type SizeResults } from './decode-results.ts';
import { limitMemory } from './memory-limit.ts';

type Size = keyof SeriesResults;

interface SizePlan {
  readonly bodyBytes: number;
  readonly runs: number;
  readonly warmUps: number;
  readonly collections: number;
  readonly contestants: readonly Contestant[];
}

const ALL: readonly Contestant[] = ['ours', 'naive', 'streamJson'];
const FRESH = { warmUps: 0, collections: 1, contestants: ALL };

/** The larger ones have a fresh process for each collection; 2 kB are collected by one that has done so before. */
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

/** As `lib/ocr-courier.ts` deploys `fetch-result`. */
const DEPLOYED_MIB = 256;
/** The shares of a function's memory that Lambda has given V8's generations: 90 % and, for a semi-space, 5 %. */
const HEAP_OPTIONS = [
  `--max-old-space-size=${Math.floor(DEPLOYED_MIB * 0.9)}`,
  `--max-semi-space-size=${Math.floor(DEPLOYED_MIB * 0.05)}`,
];

export const decode = defineBenchmark({
  name: 'decode',
  results: resultsSchema,
  async run(progress) {
    const arena = await openArena();
    try {
      return {
        ...(await runSeries(arena, 'plain', progress)),
        escaped: await runSeries(arena, 'escaped', progress),
        memoryLimit: await runConfined(arena, progress),
      };
    } finally {
      await arena.close();
    }
  },
  report,
  headlines: (results) => [
    {
      measured: 'an answer of 100 MB decoded and stored, beside `res.json()`, `Buffer.from` and PutObject',
      result: `${results['100MB'].timeRatioToNaive.toFixed(2)} of its time`,
      goal: '0.65',
    },
    {
      measured: 'its peak memory, and that of the latter',
      result: `${results['100MB'].ours.peakRssMB.toFixed(0)} MB, ${results['100MB'].naive.peakRssMB.toFixed(0)} MB`,
      goal: '200 MB',
    },
  ],
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

/** In turns, so that whatever else the machine does hits all alike. */
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

async function runConfined(
  arena: Arena,
  progress: (line: string) => void,
): Promise<DecodeResults['memoryLimit']> {
  progress(`decode: 100 MB within ${DEPLOYED_MIB} MiB`);
  const { bodyBytes, warmUps, collections } = PLANS['100MB'];
  const taskId = taskIdOf('plain', bodyBytes);
  await arena.prepare(taskId);
  const limit = await limitMemory(DEPLOYED_MIB * 1024 * 1024);
  const confined = async (contestant: Contestant) => {
    const measurement = { taskId, warmUps, collections };
    const measured = await arena.measure(contestant, measurement, { limit, options: HEAP_OPTIONS });
    const { peakRssMB = null, milliseconds = null } = measured ?? {};
    return { stored: measured !== undefined, peakRssMB, milliseconds };
  };
  try {
    return {
      limitMiB: DEPLOYED_MIB,
      setBy: limit?.setBy ?? 'nothing: no control group could be made here, so that peaks alone tell',
      ours: await confined('ours'),
      naive: await confined('naive'),
      streamJson: await confined('streamJson'),
    };
  } finally {
    await limit?.remove();
  }
}

import { mkdtempDisposable } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FETCH_RESULT_MEMORY } from '../../lib/fetch-result-function.ts';
import { defineBenchmark } from '../benchmark.ts';
import { heapOptions } from '../heap-options.ts';
import { type Series, taskIdOf } from '../prepared-responses.ts';
import { startServices } from '../processes.ts';
import { median } from '../statistics.ts';
import {
  type Arena,
  bundleContestants,
  type Contestant,
  type Measured,
  measure,
  prepare,
  type Workload,
} from './contestants.ts';
import { memoryChart } from './memory-chart.ts';
import { limitMemory } from './memory-limit.ts';
import { goalTable, limitTable, sizeTable } from './tables.ts';

type Size = '2kB' | '1MB' | '10MB' | '50MB' | '100MB';
export type SizeResults = Awaited<ReturnType<typeof runSize>>;
export type SeriesResults = Readonly<Record<Size, SizeResults>>;

export interface DecodeResults extends SeriesResults {
  /** The same sizes, with each `+` and `/` of the base64 escaped. */
  readonly escaped: SeriesResults;
  /** 100 MB within the memory size of the deployed function. */
  readonly memoryLimit: Awaited<ReturnType<typeof runLimited>>;
}

interface SizePlan extends Workload {
  readonly bodyBytes: number;
  readonly runs: number;
  readonly contestants: readonly Contestant[];
}

const FRESH = {
  warmUps: 0,
  collections: 1,
  contestants: ['ours', 'naive', 'streamJson'],
} as const satisfies Partial<SizePlan>;

/** Each collection has a fresh process. Only at 2 kB, one warm process collects many tasks. */
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

export const decode = defineBenchmark({
  name: 'decode',
  async run(progress): Promise<DecodeResults> {
    await using directory = await mkdtempDisposable(join(tmpdir(), 'ocr-courier-bench-'));
    await using services = await startServices();
    await bundleContestants(directory.path);
    const arena: Arena = { url: services.url, bundles: directory.path };
    async function runSeries(series: Series): Promise<SeriesResults> {
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
    const plain = await runSeries('plain');
    const escaped = await runSeries('escaped');
    progress(`decode: 100MB within ${DEPLOYED_MEBIBYTES} MiB`);
    return { ...plain, escaped, memoryLimit: await runLimited(arena) };
  },
  tables: { 'decode-goals': goalTable, 'decode-sizes': sizeTable, 'decode-memory-limit': limitTable },
  charts: { 'memory-against-response-size': memoryChart },
  headlines: {
    'a response of 100 MB: time ÷ that of `response.json()`': (results) =>
      results['100MB'].timeRatioToNaive.toFixed(2),
    'its peak memory': ({ '100MB': { ours, naive } }) =>
      `${ours.peakRssMB.toFixed(0)} MB (\`response.json()\`: ${naive.peakRssMB.toFixed(0)} MB)`,
  },
});

/** Runs the contestants in turns, so that other load on the machine affects all of them. */
async function runSize(arena: Arena, series: Series, plan: SizePlan) {
  const taskId = taskIdOf(series, plan.bodyBytes);
  await prepare(arena, taskId);
  const runs: Record<Contestant, Measured[]> = { ours: [], naive: [], streamJson: [], naiveWithManifest: [] };
  for (let run = 0; run < plan.runs; run += 1) {
    for (const contestant of plan.contestants) {
      runs[contestant].push(await measure(arena, contestant, taskId, plan));
    }
  }
  const ours = medians(runs.ours);
  const naive = medians(runs.naive);
  const { naiveWithManifest } = runs;
  return {
    ours,
    naive,
    streamJson: medians(runs.streamJson),
    /** Measured only at 2 kB, where a manifest matters. */
    ...(naiveWithManifest.length > 0 && { naiveWithManifest: medians(naiveWithManifest) }),
    /** Our time ÷ that of the naive way. */
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

async function runLimited(arena: Arena) {
  const plan = PLANS['100MB'];
  const taskId = taskIdOf('plain', plan.bodyBytes);
  await prepare(arena, taskId);
  await using limit = await limitMemory(DEPLOYED_MEBIBYTES * 1024 * 1024);
  const runOne = async (contestant: Contestant) => {
    const limited = (args: readonly string[]) =>
      limit.command(process.execPath, ...heapOptions(DEPLOYED_MEBIBYTES), ...args);
    const measured = await measure(arena, contestant, taskId, plan, limited).catch(() => undefined);
    // A process that exceeds the limit reports nothing.
    const { peakRssMB = null, milliseconds = null } = measured ?? {};
    return { stored: measured !== undefined, peakRssMB, milliseconds };
  };
  return {
    limitMiB: DEPLOYED_MEBIBYTES,
    setBy: limit.setBy,
    ours: await runOne('ours'),
    naive: await runOne('naive'),
    streamJson: await runOne('streamJson'),
  };
}

import { DEFAULT_PRESET } from '../../functions/contracts/polling-presets.ts';
import { resolvePolicy } from '../../functions/core/polling-policy.ts';
import { defineBenchmark } from '../benchmark.ts';
import { logNormal } from '../polling/durations.ts';
import { seededRandom } from '../seeded-random.ts';
import { LARGE_REGION, NO_QUOTAS, OTHER_REGION, type Quotas } from './quotas.ts';
import { type Run, type ScaleResults, scaleResultsSchema } from './results.ts';
import { simulate } from './simulate.ts';
import { bindingRate, burstTable, holdTable, ratesTable, usageTable } from './tables.ts';

/** Tasks have a median of 3 s and a 99th percentile of 60 s. */
const DURATIONS = logNormal(3, 20);
const BURST_TASKS = 100_000;
const BURST_WITHIN_SECONDS = 60;
/** A million tasks a day, and four times the mean rate in the busiest hour. */
const BUSIEST_TASKS_PER_SECOND = (1_000_000 / 86_400) * 4;

const DEFAULT_HOLD_SECONDS = resolvePolicy({}).holdSeconds;
const HOLDS = [...new Set([0, 10, 20, 45, 60, DEFAULT_HOLD_SECONDS])].sort((a, b) => a - b);
const ALL_CONCURRENCY = LARGE_REGION.lambdaConcurrency;
const QUOTAS: Record<Run['region'], Quotas> = { large: LARGE_REGION, other: OTHER_REGION };

type Arrivals = (random: () => number) => readonly number[];

/** Makes arrivals that are independent of each other. */
export function poissonArrivals(count: number, perSecond: number): Arrivals {
  return (random) => {
    let at = 0;
    return Array.from({ length: count }, () => {
      at -= Math.log(1 - random()) / perSecond;
      return at;
    });
  };
}

/** Enough tasks for steady figures. */
const few = poissonArrivals(20_000, 10);
const busiestHour = poissonArrivals(Math.round(3600 * BUSIEST_TASKS_PER_SECOND), BUSIEST_TASKS_PER_SECOND);
const burst: Arrivals = () =>
  Array.from({ length: BURST_TASKS }, (_, n) => (n * BURST_WITHIN_SECONDS) / BURST_TASKS);

async function run(
  arrivals: Arrivals,
  options: Partial<Omit<Run, 'simulation'>> & { readonly quotas?: Quotas },
): Promise<Run> {
  const {
    region = 'large',
    holdSeconds = DEFAULT_HOLD_SECONDS,
    reservedConcurrency = ALL_CONCURRENCY,
    vendorPollsPerSecond = null,
    quotas = QUOTAS[region],
  } = options;
  // Each run has the same tasks.
  const random = seededRandom(1);
  const simulation = await simulate({
    arrivals: arrivals(random),
    durationSeconds: () => DURATIONS.draw(random),
    polling: { holdSeconds },
    quotas,
    ...(quotas !== NO_QUOTAS && { reservedConcurrency }),
    ...(vendorPollsPerSecond !== null && { vendorPollsPerSecond }),
    random: seededRandom(2),
  });
  return { region, holdSeconds, reservedConcurrency, vendorPollsPerSecond, simulation };
}

export const scale = defineBenchmark({
  name: 'scale',
  layout: scaleResultsSchema,

  async run(progress): Promise<ScaleResults> {
    async function runAll(name: string, arrivals: Arrivals, options: readonly Parameters<typeof run>[1][]) {
      const runs: Run[] = [];
      for (const option of options) {
        progress(`scale: ${name}, ${runs.length + 1} of ${options.length}`);
        runs.push(await run(arrivals, option));
      }
      return runs;
    }
    const byHold = HOLDS.map((holdSeconds) => ({ holdSeconds }));
    const shortAndDefault = [10, DEFAULT_HOLD_SECONDS];
    return {
      preset: DEFAULT_PRESET,
      defaultHoldSeconds: DEFAULT_HOLD_SECONDS,
      alone: await runAll(
        'alone',
        few,
        byHold.map((options) => ({ ...options, quotas: NO_QUOTAS })),
      ),
      busiestHour: await runAll('busiest hour', busiestHour, byHold),
      burst: await runAll('burst', burst, byHold),
      reserved: await runAll(
        'burst with reserved concurrency',
        burst,
        [500, 100].flatMap((reservedConcurrency) =>
          shortAndDefault.map((holdSeconds) => ({ reservedConcurrency, holdSeconds })),
        ),
      ),
      elsewhere: await runAll(
        'burst in another region',
        burst,
        [0, ...shortAndDefault].map((holdSeconds) => ({ region: 'other', holdSeconds })),
      ),
      vendor: await runAll(
        'burst with a slower Aspose',
        burst,
        [200, 50].map((vendorPollsPerSecond) => ({ vendorPollsPerSecond })),
      ),
    };
  },

  tables: {
    'scale-usage': usageTable,
    'scale-rates': ratesTable,
    'scale-burst': burstTable,
    'scale-holds': holdTable,
  },
  headlines: { "tasks per second within AWS's default quotas (simulated)": bindingRate },
});

import { DEFAULT_PRESET } from '../../functions/contracts/polling-presets.ts';
import { resolvePolicy } from '../../functions/core/polling-policy.ts';
import { defineBenchmark } from '../benchmark.ts';
import { logNormal } from '../polling/durations.ts';
import { seededRandom } from '../seeded-random.ts';
import { simulatePaces } from './batch-pace.ts';
import { LARGE_REGION, NO_QUOTAS, OTHER_REGION } from './quotas.ts';
import { type Simulation, simulate } from './simulate.ts';
import { bindingRate, burstTable, holdTable, paceTable, ratesTable, usageTable } from './tables.ts';

/** Tasks have a median of 3 s and a 99th percentile of 60 s. */
const DURATIONS = logNormal(3, 20);
const BURST_TASKS = 100_000;
const BURST_WITHIN_SECONDS = 60;
/** The busiest hour has four times the mean rate of a day with a million tasks. */
const BUSIEST_TASKS_PER_SECOND = (1_000_000 / 86_400) * 4;

const DEFAULT_HOLD_SECONDS = resolvePolicy({}).holdSeconds;
const BY_HOLD = [0, 10, 20, 45, 60, DEFAULT_HOLD_SECONDS].map((holdSeconds) => ({ holdSeconds }));
const SHORT_AND_DEFAULT = [10, DEFAULT_HOLD_SECONDS];
const QUOTAS = { large: LARGE_REGION, other: OTHER_REGION } as const;

/** What differs between the runs. */
interface Conditions {
  readonly region: keyof typeof QUOTAS;
  readonly holdSeconds: number;
  readonly reservedConcurrency: number;
  /** Null when Aspose accepts any number. */
  readonly vendorPollsPerSecond: number | null;
}

/** The whole concurrency of the account, and an Aspose without limits. */
const STANDARD: Conditions = {
  region: 'large',
  holdSeconds: DEFAULT_HOLD_SECONDS,
  reservedConcurrency: LARGE_REGION.lambdaConcurrency,
  vendorPollsPerSecond: null,
};

export interface Run extends Conditions {
  readonly simulation: Simulation;
}

export type ScaleResults = Awaited<ReturnType<typeof simulateLoads>>;

type Arrivals = (random: () => number) => readonly number[];

/** Makes independent arrivals with this mean rate. */
export function poissonArrivals(count: number, perSecond: number): Arrivals {
  return (random) => {
    let at = 0;
    return Array.from({ length: count }, () => {
      at -= Math.log(1 - random()) / perSecond;
      return at;
    });
  };
}

/** Few tasks per second, but enough in total for steady means. */
const few = poissonArrivals(20_000, 10);
const busiestHour = poissonArrivals(Math.round(3600 * BUSIEST_TASKS_PER_SECOND), BUSIEST_TASKS_PER_SECOND);
const burst: Arrivals = () =>
  Array.from({ length: BURST_TASKS }, (_, n) => (n * BURST_WITHIN_SECONDS) / BURST_TASKS);

async function runAll(
  name: string,
  arrivals: Arrivals,
  differences: readonly Partial<Conditions>[],
  progress: (line: string) => void,
): Promise<readonly Run[]> {
  const runs: Run[] = [];
  for (const difference of differences) {
    progress(`scale: ${name}, ${runs.length + 1} of ${differences.length}`);
    const conditions = { ...STANDARD, ...difference };
    const { region, holdSeconds, reservedConcurrency, vendorPollsPerSecond } = conditions;
    // The fixed seed gives each run the same tasks.
    const random = seededRandom(1);
    const simulation = await simulate({
      arrivals: arrivals(random),
      durationSeconds: () => DURATIONS.draw(random),
      polling: { holdSeconds },
      quotas: arrivals === few ? NO_QUOTAS : { ...QUOTAS[region], lambdaConcurrency: reservedConcurrency },
      vendorPollsPerSecond,
      random: seededRandom(2),
    });
    runs.push({ ...conditions, simulation });
  }
  return runs;
}

async function simulateLoads(progress: (line: string) => void) {
  const reserved = [500, 100].flatMap((reservedConcurrency) =>
    SHORT_AND_DEFAULT.map((holdSeconds) => ({ reservedConcurrency, holdSeconds })),
  );
  const elsewhere = [0, ...SHORT_AND_DEFAULT].map(
    (holdSeconds) => ({ region: 'other', holdSeconds }) as const,
  );
  const vendor = [200, 50].map((vendorPollsPerSecond) => ({ vendorPollsPerSecond }));
  return {
    preset: DEFAULT_PRESET,
    defaultHoldSeconds: DEFAULT_HOLD_SECONDS,
    /** What one task uses without quotas, by hold. */
    alone: await runAll('alone', few, BY_HOLD, progress),
    /** The busiest hour of a day with a million tasks, by hold. */
    busiestHour: await runAll('busiest hour', busiestHour, BY_HOLD, progress),
    /** 100,000 tasks within a minute, by hold, with the whole concurrency of the account. */
    burst: await runAll('burst', burst, BY_HOLD, progress),
    /** The burst with a part of the concurrency. */
    reserved: await runAll('burst with reserved concurrency', burst, reserved, progress),
    /** The burst in a region with smaller quotas. */
    elsewhere: await runAll('burst in another region', burst, elsewhere, progress),
    /** The burst with an Aspose that limits polls per second. */
    vendor: await runAll('burst with a slower Aspose', burst, vendor, progress),
    /** The same tasks as the items of one batch. */
    batch: await simulatePaces(DURATIONS, BURST_TASKS, progress),
  };
}

export const scale = defineBenchmark({
  name: 'scale',
  run: simulateLoads,
  tables: {
    'scale-usage': usageTable,
    'scale-rates': ratesTable,
    'scale-burst': burstTable,
    'scale-holds': holdTable,
    'scale-batch': paceTable,
  },
  headlines: { "tasks per second within AWS's default quotas (simulated)": bindingRate },
});

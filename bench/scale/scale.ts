import { DEFAULT_PRESET } from '../../functions/contracts/polling-presets.ts';
import { resolvePolicy } from '../../functions/core/polling-policy.ts';
import { THROTTLE_BACKOFF } from '../../lib/polling-workflow.ts';
import { defineBenchmark } from '../benchmark.ts';
import { seededRandom } from '../seeded-random.ts';
import {
  BURST_TASKS,
  BURST_WITHIN_SECONDS,
  DURATION_MEDIAN_SECONDS,
  DURATION_P99_SECONDS,
  PEAK_TASKS_PER_SECOND,
} from './assumptions.ts';
import { logNormal, poissonArrivals } from './chance.ts';
import { LARGE_REGION, NO_QUOTAS, OTHER_REGION, type Quotas } from './quotas.ts';
import { type Run, type ScaleResults, scaleResultsSchema } from './results.ts';
import { bindingTable, scaleHeadlines, scalePage } from './scale-page.ts';
import { simulate } from './simulate.ts';

const DEFAULT_HOLD_SECONDS = resolvePolicy({}).holdSeconds;
const HOLDS = [...new Set([0, 10, 20, 45, 60, DEFAULT_HOLD_SECONDS])].sort((a, b) => a - b);
const ALL_CONCURRENCY = LARGE_REGION.lambdaConcurrency;

type Arrivals = (random: () => number) => readonly number[];

/** Enough for steady figures, and far from any quota. */
const few: Arrivals = (random) => poissonArrivals(20_000, 10, random);
const busiestHour: Arrivals = (random) =>
  poissonArrivals(Math.round(3600 * PEAK_TASKS_PER_SECOND), PEAK_TASKS_PER_SECOND, random);
const burst: Arrivals = () =>
  Array.from({ length: BURST_TASKS }, (_, n) => (n * BURST_WITHIN_SECONDS) / BURST_TASKS);

const QUOTAS: Record<Run['region'], Quotas> = { large: LARGE_REGION, other: OTHER_REGION };

export const scale = defineBenchmark({
  name: 'scale',
  results: scaleResultsSchema,

  async run(progress): Promise<ScaleResults> {
    function run(
      arrivals: Arrivals,
      options: Partial<Omit<Run, 'simulation'>> & { readonly quotas?: Quotas },
    ): Run {
      const {
        region = 'large',
        holdSeconds = DEFAULT_HOLD_SECONDS,
        reservedConcurrency = ALL_CONCURRENCY,
        vendorPollsPerSecond = null,
        quotas = QUOTAS[region],
      } = options;
      // The same tasks in each run.
      const random = seededRandom(1);
      const times = arrivals(random);
      const simulation = simulate({
        load: {
          arrivals: times,
          durationSeconds: logNormal(DURATION_MEDIAN_SECONDS, DURATION_P99_SECONDS, random),
        },
        policy: resolvePolicy({ holdSeconds }),
        quotas,
        ...(quotas !== NO_QUOTAS && { reservedConcurrency }),
        ...(vendorPollsPerSecond !== null && { vendorPollsPerSecond }),
        throttleBackoff: THROTTLE_BACKOFF,
        random: seededRandom(2),
      });
      return { region, holdSeconds, reservedConcurrency, vendorPollsPerSecond, simulation };
    }

    progress('scale: what a task uses, by hold');
    const alone = HOLDS.map((holdSeconds) => run(few, { holdSeconds, quotas: NO_QUOTAS }));
    progress('scale: the busiest hour');
    const hour = HOLDS.map((holdSeconds) => run(busiestHour, { holdSeconds }));
    progress('scale: the burst');
    const bursts = HOLDS.map((holdSeconds) => run(burst, { holdSeconds }));
    progress('scale: the burst with reserved concurrency');
    const reserved = [500, 100].flatMap((reservedConcurrency) =>
      [10, DEFAULT_HOLD_SECONDS].map((holdSeconds) => run(burst, { holdSeconds, reservedConcurrency })),
    );
    progress('scale: the burst elsewhere, and with a slower Aspose');
    const elsewhere = [0, 10, DEFAULT_HOLD_SECONDS].map((holdSeconds) =>
      run(burst, { holdSeconds, region: 'other' }),
    );
    const vendor = [200, 50].map((vendorPollsPerSecond) => run(burst, { vendorPollsPerSecond }));
    return {
      preset: DEFAULT_PRESET,
      defaultHoldSeconds: DEFAULT_HOLD_SECONDS,
      alone,
      busiestHour: hour,
      burst: bursts,
      reserved,
      elsewhere,
      vendor,
    };
  },

  report: (results) => `## Scale (\`scale\`)

A simulation, not a measurement: the real polling policy, tasks of ${DURATION_MEDIAN_SECONDS} s (median) and ${DURATION_P99_SECONDS} s (99th percentile), and AWS's default quotas. Tasks a second that each
quota of a large region lets through, by \`holdSeconds\`; the smallest of a column binds first. All of it, with a burst of 100,000: [scale](scale.md).

${bindingTable(results, 'large')}`,

  headlines: scaleHeadlines,
  page: { file: 'scale.md', text: scalePage },
});

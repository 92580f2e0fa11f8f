import { POLLING_PRESETS, type PollingPreset } from '../../functions/contracts/polling-presets.ts';
import { defineBenchmark } from '../benchmark.ts';
import { delayChart } from './delay-chart.ts';
import { CASES, type CaseName } from './durations.ts';
import { drawDurations, type Figures, measureSchedule } from './figures.ts';
import { herdPeaks } from './herd.ts';
import { optimalDelay } from './optimum.ts';
import { courierSchedule, RIVALS, type Schedule } from './schedules.ts';
import { goalTable, headlineOf, mainTable, otherCasesTable } from './tables.ts';

const TASKS_PER_CASE = 100_000;

/** Where the theoretical minimum is computed, to be drawn. */
const CHARTED_POLLS: readonly number[] = Array.from({ length: 51 }, (_, step) => 2 + step / 10);

const SCHEDULES: readonly Schedule[] = [
  ...POLLING_PRESETS.map((preset) => courierSchedule(preset, { preset })),
  courierSchedule('balanced-started-2s-late', { preset: 'balanced' }, 2),
  ...RIVALS,
];

type FiguresBySchedule = Readonly<Record<string, Figures>>;

interface Minimum {
  readonly pollsPerTask: number;
  readonly meanDelaySeconds: number;
}

export interface PollingResults extends Readonly<Record<CaseName, FiguresBySchedule>> {
  /** Minimum mean delay at a median of 3 s, by the mean number of polls. */
  readonly minimum: readonly Minimum[];
  readonly herd: Readonly<Record<PollingPreset, Awaited<ReturnType<typeof herdPeaks>>>>;
}

export const polling = defineBenchmark({
  name: 'polling',

  async run(progress): Promise<PollingResults> {
    async function measureCase(name: CaseName): Promise<FiguresBySchedule> {
      progress(`polling: ${name}, optimum`);
      const optimum = optimalDelay(CASES[name]);
      const durations = drawDurations(CASES[name], TASKS_PER_CASE);
      const figures: Record<string, Figures> = {};
      for (const schedule of SCHEDULES) {
        progress(`polling: ${name}, ${schedule.name}`);
        figures[schedule.name] = await measureSchedule(schedule, durations, optimum);
      }
      return figures;
    }
    const minimumDelay = optimalDelay(CASES.median3);
    return {
      minimum: CHARTED_POLLS.map((pollsPerTask) => ({
        pollsPerTask,
        meanDelaySeconds: minimumDelay(pollsPerTask),
      })),
      median1: await measureCase('median1'),
      median3: await measureCase('median3'),
      median30: await measureCase('median30'),
      bimodal: await measureCase('bimodal'),
      herd: {
        frugal: await herdPeaks('frugal'),
        balanced: await herdPeaks('balanced'),
        eager: await herdPeaks('eager'),
      },
    };
  },

  tables: {
    'polling-goals': goalTable,
    'polling-median-3-s': mainTable,
    'polling-other-cases': otherCasesTable,
  },
  charts: {
    'delay-against-polls': ({ median3, minimum }) =>
      delayChart({
        presets: pick(median3, POLLING_PRESETS),
        rivals: pick(
          median3,
          RIVALS.map(({ name }) => name),
        ),
        minimum,
      }),
  },
  headlines: {
    'tasks of 3 s (median): mean delay, polls per task, cost of 1,000 tasks on AWS': headlineOf('balanced'),
    'the same with a state machine that polls every 2 s': headlineOf('fixed-2s'),
  },
});

function pick(figures: FiguresBySchedule, names: readonly string[]): FiguresBySchedule {
  return Object.fromEntries(Object.entries(figures).filter(([name]) => names.includes(name)));
}

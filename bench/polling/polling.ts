import { POLLING_PRESETS, type PollingPreset } from '../../functions/contracts/polling-presets.ts';
import { defineBenchmark } from '../benchmark.ts';
import { CASES, type CaseName } from './durations.ts';
import { drawDurations, type Figures, measureSchedule } from './figures.ts';
import { herdPeaks } from './herd.ts';
import { optimalDelay } from './optimum.ts';
import { courierSchedule, RIVALS, type Schedule } from './schedules.ts';
import { goalTable, headlineOf, mainTable, otherCasesTable } from './tables.ts';

const TASKS_PER_CASE = 100_000;

const SCHEDULES: readonly Schedule[] = [
  ...POLLING_PRESETS.map((preset) => courierSchedule(preset, { preset })),
  courierSchedule('balanced-started-2s-late', { preset: 'balanced' }, 2),
  ...RIVALS,
];

type FiguresBySchedule = Readonly<Record<string, Figures>>;

export interface PollingResults extends Readonly<Record<CaseName, FiguresBySchedule>> {
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
    return {
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
  headlines: {
    'tasks of 3 s (median): mean delay, polls per task, cost of 1,000 tasks on AWS': headlineOf('balanced'),
    'the same with a state machine that polls every 2 s': headlineOf('fixed-2s'),
    'the same with ASL Retry (1, 2, 4 ... 60 s)': headlineOf('asl-retry'),
  },
});

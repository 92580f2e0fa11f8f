import { POLLING_PRESETS } from '../../functions/contracts/polling-presets.ts';
import type { CaseName } from './durations.ts';
import type { Figures } from './figures.ts';
import { figuresOf, type PollingResults } from './results.ts';

/** What we set out to reach. */
export interface Goal {
  readonly goal: string;
  readonly atMost: number;
  measured(results: PollingResults): number;
  /** The figure with its unit. */
  show(figure: number): string;
}

export const CASE_TITLES: Readonly<Record<CaseName, string>> = {
  median1: 'median 1 s',
  median3: 'median 3 s',
  median30: 'median 30 s',
  bimodal: 'bimodal',
};

const SHOWN = {
  lostShare: { what: 'tasks lost', show: (share: number) => `${(share * 100).toFixed(2)} %` },
  meanDelaySeconds: { what: 'mean delay', show: (seconds: number) => `${seconds.toFixed(2)} s` },
  pollsPerTask: { what: 'polls per task', show: (polls: number) => polls.toFixed(2) },
  usdPer1000: { what: '1,000 tasks', show: (usd: number) => `$${usd.toFixed(3)}` },
  ratioToOptimum: {
    what: 'mean delay by the least with as many polls',
    show: (ratio: number) => ratio.toFixed(2),
  },
} as const satisfies Partial<Record<keyof Figures, unknown>>;

function goal(preset: string, name: CaseName, figure: keyof typeof SHOWN, atMost: number): Goal {
  const { what, show } = SHOWN[figure];
  return {
    goal: `\`${preset}\`, ${CASE_TITLES[name]}: ${what}`,
    atMost,
    // A schedule that loses tasks has no ratio.
    measured: (results) => figuresOf(results, name, preset)[figure] ?? Number.POSITIVE_INFINITY,
    show,
  };
}

export const GOALS: readonly Goal[] = [
  goal('balanced', 'median3', 'lostShare', 0),
  goal('balanced', 'median3', 'meanDelaySeconds', 1.15),
  goal('balanced', 'median3', 'pollsPerTask', 5),
  goal('balanced', 'median3', 'usdPer1000', 0.12),
  goal('balanced', 'median1', 'ratioToOptimum', 1.15),
  goal('balanced', 'median3', 'ratioToOptimum', 1.15),
  goal('balanced', 'median30', 'ratioToOptimum', 1.15),
  goal('frugal', 'median3', 'pollsPerTask', 3),
  goal('frugal', 'median3', 'ratioToOptimum', 1.15),
  goal('eager', 'median3', 'meanDelaySeconds', 0.75),
  ...POLLING_PRESETS.map((preset) => ({
    goal: `\`${preset}\`, 1,000 tasks started in one second: most polls in any 100 ms`,
    atMost: 250,
    measured: ({ herd }: PollingResults) => herd[preset].peakPollsPer100ms,
    show: String,
  })),
];

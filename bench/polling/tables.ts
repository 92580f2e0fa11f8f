import { markdownTable } from '../../scripts/documents/markdown-table.ts';
import type { CaseName } from './durations.ts';
import type { Figures } from './figures.ts';
import type { PollingResults } from './polling.ts';

/** The schedules in the tables. The others are in `--json` only. */
const SHOWN = ['frugal', 'balanced', 'eager', 'tutorial-ten-polls', 'fixed-2s', 'asl-retry'];
const OTHER_CASES = ['median1', 'median30', 'bimodal'] as const;

const seconds = (value: number) => value.toFixed(2);
const usd = (value: number) => value.toFixed(3);
/** A schedule that loses tasks has no ratio. */
const ratio = (value: number | null) => value?.toFixed(2) ?? '-';
/** Two digits show a single lost task among 100,000. */
const percent = (share: number) => String(Number((share * 100).toPrecision(2)));

function figuresOf(results: PollingResults, name: CaseName, schedule: string): Figures {
  const figures = results[name][schedule];
  if (figures === undefined) throw new RangeError(`${name}: no figures of ${schedule}`);
  return figures;
}

/** Figures at a median of 3 s. */
export function mainTable(results: PollingResults): string {
  return markdownTable(
    ['', 'lost (%)', 'mean delay (s)', 'p99 delay (s)', 'polls', 'USD per 1,000 tasks', '÷ optimum'],
    SHOWN.map((schedule) => {
      const figures = figuresOf(results, 'median3', schedule);
      return [
        `\`${schedule}\``,
        percent(figures.lostShare),
        seconds(figures.meanDelaySeconds),
        seconds(figures.p99DelaySeconds),
        figures.pollsPerTask.toFixed(2),
        usd(figures.usdPer1000),
        ratio(figures.ratioToOptimum),
      ];
    }),
  );
}

/** Delay and cost in the other cases. */
export function otherCasesTable(results: PollingResults): string {
  const heads = ['median 1 s', 'median 30 s', 'bimodal'];
  return markdownTable(
    ['', ...heads.map((head) => `${head}: delay s`), ...heads.map((head) => `${head}: $`)],
    SHOWN.map((schedule) => {
      const figures = OTHER_CASES.map((name) => figuresOf(results, name, schedule));
      return [
        `\`${schedule}\``,
        ...figures.map(({ meanDelaySeconds }) => seconds(meanDelaySeconds)),
        ...figures.map(({ usdPer1000 }) => usd(usdPer1000)),
      ];
    }),
  );
}

/** Every goal with its figure. */
export function goalTable(results: PollingResults): string {
  const frugal = figuresOf(results, 'median3', 'frugal');
  const balanced = figuresOf(results, 'median3', 'balanced');
  const eager = figuresOf(results, 'median3', 'eager');
  const ratios = (['median1', 'median3', 'median30'] as const).map((name) =>
    ratio(figuresOf(results, name, 'balanced').ratioToOptimum),
  );
  const peak = Math.max(...Object.values(results.herd).map(({ peakPollsPer100ms }) => peakPollsPer100ms));
  return markdownTable(
    ['', 'goal', 'measured'],
    [
      ['`balanced`: lost (%)', '0', percent(balanced.lostShare)],
      ['`balanced`: mean delay (s)', '1.15', seconds(balanced.meanDelaySeconds)],
      ['`balanced`: polls', '5', balanced.pollsPerTask.toFixed(2)],
      ['`balanced`: USD per 1,000 tasks', '0.120', usd(balanced.usdPer1000)],
      ['`balanced`: ÷ optimum at 1, 3, 30 s', '1.15', ratios.join(', ')],
      ['`frugal`: polls', '3', frugal.pollsPerTask.toFixed(2)],
      ['`frugal`: ÷ optimum', '1.15', ratio(frugal.ratioToOptimum)],
      ['`eager`: mean delay (s)', '0.75', seconds(eager.meanDelaySeconds)],
      ['1,000 starts within 1 s: polls per 100 ms', '250', String(peak)],
    ],
  );
}

/** Delay, polls and cost of one schedule at a median of 3 s. */
export function headlineOf(schedule: string): (results: PollingResults) => string {
  return (results) => {
    const { meanDelaySeconds, pollsPerTask, usdPer1000 } = figuresOf(results, 'median3', schedule);
    return `${seconds(meanDelaySeconds)} s, ${pollsPerTask.toFixed(1)} polls, $${usd(usdPer1000)}`;
  };
}

import type { TaskSummary } from '../../../functions/contracts/http-api.ts';
import { OUTCOME_NAMES } from '../../../functions/contracts/outcomes.ts';
import { describeDuration, secondsBetween } from './durations.ts';

/** A bar of a chart, and a row of its table. */
export interface Bar {
  readonly label: string;
  readonly count: number;
}

/** The figures of a chart, and what they say in one sentence. */
export interface Distribution {
  readonly bars: readonly Bar[];
  readonly summary: string;
}

type Measured = Pick<TaskSummary, 'status' | 'attempts' | 'startedAt' | 'completedAt'>;

/** Counts tasks by how they ended. Outcomes without tasks are left out. */
export function distributeOutcomes(tasks: readonly Measured[]): Distribution {
  const counts = Map.groupBy(tasks, ({ status }) => status);
  const bars = [...OUTCOME_NAMES, 'Collecting' as const].flatMap((label) => {
    const count = counts.get(label)?.length ?? 0;
    return count === 0 ? [] : [{ label, count }];
  });
  const listed = bars.map(({ label, count }) => `${count} ${label}`).join(', ');
  return { bars, summary: `${counted(tasks.length, 'task')}: ${listed}.` };
}

/** Upper bounds of the bars of time to result. Each is twice as long as the one before, or more. */
const SECONDS = [1, 2, 4, 8, 15, 30, 60, 300, 3600];

/** Distributes the tasks with a result over classes of time to result. */
export function distributeDurations(tasks: readonly Measured[]): Distribution {
  const durations = tasks.flatMap(({ status, startedAt, completedAt }) =>
    status === 'Completed' && completedAt !== undefined ? [secondsBetween(startedAt, completedAt)] : [],
  );
  const labels = SECONDS.map((bound, index) => {
    const unit = bound >= 60 ? `${bound / 60} min` : `${bound} s`;
    return index === 0 ? `under ${unit}` : `to ${unit}`;
  });
  const bars = countClasses(durations, SECONDS, [...labels, 'longer'], (value, bound) => value < bound);
  const [p50, p90, p99] = [0.5, 0.9, 0.99].map((share) => describeDuration(quantile(durations, share)));
  const summary = `${counted(durations.length, 'result')}: half within ${p50}, 90 % within ${p90}, 99 % within ${p99}.`;
  return { bars, summary: durations.length === 0 ? 'No results yet.' : summary };
}

/** Upper bounds of the bars of polls per task, inclusive. */
const POLLS = [1, 2, 3, 4, 5, 10, 20, 50];

/** Distributes the ended tasks over classes of polls. */
export function distributePolls(tasks: readonly Measured[]): Distribution {
  const polls = tasks.flatMap(({ status, attempts }) => (status === 'Collecting' ? [] : [attempts]));
  const labels = POLLS.map((bound, index) => {
    const from = (POLLS[index - 1] ?? 0) + 1;
    return from >= bound ? String(bound) : `${from} to ${bound}`;
  });
  const bars = countClasses(polls, POLLS, [...labels, 'more'], (value, bound) => value <= bound);
  const sum = polls.reduce((total, count) => total + count, 0);
  const mean = (sum / polls.length).toFixed(1);
  const summary = `${counted(sum, 'poll')} of ${counted(polls.length, 'ended task')}: ${mean} per task, at most ${Math.max(...polls)}.`;
  return { bars, summary: polls.length === 0 ? 'No task has ended yet.' : summary };
}

/** Counts values by class. Empty classes after the last value are left out. */
function countClasses(
  values: readonly number[],
  bounds: readonly number[],
  labels: readonly string[],
  isWithin: (value: number, bound: number) => boolean,
): readonly Bar[] {
  const counts = labels.map(() => 0);
  for (const value of values) {
    const found = bounds.findIndex((bound) => isWithin(value, bound));
    const index = found === -1 ? bounds.length : found;
    counts[index] = (counts[index] ?? 0) + 1;
  }
  const last = counts.findLastIndex((count) => count > 0);
  return labels.slice(0, last + 1).map((label, index) => ({ label, count: counts[index] ?? 0 }));
}

/** The smallest value that at least this share of all values does not exceed. */
function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
}

function counted(count: number, noun: string): string {
  return `${count.toLocaleString('en')} ${count === 1 ? noun : `${noun}s`}`;
}

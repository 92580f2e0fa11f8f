import type { ImageRefusedDetail } from '../../../functions/contracts/image-event.ts';
import type { TaskEventDetail } from '../../../functions/contracts/task-event.ts';

/** The detail of any terminal event. Fields of tasks are absent for a refused image. */
export type TerminalDetail =
  | TaskEventDetail
  | (ImageRefusedDetail & {
      readonly [Name in Exclude<keyof TaskEventDetail, keyof ImageRefusedDetail>]?: undefined;
    });

export type Cell = string | number | null;
export type Row = readonly Cell[];

/** The rows that each named query must return, computed without SQL. */
export const EXPECTED_ROWS: Readonly<Record<string, (ends: readonly TerminalDetail[]) => readonly Row[]>> = {
  'outcomes-by-day': (ends) =>
    groups(ends, (end) => [dayOf(end), outcomeOf(end)]).map(([key, group]) => [...key, group.length]),

  'time-to-result': (ends) =>
    groups(
      ends.filter(({ outcome }) => outcome === 'Completed'),
      ({ operation }) => [operation],
    ).map(([key, group]) => {
      const seconds = group.flatMap(
        ({ durations }) => durations?.sinceSubmittedSeconds ?? durations?.collectingSeconds ?? [],
      );
      const sorted = seconds.toSorted((a, b) => a - b);
      const percentiles = [0.5, 0.9, 0.99].map(
        (share) => sorted[Math.ceil(share * sorted.length) - 1] ?? null,
      );
      return [...key, group.length, ...percentiles];
    }),

  'polls-per-task': (ends) =>
    groups(
      ends.filter(({ attempts }) => attempts !== undefined),
      (end) => [end.operation, outcomeOf(end)],
    ).map(([key, group]) => {
      const polls = group.map(({ attempts = 0 }) => attempts);
      // The query rounds the quotient, too.
      const mean = Math.round(100 * (sum(polls) / polls.length)) / 100;
      return [...key, group.length, sum(polls), mean, Math.max(...polls)];
    }),

  'failure-reasons': (ends) =>
    groups(
      ends.filter(({ outcome }) => outcome !== 'Completed'),
      (end) => [outcomeOf(end), end.reason ?? null],
    )
      .map(([key, group]): Row => {
        const latest = group.map(({ completedAt = '' }) => completedAt).sort();
        return [...key, group.length, latest.at(-1) ?? null];
      })
      .toSorted((a, b) => Number(b[2]) - Number(a[2])),

  'results-by-source': (ends) =>
    groups(ends, ({ operation, source }) => [operation, source?.bucket ?? null, folderOf(source?.key)]).map(
      ([key, group]) => [
        ...key,
        group.length,
        group.filter(({ outcome }) => outcome === 'Completed').length,
        sum(group.map(({ resultCount = 0 }) => resultCount)),
        sum(group.map(({ resultBytes = 0 }) => resultBytes)),
      ],
    ),

  'repeated-uploads': (ends) =>
    groups(
      ends.filter(({ uploads = 0 }) => uploads > 1),
      (end) => [dayOf(end), end.operation],
    ).map(([key, group]) => {
      const uploads = sum(group.map((end) => end.uploads ?? 0));
      return [...key, group.length, uploads, uploads - group.length];
    }),
};

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);
const dayOf = ({ completedAt = '' }: TerminalDetail) => completedAt.slice(0, 10);
const outcomeOf = ({ outcome = 'Refused' }: { readonly outcome?: string | undefined }) => outcome;

/** The first three folders of a key. */
function folderOf(key: string | undefined): string | null {
  if (key === undefined) return null;
  return key
    .split('/')
    .slice(0, -1)
    .slice(0, 3)
    .map((name) => `${name}/`)
    .join('');
}

/** Groups items by keys, in the order of the keys; null comes last. */
function groups<T>(
  items: readonly T[],
  keyOf: (item: T) => readonly (string | null)[],
): (readonly [key: readonly (string | null)[], group: readonly T[]])[] {
  const byKey = Map.groupBy(items, (item) => JSON.stringify(keyOf(item)));
  const found = [...byKey.values()].flatMap((group) => {
    const [first] = group;
    return first === undefined ? [] : [[keyOf(first), group] as const];
  });
  return found.toSorted(([a], [b]) => compareKeys(a, b));
}

function compareKeys(a: readonly (string | null)[], b: readonly (string | null)[]): number {
  for (const [index, left] of a.entries()) {
    const right = b[index] ?? null;
    if (left === right) continue;
    if (left === null) return 1;
    if (right === null) return -1;
    return left < right ? -1 : 1;
  }
  return 0;
}

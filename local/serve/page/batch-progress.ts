import type { BatchSummary } from '../../../functions/contracts/batches-api.ts';
import type { TaskSummary } from '../../../functions/contracts/http-api.ts';

/** How far a batch is. */
export interface BatchProgress {
  /** Number of items, once they are listed. */
  readonly total: number | undefined;
  readonly ended: number;
  /** Number of ended items by outcome. */
  readonly counts: Readonly<Record<string, number>>;
}

/**
 * Combines the counts of a batch, which are those of ended chunks, with those of its tasks, which
 * change with each of them.
 *
 * @param tasks the tasks of this batch
 */
export function progressOf(
  { total, counts = {} }: Pick<BatchSummary, 'total' | 'counts'>,
  tasks: readonly Pick<TaskSummary, 'status'>[],
): BatchProgress {
  const live = Map.groupBy(tasks, ({ status }) => status);
  const names = new Set([...Object.keys(counts), ...live.keys()]);
  names.delete('Collecting');
  const combined = Object.fromEntries(
    [...names].map((name) => [
      name,
      Math.max(counts[name] ?? 0, [...live].find(([status]) => status === name)?.[1].length ?? 0),
    ]),
  );
  const ended = Object.values(combined).reduce((sum, count) => sum + count, 0);
  return { total, ended, counts: combined };
}

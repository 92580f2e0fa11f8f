import { LINE_OUTCOMES } from '../../../functions/contracts/batch-record.ts';
import type { BatchSummary } from '../../../functions/contracts/batches-api.ts';
import type { TaskSummary } from '../../../functions/contracts/http-api.ts';

/** How far a batch is. */
export interface ItemProgress {
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
): ItemProgress {
  const live = Map.groupBy(tasks, ({ status }) => status);
  const combined = Object.fromEntries(
    LINE_OUTCOMES.flatMap((outcome) => {
      const [, ended = []] = [...live].find(([status]) => status === outcome) ?? [];
      const count = Math.max(counts[outcome] ?? 0, ended.length);
      return count === 0 ? [] : [[outcome, count] as const];
    }),
  );
  const ended = Object.values(combined).reduce((sum, count) => sum + count, 0);
  return { total, ended, counts: combined };
}

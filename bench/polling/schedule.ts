import type { TaskUsage } from '../../lib/task-cost.ts';

/** One task to be collected; times in seconds from its submission. */
export interface SimulatedTask {
  /** Whether Aspose has finished it, when asked for the n-th time. */
  isFinished(atSeconds: number, attempt: number): boolean;
  /** In [0, 1), one after the other. */
  random(): number;
  /** Told of each poll. */
  onPoll?(atSeconds: number): void;
}

/** What came of it. */
export interface Collection {
  /** When the poll was sent that found the task finished; undefined when the schedule gave up on it. */
  readonly foundAtSeconds: number | undefined;
  readonly usage: TaskUsage;
}

/** A way to poll, with all that it uses of AWS. */
export interface Schedule {
  /** As in `--json`. */
  readonly name: string;
  collect(task: SimulatedTask): Promise<Collection> | Collection;
}

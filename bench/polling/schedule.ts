import type { TaskUsage } from '../costs/task-cost.ts';

/** One task to collect. Times are in seconds from its submission. */
export interface SimulatedTask {
  /** Whether Aspose has finished the task when it receives this poll. */
  isFinished(atSeconds: number, attempt: number): boolean;
  /** Returns a number in [0, 1). */
  random(): number;
  onPoll?(atSeconds: number): void;
}

export interface ScheduleOutcome {
  /** When the poll that found the task finished was sent; undefined when the schedule gave up. */
  readonly foundAtSeconds: number | undefined;
  readonly usage: TaskUsage;
}

/** A way to poll, with everything that it uses on AWS. */
export interface Schedule {
  /** The key of its figures in `--json`. */
  readonly name: string;
  collect(task: SimulatedTask): Promise<ScheduleOutcome> | ScheduleOutcome;
}

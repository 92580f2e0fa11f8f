import type { Outcome } from './outcomes.ts';
import type { TaskEventDetail } from './task-event.ts';

/**
 * The payload and the output of the state `Fetch result`: what the state machine and its Lambda
 * exchange.
 */

/** The execution's own input, unchecked, and the execution's identity. */
export interface FetchResultEvent {
  readonly input: unknown;
  readonly executionArn: string;
  /** ISO 8601. */
  readonly executionStartedAt: string;
}

/**
 * Statuses with which `Fetch result` asks to be invoked again. `Unseen`: no response was understood
 * so far. `Completed` is among them because undecodable data is fetched once more.
 */
export const WAITING_STATUSES = ['Pending', 'Processing', 'NotExist', 'Completed', 'Unseen'] as const;

export type FetchResultOutput =
  /** The task is open: wait, then invoke `Fetch result` again. */
  | {
      readonly taskStatus: (typeof WAITING_STATUSES)[number];
      readonly attempts: number;
      readonly delaySeconds: number;
    }
  /** The task has ended. */
  | {
      readonly outcome: Outcome;
      /** True for the execution that owns the task; only that one publishes the event. */
      readonly publish: boolean;
      readonly detailType: string;
      readonly detail: TaskEventDetail;
      /** One sentence: the cause of a failed execution. */
      readonly cause: string;
    };

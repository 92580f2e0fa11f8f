import type { Outcome } from './outcomes.ts';
import type { TaskImage } from './submit-image.ts';
import type { TaskEventDetail } from './task-event.ts';

/**
 * The payload and the output of the state `Fetch result`: what the state machine and its Lambda
 * exchange.
 */

/** The task, unchecked, and the identity of the execution. */
export interface FetchResultEvent {
  /** The execution's own input, or the task that `Submit image` returned. */
  readonly task: unknown;
  /** The image that `Submit image` submitted. Absent in `Collect result`. */
  readonly image?: TaskImage;
  readonly executionArn: string;
  /** ISO 8601: when the execution started, or when the image was uploaded. */
  readonly startedAt: string;
}

/**
 * Statuses with which `Fetch result` asks to be invoked again. `Unseen`: no response was understood
 * so far. `Completed` is among them because undecodable data is fetched once more.
 */
export const WAITING_STATUSES = ['Pending', 'Processing', 'NotExist', 'Completed', 'Unseen'] as const;

/** The status with which `Fetch result` asks for another upload of the image. */
export const LOST_STATUS = 'Lost';

export type FetchResultOutput =
  /** The task is open: wait, then invoke `Fetch result` again. */
  | {
      readonly taskStatus: (typeof WAITING_STATUSES)[number];
      readonly attempts: number;
      readonly delaySeconds: number;
    }
  /** Aspose has lost the task, and its image may be uploaded again. */
  | { readonly taskStatus: typeof LOST_STATUS; readonly attempts: number }
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

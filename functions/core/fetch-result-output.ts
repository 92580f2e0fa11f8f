import type { WAITING_STATUSES } from '../contracts/fetch-result.ts';
import { OUTCOMES, type Outcome } from '../contracts/outcomes.ts';
import type { TaskEventDetail } from '../contracts/task-event.ts';
import type { TaskRecord } from '../contracts/task-record.ts';
import { taskEventDetail } from './event-detail.ts';
import type { TerminalRecord } from './task-record.ts';

/** What `Fetch result` tells the state machine. */
export type FetchResultOutput =
  /** Poll again. Completed is among the statuses as its data may have been undecodable, and is fetched once more. */
  | {
      readonly taskStatus: (typeof WAITING_STATUSES)[number];
      readonly attempts: number;
      readonly delaySeconds: number;
    }
  /** Ended. Only the execution that owns the task publishes its event. */
  | {
      readonly outcome: Outcome;
      readonly publish: boolean;
      readonly detailType: string;
      readonly detail: TaskEventDetail;
      /** One sentence for the cause of a failed execution. */
      readonly cause: string;
    };

/** What the state machine is told of a task that has not ended: wait, and come again. */
export function pollAgainOutput(
  { attempts, taskStatus }: TaskRecord,
  delaySeconds: number,
): FetchResultOutput {
  return {
    // Error ends a task: no open record has it.
    taskStatus: taskStatus === undefined || taskStatus === 'Error' ? 'Unseen' : taskStatus,
    attempts,
    delaySeconds: Math.max(1, Math.ceil(delaySeconds)),
  };
}

/** What the state machine is told of an ended task. Only the execution that owns the task publishes its event. */
export function endedOutput(
  record: TerminalRecord,
  bucket: string,
  publish: boolean,
): Extract<FetchResultOutput, { outcome: Outcome }> {
  const { outcome, reason, attempts } = record;
  const because = reason === undefined ? '' : ` (${reason})`;
  return {
    outcome,
    publish,
    detailType: OUTCOMES[outcome].detailType,
    detail: taskEventDetail(record, bucket),
    cause: `The task ended as ${outcome}${because} after ${attempts} poll${attempts === 1 ? '' : 's'}.`,
  };
}

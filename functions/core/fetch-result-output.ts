import type { FetchResultOutput } from '../contracts/fetch-result.ts';
import { OUTCOMES, type Outcome } from '../contracts/outcomes.ts';
import type { TaskRecord } from '../contracts/task-record.ts';
import { taskEventDetail } from './event-detail.ts';
import type { TerminalRecord } from './task-record.ts';

/** Asks the state machine to wait and then to invoke `Fetch result` again. */
export function pollAgainOutput(
  { attempts, taskStatus }: TaskRecord,
  delaySeconds: number,
): FetchResultOutput {
  return {
    // An open record never has the status Error, because Error ends the task.
    taskStatus: taskStatus === undefined || taskStatus === 'Error' ? 'Unseen' : taskStatus,
    attempts,
    delaySeconds: Math.max(1, Math.ceil(delaySeconds)),
  };
}

/** Reports an ended task to the state machine. */
export function endedOutput(
  record: TerminalRecord,
  bucket: string,
  publish: boolean,
): Extract<FetchResultOutput, { outcome: Outcome }> {
  const { outcome, reason, attempts } = record;
  const explanation = reason === undefined ? '' : ` (${reason})`;
  return {
    outcome,
    publish,
    detailType: OUTCOMES[outcome].detailType,
    detail: taskEventDetail(record, bucket),
    cause: `The task ended as ${outcome}${explanation} after ${attempts} poll${attempts === 1 ? '' : 's'}.`,
  };
}

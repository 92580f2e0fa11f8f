import type { FetchResultOutput, TaskRecord } from '../contract.ts';
import { OUTCOMES, type Outcome } from './outcomes.ts';
import { type TerminalRecord, taskEventDetail } from './task-event.ts';

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

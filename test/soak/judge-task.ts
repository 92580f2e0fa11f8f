import { isOutcomeError, OUTCOMES } from '../../functions/contracts/outcomes.ts';
import type { Execution } from '../../local/embedded-aws/execution.ts';
import type { Collected } from '../support/courier.ts';
import type { TaskPlan } from './task-plan.ts';
import { type End, endOf, endsWithLostAnswers } from './vendor-course.ts';

/** What became of a task, beside its record and events. */
export interface TaskRun {
  readonly executions: readonly Execution[];
  /** What DELETE answered, if it was asked. */
  readonly deleteStatus?: number;
  readonly stopped: boolean;
}

/** The state machine gives up when a state has failed so often. */
const TRIES_OF_A_STATE = 7;

const INTERNAL_ERROR: End = { outcome: 'Failed', reason: 'InternalError' };
const CANCELLED: End = { outcome: 'Cancelled' };

/**
 * The ends that a task may have:
 *
 * - the one that its answers lead to, counted by the rules of docs/design.md;
 * - had an invocation for it failed, so that answers may have been lost, any of `endsWithLostAnswers`;
 * - Failed, InternalError, if a state of its execution failed seven times in a row, and not otherwise;
 * - Cancelled, if it was cancelled; only so if DELETE has said 2xx, and not at all if DELETE has said that it had ended.
 */
export function acceptedEnds({ steps }: TaskPlan, { executions, deleteStatus, stopped }: TaskRun): End[] {
  if (deleteStatus !== undefined && deleteStatus < 300) return [CANCELLED];
  const anyFailed = executions.some((execution) => failuresInARow(execution) > 0);
  const gaveUp = executions.some((execution) => failuresInARow(execution) >= TRIES_OF_A_STATE);
  // A cancellation whose answer was lost may have closed the record all the same.
  const mayBeCancelled = stopped || (deleteStatus !== undefined && deleteStatus >= 500);
  return [
    ...(anyFailed ? endsWithLostAnswers(steps) : [endOf(steps)]),
    ...(gaveUp ? [INTERNAL_ERROR] : []),
    ...(mayBeCancelled ? [CANCELLED] : []),
  ];
}

/** The most tries of one state that failed without one that went well; Fail states, which tell an outcome, aside. */
function failuresInARow({ history }: Execution): number {
  let most = 0;
  let count = 0;
  for (const { type, error = '' } of history) {
    if (type === 'StateExited') count = 0;
    else if (type === 'StateFailed' && !isOutcomeError(error)) count += 1;
    most = Math.max(most, count);
  }
  return most;
}

/** What is wrong with how a task's executions ended, given its record's outcome. */
export function executionProblems({ record }: Pick<Collected, 'record'>, { executions }: TaskRun): string[] {
  if (record?.outcome === undefined) return [];
  const { outcome, reason } = record;
  const { error } = OUTCOMES[outcome];
  return executions.flatMap((execution) => {
    const { status, name } = execution;
    const says =
      outcome === 'Completed' ? status === 'SUCCEEDED' : status === 'FAILED' && execution.error === error;
    const gaveUp = status === 'FAILED' && failuresInARow(execution) >= TRIES_OF_A_STATE;
    const wasStopped = status === 'ABORTED';
    if (says || gaveUp || wasStopped) return [];
    return [`execution ${name}: ${status} ${execution.error ?? ''}; the record: ${outcome} ${reason ?? ''}`];
  });
}

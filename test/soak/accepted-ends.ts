import { isOutcomeError, OUTCOMES } from '../../functions/contracts/outcomes.ts';
import type { Execution } from '../../local/embedded-aws/execution.ts';
import type { Collected } from '../support/courier.ts';
import { endAfter, endsAfterLostResponses, type TaskEnd } from './response-sequence.ts';
import type { TaskPlan } from './task-plan.ts';

/** The executions and interventions of a task. */
export interface TaskRun {
  readonly executions: readonly Execution[];
  /** Status of the response to DELETE, if it was sent. */
  readonly deleteStatus?: number;
  /** Whether StopExecution was called. */
  readonly stopped: boolean;
  /** The batch that collects it, too. */
  readonly batch?: { readonly isCancelled: boolean };
}

/** The first attempt at a state and its six retries. */
const MAX_STATE_ATTEMPTS = 7;

const INTERNAL_ERROR: TaskEnd = { outcome: 'Failed', reason: 'InternalError' };
const CANCELLED: TaskEnd = { outcome: 'Cancelled' };

/** The ends that are correct for a task: docs/contribute/testing.md lists the rules. */
export function acceptedEnds(
  { steps }: TaskPlan,
  { executions, deleteStatus, stopped, batch }: TaskRun,
): TaskEnd[] {
  if (deleteStatus !== undefined && deleteStatus < 300) return [CANCELLED];
  const failures = Math.max(0, ...executions.map(consecutiveFailures));
  // A failed DELETE may still have closed the record if only its response was lost.
  const mayBeCancelled =
    stopped || batch?.isCancelled === true || (deleteStatus !== undefined && deleteStatus >= 500);
  return [
    // The history of a chunk does not tell when an item was tried again.
    ...(failures > 0 || batch !== undefined ? endsAfterLostResponses(steps) : [endAfter(steps)]),
    ...(failures >= MAX_STATE_ATTEMPTS || batch !== undefined ? [INTERNAL_ERROR] : []),
    ...(mayBeCancelled ? [CANCELLED] : []),
  ];
}

/** The longest series of failed attempts at a state, except Fail states, which report outcomes. */
function consecutiveFailures({ history }: Execution): number {
  let longest = 0;
  let count = 0;
  for (const { type, error = '' } of history) {
    if (type === 'StateExited') count = 0;
    else if (type === 'StateFailed' && !isOutcomeError(error)) count += 1;
    longest = Math.max(longest, count);
  }
  return longest;
}

/** Compares the ends of a task's executions with its record. @returns each contradiction */
export function executionProblems({ record }: Pick<Collected, 'record'>, { executions }: TaskRun): string[] {
  if (record?.outcome === undefined) return [];
  const { outcome, reason } = record;
  return executions.flatMap((execution) => {
    const { status, name, error } = execution;
    const agrees =
      outcome === 'Completed'
        ? status === 'SUCCEEDED'
        : status === 'FAILED' && error === OUTCOMES[outcome].error;
    const gaveUp = status === 'FAILED' && consecutiveFailures(execution) >= MAX_STATE_ATTEMPTS;
    if (agrees || gaveUp || status === 'ABORTED') return [];
    return [`execution ${name}: ${status} ${error ?? ''}; the record: ${outcome} ${reason ?? ''}`];
  });
}

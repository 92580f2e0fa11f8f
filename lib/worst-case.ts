import { nextPoll, type PollingPolicy, RESULT_LIFETIME_SECONDS } from '../functions/core/polling-policy.ts';

/** Step Functions quota, not adjustable: an execution fails when its history reaches it. */
export const HISTORY_LIMIT = 25_000;
/** Two each for Wait, Fetch result and Task status?, and three more for Fetch result as a Task. */
export const EVENTS_PER_POLL = 9;
/** Other events of an execution that fails, which has the most: start, end and the last states. */
export const OTHER_EVENTS = 20;
/**
 * Reserved for retries, which add three events each. A throttled invocation is retried every 30 s
 * on average: 3,000 times in the 25 hours of an execution.
 */
export const EVENTS_FOR_RETRIES = 10_000;

const STATES_PER_POLL = 3;
/** Fetch result, Task status?, Publish failure, then Outcome? or Close task, and a Fail state. */
const OTHER_STATES = 5;

/** Maximum use of one task, whatever Aspose responds. Retries of AWS faults are not included. */
export interface WorstCase {
  readonly polls: number;
  readonly stateTransitions: number;
  readonly historyEvents: number;
}

/** Counts the polls of a task that stays Pending until its deadline, each as early as allowed. */
export function worstCase(policy: PollingPolicy): WorstCase {
  let polls = 0;
  let elapsedSeconds = 0;
  for (;;) {
    const context = {
      attempts: polls,
      elapsedSeconds,
      submittedBeforeStartSeconds: 0,
      resultLostAfterSeconds: RESULT_LIFETIME_SECONDS,
      faultsInARow: 0,
    };
    const next = nextPoll({ ...policy, firstPollDelaySeconds: 0 }, context, 0);
    if (next.kind === 'Stop') break;
    polls += 1;
    elapsedSeconds += next.delaySeconds;
  }
  return {
    polls,
    // A late invocation cannot hold any more, so each poll may need an invocation of its own.
    stateTransitions: polls * STATES_PER_POLL + OTHER_STATES,
    historyEvents: polls * EVENTS_PER_POLL + OTHER_EVENTS,
  };
}

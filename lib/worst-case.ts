import { delayToNextRound } from '../functions/core/batch/chunk-rounds.ts';
import { nextPoll, type PollingPolicy, RESULT_LIFETIME_SECONDS } from '../functions/core/polling-policy.ts';

/** Step Functions quota, not adjustable: an execution fails when its history reaches it. */
export const HISTORY_LIMIT = 25_000;
/** Two each for Wait, Fetch result and Task status?, and three more for Fetch result as a Task. */
export const EVENTS_PER_POLL = 9;
/** Other events of an execution that fails, which has the most: start, end and the last states. */
export const OTHER_EVENTS = 20;
/** Each upload of an image adds Submit image. Its tasks share the polls of one task. */
export const EVENTS_PER_UPLOAD = 5;
/** LambdaFunctionScheduled, LambdaFunctionStarted and LambdaFunctionFailed, or the like. */
export const EVENTS_PER_RETRY = 3;
/**
 * Reserved for retries. A throttled invocation is retried every 30 s on average: 3,120 times in 26
 * hours. An execution of Collect result lasts 25 hours. One of Recognize image lasts 26 hours per
 * upload, and its retries are as many times further apart. A postponed upload is retried every
 * 150 s on average, which is no more often, because there are at most 5 uploads.
 */
export const EVENTS_FOR_RETRIES = 9_600;

/** Two each for Wait and Any left?, and five for Collect chunk as a Task. */
export const EVENTS_PER_ROUND = 9;
/** Other events of a chunk: those of a last round that fails, Close chunk, and both ends. */
export const OTHER_CHUNK_EVENTS = 14;

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

/**
 * Counts the events of a chunk whose items do not end, without retries of AWS faults.
 *
 * @param invocationSeconds duration of each invocation: 0 while polling is paused
 */
export function chunkHistoryEvents(lifetimeSeconds: number, invocationSeconds: number): number {
  let rounds = 0;
  for (let ageSeconds = 0; ageSeconds < lifetimeSeconds; rounds += 1) {
    ageSeconds += invocationSeconds;
    ageSeconds += delayToNextRound(ageSeconds);
  }
  return rounds * EVENTS_PER_ROUND + OTHER_CHUNK_EVENTS;
}

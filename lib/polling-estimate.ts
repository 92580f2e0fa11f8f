import type { PollingPolicy } from '../functions/core/polling-policy.ts';
import { usdOf } from './task-cost.ts';
import { STATES_PER_WAIT, STATES_TO_FAILURE, TYPICAL_SECONDS, walkTask } from './task-walk.ts';

/** Quota of Step Functions, not adjustable: an execution whose history reaches it fails. */
export const HISTORY_LIMIT = 25_000;

/**
 * Entered and exited for each state, and for Fetch result three more: scheduled, started,
 * succeeded.
 */
export const EVENTS_PER_WAIT = 9;
/**
 * Of an execution that waits for nothing and fails, which has the most: 5 + 2 + 5 + 2 + 1, its
 * start and its end.
 */
export const EVENTS_BESIDE_WAITS = 17;

/**
 * Kept for ASL's retries, which take three events each: scheduled, started, failed.
 *
 * Retries of a throttled invocation are 30 s apart on average: 3,000 in the 25 hours of an
 * execution. Were it throttled all that time it would hardly poll, so the two do not come together.
 * An execution that reached the limit would not be lost either: its task is closed as Failed,
 * InternalError, and can be collected anew.
 */
export const EVENTS_FOR_RETRIES = 10_000;

/**
 * The history of an execution that polls so often and leaves the invocation before each poll: none
 * has more without retries.
 */
export function mostHistoryEvents(polls: number): number {
  return polls * EVENTS_PER_WAIT + EVENTS_BESIDE_WAITS;
}

/**
 * What no task exceeds, however Aspose answers and chance falls; retries of AWS faults come on top.
 */
export interface WorstCase {
  readonly polls: number;
  readonly stateTransitions: number;
  readonly historyEvents: number;
  /**
   * What 1,000 such tasks cost on AWS, if a poll takes as long as usual: one that Aspose lets hang
   * costs its seconds.
   */
  readonly usdPer1000Tasks: number;
}

/** What a policy makes of a task that Aspose never finishes. */
export function worstCase(policy: PollingPolicy): WorstCase {
  // Pending for as long as it may be, polled at once and with the shortest gaps: each poll comes as
  // early as it can, so there are as many as there can be. A fault only delays the next.
  const { polls, lambdaSeconds, recordWrites } = walkTask(
    { ...policy, firstPollDelaySeconds: 0 },
    { answer: () => 'Alive', random: () => 0, pollSeconds: 0, invocationSeconds: 0, storeSeconds: 0 },
  );
  // An invocation that begins late may find its hold over: then each poll is made by one of its
  // own.
  const stateTransitions = polls * STATES_PER_WAIT + STATES_TO_FAILURE;
  return {
    polls,
    stateTransitions,
    historyEvents: mostHistoryEvents(polls),
    usdPer1000Tasks:
      1000 *
      usdOf({
        stateTransitions,
        invocations: polls + 1,
        lambdaSeconds:
          lambdaSeconds + polls * (TYPICAL_SECONDS.pollSeconds + TYPICAL_SECONDS.invocationSeconds),
        recordReads: polls + 1,
        recordWrites: recordWrites + polls,
        objectsPut: 0,
        polls,
      }),
  };
}

/**
 * What 1,000 tasks cost on AWS, in US dollars, that Aspose completes so many seconds after their
 * execution's start; chance falls halfway.
 */
export function usdPer1000Completed(policy: PollingPolicy, readyAfterSeconds: number): number {
  return 1000 * usdOf(walkCompleted(policy, readyAfterSeconds));
}

/** The walk behind `usdPer1000Completed`. */
export function walkCompleted(policy: PollingPolicy, readyAfterSeconds: number) {
  return walkTask(policy, {
    answer: (elapsedSeconds) => (elapsedSeconds >= readyAfterSeconds ? 'Completed' : 'Alive'),
    random: () => 0.5,
    ...TYPICAL_SECONDS,
  });
}

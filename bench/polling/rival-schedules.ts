import { POLLING_TIMES } from './courier-schedule.ts';
import type { Schedule, ScheduleOutcome, SimulatedTask } from './schedule.ts';

const { invokeSeconds, pollSeconds, writeRecordSeconds, storeSeconds } = POLLING_TIMES;

interface RivalProps {
  readonly name: string;
  /** Wait before the n-th poll, counted from 1; undefined when the schedule gives up. */
  waitSeconds(n: number): number | undefined;
  /** 3 for Wait, Task and Choice; 1 for a Task that is retried. */
  readonly statesPerPoll: number;
}

/** Simulates one poll per invocation, and at the end one document, one record and one event. */
function rival({ name, waitSeconds, statesPerPoll }: RivalProps): Schedule {
  function collect({ isFinished, onPoll }: SimulatedTask): ScheduleOutcome {
    let nowSeconds = 0;
    for (let polls = 1; ; polls += 1) {
      const wait = waitSeconds(polls);
      if (wait === undefined) return outcomeOf(polls - 1, undefined);
      nowSeconds += wait + invokeSeconds;
      onPoll?.(nowSeconds);
      if (isFinished(nowSeconds, polls)) return outcomeOf(polls, nowSeconds);
      nowSeconds += pollSeconds;
    }
  }
  function outcomeOf(polls: number, foundAtSeconds: number | undefined): ScheduleOutcome {
    const found = foundAtSeconds !== undefined;
    const usage = {
      // The last one publishes the event, or is a Fail state.
      stateTransitions: statesPerPoll * polls + 1,
      invocations: polls,
      lambdaSeconds: polls * pollSeconds + (found ? storeSeconds + writeRecordSeconds : 0),
      recordReads: 0,
      recordWrites: found ? 1 : 0,
      objectsPut: found ? 1 : 0,
      polls,
    };
    return { foundAtSeconds, usage };
  }
  return { name, collect };
}

/** Common alternatives. All except `asl-retry` wait before their first poll, which saves a poll. */
export const RIVALS: readonly Schedule[] = [
  rival({ name: 'tutorial-ten-polls', waitSeconds: (n) => (n <= 10 ? 2 : undefined), statesPerPoll: 3 }),
  rival({
    name: 'tutorial-doubling',
    waitSeconds: (n) => (n <= 10 ? 2 ** (n - 1) : undefined),
    statesPerPoll: 3,
  }),
  rival({ name: 'fixed-2s', waitSeconds: () => 2, statesPerPoll: 3 }),
  rival({ name: 'doubling-capped-60s', waitSeconds: (n) => Math.min(60, 2 ** (n - 1)), statesPerPoll: 3 }),
  // IntervalSeconds 1, BackoffRate 2, MaxDelaySeconds 60, and MaxAttempts for a day.
  rival({
    name: 'asl-retry',
    waitSeconds: (n) => (n === 1 ? 0 : Math.min(60, 2 ** (n - 2))),
    statesPerPoll: 1,
  }),
  // In its favor, this schedule may wait fractions of a second, which a Wait state does not accept.
  rival({
    name: 'growing-1.5x-capped-30s',
    waitSeconds: (n) => Math.min(30, 1.5 ** (n - 1)),
    statesPerPoll: 3,
  }),
];

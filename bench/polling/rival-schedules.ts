import { INVOKE_SECONDS, POLL_SECONDS, RECORD_SECONDS, STORE_SECONDS } from './assumptions.ts';
import type { Collection, Schedule, SimulatedTask } from './schedule.ts';

interface RivalProps {
  readonly name: string;
  /** Before the n-th poll, from 1; undefined when it is given up. */
  waitSeconds(n: number): number | undefined;
  /** States of one round: Wait, Task and Choice, or the Task alone. */
  readonly statesPerPoll: number;
}

/** The usual loop: one poll an invocation; the last one stores the document and a record, and a last state publishes. */
function rival({ name, waitSeconds, statesPerPoll }: RivalProps): Schedule {
  function collect({ isFinished, onPoll }: SimulatedTask): Collection {
    let nowSeconds = 0;
    for (let polls = 1; ; polls += 1) {
      const wait = waitSeconds(polls);
      if (wait === undefined) return end(polls - 1, undefined);
      nowSeconds += wait + INVOKE_SECONDS;
      onPoll?.(nowSeconds);
      if (isFinished(nowSeconds, polls)) return end(polls, nowSeconds);
      nowSeconds += POLL_SECONDS;
    }
  }
  function end(polls: number, foundAtSeconds: number | undefined): Collection {
    const found = foundAtSeconds !== undefined;
    const usage = {
      // With the one that publishes, or a Fail state.
      stateTransitions: statesPerPoll * polls + 1,
      invocations: polls,
      lambdaSeconds: polls * POLL_SECONDS + (found ? STORE_SECONDS + RECORD_SECONDS : 0),
      recordReads: 0,
      recordWrites: found ? 1 : 0,
      objectsPut: found ? 1 : 0,
      polls,
    };
    return { foundAtSeconds, usage };
  }
  return { name, collect };
}

const LOOP = 3;

/** What people write instead. All but ASL Retry wait before their first poll, which saves them a vain one. */
export const RIVALS: readonly Schedule[] = [
  rival({
    name: 'tutorial-ten-polls',
    waitSeconds: (n) => (n <= 10 ? 2 : undefined),
    statesPerPoll: LOOP,
  }),
  rival({
    name: 'tutorial-doubling',
    waitSeconds: (n) => (n <= 10 ? 2 ** (n - 1) : undefined),
    statesPerPoll: LOOP,
  }),
  rival({ name: 'fixed-2s', waitSeconds: () => 2, statesPerPoll: LOOP }),
  rival({
    name: 'doubling-capped-60s',
    waitSeconds: (n) => Math.min(60, 2 ** (n - 1)),
    statesPerPoll: LOOP,
  }),
  // A Task that fails until the result is there. IntervalSeconds 1, BackoffRate 2, MaxDelaySeconds 60; MaxAttempts for a day.
  rival({
    name: 'asl-retry',
    waitSeconds: (n) => (n === 1 ? 0 : Math.min(60, 2 ** (n - 2))),
    statesPerPoll: 1,
  }),
  // Fractions of a second, which a Wait state does not take.
  rival({
    name: 'growing-1.5x-capped-30s',
    waitSeconds: (n) => Math.min(30, 1.5 ** (n - 1)),
    statesPerPoll: LOOP,
  }),
];

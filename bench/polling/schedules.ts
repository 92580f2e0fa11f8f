import type { PollingOverrides } from '../../functions/core/polling-policy.ts';
import type { TaskUsage } from '../costs/task-cost.ts';
import { type AssumedTimes, collectSimulated } from '../simulated-collection.ts';

/** One task to collect. */
interface SimulatedTask {
  /** Receives each poll at its time, in seconds from the submission. */
  isFinished(atSeconds: number): boolean;
  /** Returns a number in [0, 1). */
  random(): number;
}

/** A way to poll. */
export interface Schedule {
  /** The key of its figures in `--json`. */
  readonly name: string;
  /** Polls until the task is finished or the schedule gives up. */
  collect(task: SimulatedTask): Promise<TaskUsage> | TaskUsage;
}

/** Assumed for our schedules and for the rivals. */
const TIMES = {
  invokeSeconds: 0.05,
  pollSeconds: 0.15,
  readRecordSeconds: 0.01,
  writeRecordSeconds: 0.01,
  storeSeconds: 0.1,
} as const satisfies AssumedTimes;

/** Runs the deployed use case, so this is the schedule of ocr-courier itself. */
export function courierSchedule(name: string, polling: PollingOverrides, startedAfterSeconds = 0): Schedule {
  return {
    name,
    collect: ({ isFinished, random }) =>
      collectSimulated({
        polling,
        times: TIMES,
        startedAfterSeconds,
        respond: (atSeconds) => (isFinished(atSeconds) ? 'Completed' : 'Pending'),
        random,
      }),
  };
}

interface RivalProps {
  readonly name: string;
  /** Wait before the n-th poll, counted from 1. */
  waitSeconds(n: number): number;
  /** The schedule gives up after this many polls. @default - never */
  readonly maxPolls?: number;
  /** 3 for Wait, Task and Choice; 1 for a Task that is retried. @default 3 */
  readonly statesPerPoll?: number;
}

/** Simulates one poll per invocation. A finished task stores one document and one record. */
function rival(props: RivalProps): Schedule {
  const { name, waitSeconds, maxPolls = Number.POSITIVE_INFINITY, statesPerPoll = 3 } = props;
  function collect({ isFinished }: SimulatedTask): TaskUsage {
    let nowSeconds = 0;
    let polls = 0;
    let isFound = false;
    while (!isFound && polls < maxPolls) {
      polls += 1;
      nowSeconds += waitSeconds(polls) + TIMES.invokeSeconds;
      isFound = isFinished(nowSeconds);
      nowSeconds += TIMES.pollSeconds;
    }
    return {
      // The last state publishes the event, or is a Fail state.
      stateTransitions: statesPerPoll * polls + 1,
      invocations: polls,
      lambdaSeconds:
        polls * TIMES.pollSeconds + (isFound ? TIMES.storeSeconds + TIMES.writeRecordSeconds : 0),
      recordReads: 0,
      recordWrites: isFound ? 1 : 0,
      objectsPut: isFound ? 1 : 0,
      polls,
    };
  }
  return { name, collect };
}

/** Common alternatives. All except `asl-retry` wait before their first poll, which saves a poll. */
export const RIVALS: readonly Schedule[] = [
  rival({ name: 'tutorial-ten-polls', waitSeconds: () => 2, maxPolls: 10 }),
  rival({ name: 'tutorial-doubling', waitSeconds: (n) => 2 ** (n - 1), maxPolls: 10 }),
  rival({ name: 'fixed-2s', waitSeconds: () => 2 }),
  rival({ name: 'doubling-capped-60s', waitSeconds: (n) => Math.min(60, 2 ** (n - 1)) }),
  // IntervalSeconds 1, BackoffRate 2, MaxDelaySeconds 60, and enough MaxAttempts for a day.
  rival({
    name: 'asl-retry',
    waitSeconds: (n) => (n === 1 ? 0 : Math.min(60, 2 ** (n - 2))),
    statesPerPoll: 1,
  }),
  // In its favor, this schedule may wait fractions of a second, which a Wait state does not accept.
  rival({ name: 'growing-1.5x-capped-30s', waitSeconds: (n) => Math.min(30, 1.5 ** (n - 1)) }),
];

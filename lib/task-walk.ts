import { nextPoll, type PollingPolicy, RESULT_LIFETIME_SECONDS } from '../functions/core/polling-policy.ts';
import type { TaskUsage } from './task-cost.ts';

/** What a poll brings: no end yet, a result, another end, or nothing usable. */
export type PollAnswer = 'Alive' | 'Completed' | 'Failed' | 'Fault';

/** What a task meets with; times in seconds from the start of its execution. */
export interface TaskCourse {
  answer(elapsedSeconds: number): PollAnswer;
  /** A number in [0, 1). */
  random(): number;
  /** Between the submission and the start, where it is known. @default 0 */
  readonly submittedBeforeStartSeconds?: number;
  /** How long a poll takes. */
  readonly pollSeconds: number;
  /**
   * What an invocation takes beside its polls and sleeps: it reads and writes the record, and may
   * start cold.
   */
  readonly invocationSeconds: number;
  /** How long storing a result takes. */
  readonly storeSeconds: number;
}

/**
 * Assumed where nothing was measured: AWS's own calls take some ten milliseconds each, Aspose's a
 * few hundred.
 */
export const TYPICAL_SECONDS = { pollSeconds: 0.3, invocationSeconds: 0.1, storeSeconds: 0.2 } as const;

/** A task between two invocations. */
export interface TaskProgress {
  readonly attempts: number;
  readonly faultsInARow: number;
  /** Whether the next poll is due, as it was scheduled by the invocation before. */
  readonly scheduled: boolean;
}

export const NO_PROGRESS: TaskProgress = { attempts: 0, faultsInARow: 0, scheduled: false };

/** Faults in a row that end a task, those of the kind that may come most often. */
const MOST_FAULTS_IN_A_ROW = 12;

/** What one invocation of the fetch Lambda does. */
export interface WalkedInvocation {
  readonly progress: TaskProgress;
  readonly seconds: number;
  readonly recordWrites: number;
  /** What the Wait state is told; absent when the task has ended. */
  readonly waitSeconds?: number;
  /** Whether it ended with a result. */
  readonly completed: boolean;
}

/**
 * Walks one invocation, as `collectTask` makes it: polls while it holds, then ends or leaves the
 * wait to the state machine.
 */
export function walkInvocation(
  policy: PollingPolicy,
  course: TaskCourse,
  startSeconds: number,
  progress: TaskProgress,
): WalkedInvocation {
  const { submittedBeforeStartSeconds = 0 } = course;
  let { attempts, faultsInARow } = progress;
  let elapsedSeconds = startSeconds + course.invocationSeconds;
  // The claim.
  let recordWrites = 1;
  const next = () =>
    nextPoll(
      policy,
      {
        attempts,
        elapsedSeconds,
        submittedBeforeStartSeconds,
        resultLostAfterSeconds: RESULT_LIFETIME_SECONDS - submittedBeforeStartSeconds,
        faultsInARow,
      },
      course.random(),
    );
  const done = (waitSeconds?: number, completed = false): WalkedInvocation => ({
    progress: { attempts, faultsInARow, scheduled: true },
    seconds: elapsedSeconds - startSeconds,
    recordWrites,
    ...(waitSeconds !== undefined && { waitSeconds }),
    completed,
  });

  let planned = progress.scheduled ? ({ kind: 'Poll', delaySeconds: 0, hold: true } as const) : next();
  for (let polls = 0; planned.kind === 'Poll'; polls += 1) {
    if (polls > 0 || !planned.hold) recordWrites += 1;
    if (!planned.hold) return done(Math.max(1, Math.ceil(planned.delaySeconds)));
    elapsedSeconds += planned.delaySeconds;
    const answer = course.answer(elapsedSeconds);
    elapsedSeconds += course.pollSeconds;
    attempts += 1;
    faultsInARow = answer === 'Fault' ? faultsInARow + 1 : 0;
    const completed = answer === 'Completed';
    if (completed) elapsedSeconds += course.storeSeconds;
    if (completed || answer === 'Failed' || faultsInARow >= MOST_FAULTS_IN_A_ROW) {
      recordWrites += 1;
      return done(undefined, completed);
    }
    planned = next();
  }
  recordWrites += 1;
  return done();
}

/** A task from its start to its end. */
export interface WalkedTask extends TaskUsage {
  /** Times that the state machine waited: each is one loop of Wait, Fetch and Choice. */
  readonly waits: number;
  /** From the start of the execution to the end of the last invocation. */
  readonly seconds: number;
}

/**
 * States beside the loops: fetch and choose, then publish; for a task that was not Completed,
 * choose again and fail.
 */
const STATES_TO_COMPLETION = 3;
export const STATES_TO_FAILURE = 5;
export const STATES_PER_WAIT = 3;
/** One document and the manifest. */
const OBJECTS_PUT = 2;

/** Walks a whole task, without AWS faults: what the state machine does of it, and what it uses. */
export function walkTask(policy: PollingPolicy, course: TaskCourse): WalkedTask {
  let progress = NO_PROGRESS;
  let seconds = 0;
  let lambdaSeconds = 0;
  let recordWrites = 0;
  for (let waits = 0; ; waits += 1) {
    const invocation = walkInvocation(policy, course, seconds, progress);
    ({ progress } = invocation);
    seconds += invocation.seconds;
    lambdaSeconds += invocation.seconds;
    recordWrites += invocation.recordWrites;
    if (invocation.waitSeconds === undefined) {
      const { completed } = invocation;
      return {
        waits,
        seconds,
        lambdaSeconds,
        recordWrites,
        stateTransitions: waits * STATES_PER_WAIT + (completed ? STATES_TO_COMPLETION : STATES_TO_FAILURE),
        invocations: waits + 1,
        recordReads: waits + 1,
        objectsPut: completed ? OBJECTS_PUT : 0,
        polls: progress.attempts,
      };
    }
    seconds += invocation.waitSeconds;
  }
}

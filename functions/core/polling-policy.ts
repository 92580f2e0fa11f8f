import { DEFAULT_PRESET, type PollingPreset } from '../contracts/polling-presets.ts';

/**
 * Decides when to poll next: a pure function of the policy and of the task's history.
 *
 * The best gap grows as an end becomes less likely. For log-normal task durations, a gap
 * proportional to the fourth root of the task's age is close to the optimum, for medians from 1 s
 * to 30 s (docs/design/performance.md). Older tasks get a gap proportional to their age, and very
 * old ones a growing share of it, which bounds their polls.
 *
 * A poll inside the invocation costs a little Lambda time. A poll in a new invocation costs a
 * Wait-Fetch-Choice loop, as much as 22 s of a 256 MB arm64 Lambda. So during the first
 * `holdSeconds` the invocation sleeps through short gaps, and the state machine waits for all
 * others.
 */

export interface PollingPolicy {
  /**
   * Delay of the first poll after submittedAt, or else after the start. Up to `SPREAD_SECONDS` is
   * added.
   */
  readonly firstPollDelaySeconds: number;
  /** How long after the start the invocation sleeps through short gaps. */
  readonly holdSeconds: number;
  /** The gap is this times the fourth root of the task's age in seconds, ... */
  readonly gapSeconds: number;
  /**
   * ... or this share of the age, if longer. After `LATE_SECONDS` the share grows with the square
   * root of the age.
   */
  readonly gapShare: number;
  /** Bounds of the gaps that the state machine waits for. */
  readonly minWaitSeconds: number;
  readonly maxWaitSeconds: number;
  /** Time from the start to the deadline. */
  readonly timeoutSeconds: number;
  /** Maximum number of polls. */
  readonly maxPolls: number;
}

/** The fields of a policy that a caller may set for one task. */
export type PollingOverrides = { readonly preset?: PollingPreset | undefined } & {
  readonly [field in 'firstPollDelaySeconds' | 'holdSeconds' | 'timeoutSeconds' | 'maxPolls']?:
    | number
    | undefined;
};

/** Aspose keeps a result for this long after the submission (vendor docs). */
export const RESULT_LIFETIME_SECONDS = 24 * 60 * 60;

/**
 * First polls are spread over this time, so that a thousand tasks started together do not poll
 * together.
 */
export const SPREAD_SECONDS = 1;

// Each maxPolls covers a task that stays Pending for 24 hours, and leaves room for faults.
export const PRESETS: Readonly<Record<PollingPreset, PollingPolicy>> = {
  frugal: {
    firstPollDelaySeconds: 2,
    holdSeconds: 200,
    gapSeconds: 2,
    gapShare: 0.08,
    minWaitSeconds: 20,
    maxWaitSeconds: 3600,
    timeoutSeconds: RESULT_LIFETIME_SECONDS,
    maxPolls: 150,
  },
  balanced: {
    firstPollDelaySeconds: 1,
    holdSeconds: 200,
    gapSeconds: 1.35,
    gapShare: 0.02,
    minWaitSeconds: 8,
    maxWaitSeconds: 3600,
    timeoutSeconds: RESULT_LIFETIME_SECONDS,
    maxPolls: 400,
  },
  eager: {
    firstPollDelaySeconds: 0.4,
    holdSeconds: 200,
    gapSeconds: 0.85,
    gapShare: 0.02,
    minWaitSeconds: 5,
    maxWaitSeconds: 1800,
    timeoutSeconds: RESULT_LIFETIME_SECONDS,
    maxPolls: 500,
  },
};

/** The policy of one task: the stack's configuration, overridden by the task's own values. */
export function resolvePolicy(configured: PollingOverrides, requested: PollingOverrides = {}): PollingPolicy {
  // A task's own preset replaces the stack's preset and the values that override it.
  const base = requested.preset === undefined ? configured : {};
  const preset = PRESETS[requested.preset ?? configured.preset ?? DEFAULT_PRESET];
  const pick = (field: 'firstPollDelaySeconds' | 'holdSeconds' | 'timeoutSeconds' | 'maxPolls') =>
    requested[field] ?? base[field] ?? preset[field];
  return {
    ...preset,
    firstPollDelaySeconds: pick('firstPollDelaySeconds'),
    holdSeconds: pick('holdSeconds'),
    timeoutSeconds: pick('timeoutSeconds'),
    maxPolls: pick('maxPolls'),
  };
}

/** The history of a task so far. */
export interface PollContext {
  /** Number of polls. */
  readonly attempts: number;
  /** Time since the collection started. */
  readonly elapsedSeconds: number;
  /** Time from the start until Aspose deletes the result. */
  readonly resultLostAfterSeconds: number;
  /** Time between the submission and the start of the collection; 0 when unknown. */
  readonly submittedBeforeStartSeconds: number;
  /** Number of faulty polls in a row. */
  readonly faultsInARow: number;
  /** The Retry-After header of the last response. */
  readonly retryAfterSeconds?: number | undefined;
}

/** When to poll next, or why not to poll again. */
export type NextPoll =
  | {
      readonly kind: 'Poll';
      readonly delaySeconds: number;
      /** True: sleep in the invocation. False: wait in the state machine. */
      readonly hold: boolean;
    }
  | { readonly kind: 'Stop'; readonly reason: 'Deadline' | 'PollBudget' };

/**
 * The time of the last poll, in seconds from the start. Every task gets at least one poll, however
 * late it starts.
 */
export function deadlineSeconds(policy: PollingPolicy, context: PollContext): number {
  return Math.max(0, Math.min(policy.timeoutSeconds, context.resultLostAfterSeconds));
}

/**
 * A delay this short is always slept in the invocation, and leaves no time for another poll before
 * the deadline.
 */
const SHORT_DELAY_SECONDS = 1;

/** A longer sleep costs more than a loop of the state machine. */
const LONGEST_HELD_SECONDS = 20;

/**
 * Schedules the next poll.
 *
 * @param random a number in [0, 1) that spreads the polls of tasks that started together
 */
export function nextPoll(policy: PollingPolicy, context: PollContext, random: number): NextPoll {
  const { attempts, elapsedSeconds } = context;
  const remainingSeconds = deadlineSeconds(policy, context) - elapsedSeconds;
  if (attempts > 0 && remainingSeconds < SHORT_DELAY_SECONDS) return { kind: 'Stop', reason: 'Deadline' };
  if (attempts >= policy.maxPolls) return { kind: 'Stop', reason: 'PollBudget' };

  const earliestSeconds = Math.max(
    plainDelaySeconds(policy, context, random),
    faultDelaySeconds(context.faultsInARow),
    // All tasks may have received the same Retry-After.
    context.retryAfterSeconds === undefined ? 0 : context.retryAfterSeconds + SPREAD_SECONDS * random,
  );
  // The last poll is made at the deadline itself, because the result may arrive in the last gap.
  const delaySeconds = Math.max(0, Math.min(earliestSeconds, remainingSeconds));
  if (delaySeconds <= SHORT_DELAY_SECONDS || isHeld(policy, elapsedSeconds, delaySeconds)) {
    return { kind: 'Poll', delaySeconds, hold: true };
  }
  // The Wait state takes whole seconds, and no wait may pass the deadline.
  const wholeSeconds = Math.min(Math.ceil(delaySeconds), Math.floor(remainingSeconds));
  return { kind: 'Poll', delaySeconds: wholeSeconds, hold: false };
}

/**
 * When an execution that joined another collection reads the record again: at the times of its own
 * policy.
 */
export function nextCheck(
  policy: PollingPolicy,
  elapsedSeconds: number,
  random: number,
): Extract<NextPoll, { kind: 'Poll' }> {
  const delaySeconds = gapSeconds(policy, elapsedSeconds, elapsedSeconds, random);
  const hold = isHeld(policy, elapsedSeconds, delaySeconds);
  return { kind: 'Poll', delaySeconds: hold ? delaySeconds : Math.ceil(delaySeconds), hold };
}

function plainDelaySeconds(policy: PollingPolicy, context: PollContext, random: number): number {
  const { attempts, elapsedSeconds, submittedBeforeStartSeconds } = context;
  if (attempts === 0) {
    const dueSeconds = policy.firstPollDelaySeconds - submittedBeforeStartSeconds - elapsedSeconds;
    return Math.max(0, dueSeconds) + SPREAD_SECONDS * random;
  }
  return gapSeconds(policy, elapsedSeconds, elapsedSeconds + submittedBeforeStartSeconds, random);
}

function isHeld(policy: PollingPolicy, elapsedSeconds: number, delaySeconds: number): boolean {
  return delaySeconds <= LONGEST_HELD_SECONDS && elapsedSeconds + delaySeconds <= policy.holdSeconds;
}

/** About 1 % of tasks with a 30 s median finish later than this. */
const LATE_SECONDS = 600;

/**
 * The gap between two polls, with a jitter of 10 % so that tasks that started together drift apart.
 */
function gapSeconds(
  policy: PollingPolicy,
  elapsedSeconds: number,
  ageSeconds: number,
  random: number,
): number {
  const jitter = 0.9 + 0.2 * random;
  // The first second uses the gap of age 1 s, however early the first poll was.
  const rootSeconds = policy.gapSeconds * Math.max(1, ageSeconds) ** 0.25;
  const shareSeconds = policy.gapShare * ageSeconds * Math.sqrt(Math.max(1, ageSeconds / LATE_SECONDS));
  const plainSeconds = Math.max(rootSeconds, shareSeconds) * jitter;
  if (isHeld(policy, elapsedSeconds, plainSeconds)) return plainSeconds;
  return Math.min(policy.maxWaitSeconds * jitter, Math.max(policy.minWaitSeconds * jitter, plainSeconds));
}

/** Exponential backoff after faults: 2 s, doubling up to 15 minutes. */
function faultDelaySeconds(faultsInARow: number): number {
  return faultsInARow === 0 ? 0 : Math.min(900, 2 ** faultsInARow);
}

/**
 * When to poll next: a pure function of the policy and of what has happened so far.
 *
 * A poll inside the invocation costs a little Lambda time; one outside costs a Wait-Fetch-Choice loop, as much as
 * 22 s of a 256 MB arm64 Lambda. So polls begin inside the first invocation, with gaps that grow as the square root
 * of their number (close to the best possible for the log-normal durations of such tasks), for `holdSeconds`;
 * after that each gap is a share of the time that has passed, and is waited out by the state machine.
 */

export const POLLING_PRESETS = ['frugal', 'balanced', 'eager'] as const;
export type PollingPreset = (typeof POLLING_PRESETS)[number];

export interface PollingPolicy {
  /** From the submission (if its time is known, else the start) to the first poll, before `SPREAD_SECONDS`. */
  readonly firstPollDelaySeconds: number;
  /** How long after the start polls may be made without leaving the invocation. */
  readonly holdSeconds: number;
  /** While holding, the gap after the n-th poll is this times the square root of n. */
  readonly holdGapSeconds: number;
  /** After the hold, a gap is this share of the time passed since the start, within the two bounds below. */
  readonly waitShare: number;
  readonly minWaitSeconds: number;
  readonly maxWaitSeconds: number;
  /** From the start to the deadline. */
  readonly timeoutSeconds: number;
  /** How many polls a task may cost. */
  readonly maxPolls: number;
}

/** The fields of a policy that a caller may set for one task. */
export type PollingOverrides = { readonly preset?: PollingPreset | undefined } & {
  readonly [field in 'firstPollDelaySeconds' | 'holdSeconds' | 'timeoutSeconds' | 'maxPolls']?:
    | number
    | undefined;
};

/** How long Aspose keeps a result, counted from the submission. */
export const RESULT_LIFETIME_SECONDS = 24 * 60 * 60;

/** First polls are spread over this time, so that a thousand tasks started at once do not arrive at once. */
export const SPREAD_SECONDS = 1;

// maxPolls of each preset leaves room for faults above what a task needs that stays Pending for 24 hours.
export const PRESETS: Readonly<Record<PollingPreset, PollingPolicy>> = {
  frugal: {
    firstPollDelaySeconds: 2,
    holdSeconds: 45,
    holdGapSeconds: 2,
    waitShare: 0.4,
    minWaitSeconds: 15,
    maxWaitSeconds: 3600,
    timeoutSeconds: RESULT_LIFETIME_SECONDS,
    maxPolls: 80,
  },
  balanced: {
    firstPollDelaySeconds: 0.8,
    holdSeconds: 60,
    holdGapSeconds: 1,
    waitShare: 0.15,
    minWaitSeconds: 10,
    maxWaitSeconds: 3600,
    timeoutSeconds: RESULT_LIFETIME_SECONDS,
    maxPolls: 150,
  },
  eager: {
    firstPollDelaySeconds: 0.2,
    holdSeconds: 60,
    holdGapSeconds: 0.55,
    waitShare: 0.12,
    minWaitSeconds: 5,
    maxWaitSeconds: 1800,
    timeoutSeconds: RESULT_LIFETIME_SECONDS,
    maxPolls: 250,
  },
};

export const DEFAULT_PRESET: PollingPreset = 'balanced';

/** The policy of one task: the stack's configuration, overlaid by the task's own wishes. */
export function resolvePolicy(configured: PollingOverrides, wished: PollingOverrides = {}): PollingPolicy {
  // A preset named by the task replaces the stack's preset together with the values laid over it.
  const base = wished.preset === undefined ? configured : {};
  const preset = PRESETS[wished.preset ?? configured.preset ?? DEFAULT_PRESET];
  const pick = (field: 'firstPollDelaySeconds' | 'holdSeconds' | 'timeoutSeconds' | 'maxPolls') =>
    wished[field] ?? base[field] ?? preset[field];
  return {
    ...preset,
    firstPollDelaySeconds: pick('firstPollDelaySeconds'),
    holdSeconds: pick('holdSeconds'),
    timeoutSeconds: pick('timeoutSeconds'),
    maxPolls: pick('maxPolls'),
  };
}

/** What has happened to a task so far; times in seconds. */
export interface PollingSituation {
  /** Polls made. */
  readonly attempts: number;
  /** Since the collection started. */
  readonly elapsedSeconds: number;
  /** From the start to the moment after which nothing can be fetched, when the submission's time is known. */
  readonly resultLostAfterSeconds: number;
  /** Between the submission and the start of the collection; 0 when unknown. */
  readonly submittedBeforeStartSeconds: number;
  /** Faulty answers in a row. */
  readonly faultsInARow: number;
  /** What a Retry-After header asked for. */
  readonly retryAfterSeconds?: number | undefined;
}

/** Either when to poll next, or why not to poll again. */
export type NextPoll =
  | {
      readonly kind: 'Poll';
      readonly delaySeconds: number;
      /** Whether to wait inside the invocation rather than in the state machine. */
      readonly hold: boolean;
    }
  | { readonly kind: 'Stop'; readonly reason: 'Deadline' | 'PollBudget' };

/** The moment of the last poll, in seconds from the start. Each task gets one poll, however late it comes. */
export function deadlineSeconds(policy: PollingPolicy, situation: PollingSituation): number {
  return Math.max(0, Math.min(policy.timeoutSeconds, situation.resultLostAfterSeconds));
}

/** A delay this short is slept through, or not worth another poll before the deadline. */
const SHORT_DELAY_SECONDS = 1;

/**
 * The next poll.
 *
 * @param random a number in [0, 1), which spreads first polls and keeps the later ones of a herd apart
 */
export function nextPoll(policy: PollingPolicy, situation: PollingSituation, random: number): NextPoll {
  const { attempts, elapsedSeconds } = situation;
  const remainingSeconds = deadlineSeconds(policy, situation) - elapsedSeconds;
  if (attempts > 0 && remainingSeconds < SHORT_DELAY_SECONDS) return { kind: 'Stop', reason: 'Deadline' };
  if (attempts >= policy.maxPolls) return { kind: 'Stop', reason: 'PollBudget' };

  const wantedSeconds = Math.max(
    plainDelaySeconds(policy, situation, random),
    faultDelaySeconds(situation.faultsInARow),
    // Everyone may have been told the same moment.
    situation.retryAfterSeconds === undefined ? 0 : situation.retryAfterSeconds + SPREAD_SECONDS * random,
  );
  // The last poll falls on the deadline itself: the result may have come in the last gap.
  const delaySeconds = Math.max(0, Math.min(wantedSeconds, remainingSeconds));
  if (delaySeconds <= SHORT_DELAY_SECONDS || elapsedSeconds + delaySeconds <= policy.holdSeconds) {
    return { kind: 'Poll', delaySeconds, hold: true };
  }
  // The Wait state takes whole seconds, and none may lead past the deadline.
  const wholeSeconds = Math.min(Math.ceil(delaySeconds), Math.floor(remainingSeconds));
  return { kind: 'Poll', delaySeconds: wholeSeconds, hold: false };
}

/** When an execution that joined another's collection looks at the record again: as if it were polling itself. */
export function nextLook(
  policy: PollingPolicy,
  elapsedSeconds: number,
  random: number,
): Extract<NextPoll, { kind: 'Poll' }> {
  const delaySeconds = gapSeconds(policy, 1, elapsedSeconds, random);
  const hold = elapsedSeconds + delaySeconds <= policy.holdSeconds;
  return { kind: 'Poll', delaySeconds: hold ? delaySeconds : Math.ceil(delaySeconds), hold };
}

function plainDelaySeconds(policy: PollingPolicy, situation: PollingSituation, random: number): number {
  const { attempts, elapsedSeconds, submittedBeforeStartSeconds } = situation;
  if (attempts === 0) {
    const dueSeconds = policy.firstPollDelaySeconds - submittedBeforeStartSeconds - elapsedSeconds;
    return Math.max(0, dueSeconds) + SPREAD_SECONDS * random;
  }
  return gapSeconds(policy, attempts, elapsedSeconds, random);
}

/** The gap after the n-th poll, a tenth more or less: what started together drifts apart. */
function gapSeconds(policy: PollingPolicy, n: number, elapsedSeconds: number, random: number): number {
  const jitter = 0.9 + 0.2 * random;
  const holdGapSeconds = policy.holdGapSeconds * Math.sqrt(n) * jitter;
  if (elapsedSeconds + holdGapSeconds <= policy.holdSeconds) return holdGapSeconds;
  const shareSeconds = Math.max(policy.minWaitSeconds, policy.waitShare * elapsedSeconds);
  return Math.min(policy.maxWaitSeconds, shareSeconds) * jitter;
}

/** Doubling from 2 s, as the vendor needs rest rather than attention; at most a quarter of an hour. */
function faultDelaySeconds(faultsInARow: number): number {
  return faultsInARow === 0 ? 0 : Math.min(900, 2 ** faultsInARow);
}

/**
 * When to poll next: a pure function of the policy and of what has happened so far.
 *
 * The best gap grows as the likelihood of an end falls. For the log-normal durations of such tasks the fourth root of the
 * task's age comes close, whether they take a second or half a minute: docs/design/performance.md. Older tasks get a share
 * of their age instead, and very old ones a growing share, which bounds the polls of one that never ends.
 *
 * A poll inside the invocation costs a little Lambda time; one outside costs a Wait-Fetch-Choice loop, as much as
 * 22 s of a 256 MB arm64 Lambda. So for `holdSeconds` gaps that are shorter than that are slept through inside the
 * invocation; all others are waited out by the state machine.
 */

export const POLLING_PRESETS = ['frugal', 'balanced', 'eager'] as const;
export type PollingPreset = (typeof POLLING_PRESETS)[number];

export interface PollingPolicy {
  /** From the submission (if its time is known, else the start) to the first poll, before `SPREAD_SECONDS`. */
  readonly firstPollDelaySeconds: number;
  /** How long after the start short gaps are slept through inside the invocation. */
  readonly holdSeconds: number;
  /** A gap is this times the fourth root of the task's age in seconds, ... */
  readonly gapSeconds: number;
  /** ... or this share of the age, whichever is longer; past `LATE_SECONDS` the share grows as the age's square root. */
  readonly gapShare: number;
  /** Bounds of the gaps after the hold. */
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
export interface PollContext {
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
export function deadlineSeconds(policy: PollingPolicy, context: PollContext): number {
  return Math.max(0, Math.min(policy.timeoutSeconds, context.resultLostAfterSeconds));
}

/** A delay this short is slept through, or not worth another poll before the deadline. */
const SHORT_DELAY_SECONDS = 1;

/** To sleep longer than this costs more than a loop of the state machine. */
const LONGEST_HELD_SECONDS = 20;

/**
 * The next poll.
 *
 * @param random a number in [0, 1), which spreads first polls and keeps the later ones of a herd apart
 */
export function nextPoll(policy: PollingPolicy, context: PollContext, random: number): NextPoll {
  const { attempts, elapsedSeconds } = context;
  const remainingSeconds = deadlineSeconds(policy, context) - elapsedSeconds;
  if (attempts > 0 && remainingSeconds < SHORT_DELAY_SECONDS) return { kind: 'Stop', reason: 'Deadline' };
  if (attempts >= policy.maxPolls) return { kind: 'Stop', reason: 'PollBudget' };

  const wantedSeconds = Math.max(
    plainDelaySeconds(policy, context, random),
    faultDelaySeconds(context.faultsInARow),
    // Everyone may have been told the same moment.
    context.retryAfterSeconds === undefined ? 0 : context.retryAfterSeconds + SPREAD_SECONDS * random,
  );
  // The last poll falls on the deadline itself: the result may have come in the last gap.
  const delaySeconds = Math.max(0, Math.min(wantedSeconds, remainingSeconds));
  if (delaySeconds <= SHORT_DELAY_SECONDS || isHeld(policy, elapsedSeconds, delaySeconds)) {
    return { kind: 'Poll', delaySeconds, hold: true };
  }
  // The Wait state takes whole seconds, and none may lead past the deadline.
  const wholeSeconds = Math.min(Math.ceil(delaySeconds), Math.floor(remainingSeconds));
  return { kind: 'Poll', delaySeconds: wholeSeconds, hold: false };
}

/** When an execution that joined another's collection looks at the record again: as if it were polling itself. */
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

/** Later than this few tasks end that end at all; at a median of 30 s, one of a hundred. */
const LATE_SECONDS = 600;

/** The gap between two polls, a tenth more or less: what started together drifts apart. */
function gapSeconds(
  policy: PollingPolicy,
  elapsedSeconds: number,
  ageSeconds: number,
  random: number,
): number {
  const jitter = 0.9 + 0.2 * random;
  // Not shorter in the first second, however early the first poll was.
  const rootSeconds = policy.gapSeconds * Math.max(1, ageSeconds) ** 0.25;
  const shareSeconds = policy.gapShare * ageSeconds * Math.sqrt(Math.max(1, ageSeconds / LATE_SECONDS));
  const plainSeconds = Math.max(rootSeconds, shareSeconds) * jitter;
  if (isHeld(policy, elapsedSeconds, plainSeconds)) return plainSeconds;
  return Math.min(policy.maxWaitSeconds * jitter, Math.max(policy.minWaitSeconds * jitter, plainSeconds));
}

/** Doubling from 2 s, as the vendor needs rest rather than attention; at most a quarter of an hour. */
function faultDelaySeconds(faultsInARow: number): number {
  return faultsInARow === 0 ? 0 : Math.min(900, 2 ** faultsInARow);
}

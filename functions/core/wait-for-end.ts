/**
 * Lets a request wait for the end of a task, an image or a batch, by reading its record repeatedly.
 *
 * A waiting request occupies an invocation. So it needs one of a fixed number of slots, which all
 * invocations share.
 */

/** Longest wait: API Gateway ends a request after 30 seconds. */
export const MAX_WAIT_SECONDS = 25;

/**
 * Part of the invocation that no wait uses: for the last read, freeing the slot, and the response.
 * Each of the two calls takes at most `WAITING_CLIENT` allows.
 */
export const RESPONSE_RESERVE_SECONDS = 3.5;

/** Bounds of the time between two reads. */
const MIN_READ_SECONDS = 0.5;
const MAX_READ_SECONDS = 2;

/** Time from the start of a poll to the record of its outcome, if Aspose responds quickly. */
const POLL_SECONDS_USUALLY = 0.5;

/**
 * Computes when to read again. Right after an end becomes possible, reads are frequent; then each
 * gap is half of the time since.
 *
 * @param sinceSeconds time since an end is possible; negative while the next poll is in the future
 */
export function nextReadSeconds(sinceSeconds: number): number {
  const seconds = sinceSeconds < 0 ? POLL_SECONDS_USUALLY - sinceSeconds : sinceSeconds / 2;
  return Math.min(MAX_READ_SECONDS, Math.max(MIN_READ_SECONDS, seconds));
}

/** Frees a slot. */
export type FreeSlot = () => Promise<void>;

/** Limits how many requests wait at the same time. */
export interface WaitingSlots {
  /**
   * Takes a slot, which becomes free after this time at the latest.
   *
   * @returns undefined when no slot was found
   */
  take(seconds: number): Promise<FreeSlot | undefined>;
}

export interface WaitForEndPorts {
  readonly slots: WaitingSlots;
  /** Epoch milliseconds. */
  now(): number;
  sleep(seconds: number): Promise<void>;
  /** Time left in this invocation. */
  remainingSeconds(): number;
}

/** The state of a task, an image or a batch, and how to follow it. */
export interface FollowedState<State> {
  readonly first: State;
  read(): Promise<State>;
  isEnded(state: State): boolean;
  /** When the state may change next: ISO 8601. */
  nextChangeAt(state: State): string | undefined;
}

export interface WaitedState<State> {
  readonly state: State;
  /**
   * The wait, if the state has ended or the wait is over. Undefined if the request could not wait.
   */
  readonly appliedSeconds?: number;
  /** Time for which the request waited. */
  readonly waitedSeconds?: number;
  /** Name of an error of AWS that disturbed the wait. */
  readonly fault?: string;
}

/**
 * Waits until the state has ended, at most for the given time. Waiting is a courtesy: no fault of
 * AWS fails the request.
 *
 * @param waitSeconds whole seconds, at most `MAX_WAIT_SECONDS`
 */
export async function waitForEnd<State>(
  followed: FollowedState<State>,
  waitSeconds: number,
  ports: WaitForEndPorts,
): Promise<WaitedState<State>> {
  const { first, isEnded } = followed;
  if (isEnded(first) || waitSeconds === 0) return { state: first, appliedSeconds: waitSeconds };
  const taken = await takeSlot(ports);
  if (taken.free === undefined) return { state: first, ...taken };
  const { free } = taken;
  const leftSeconds = Math.floor(ports.remainingSeconds() - RESPONSE_RESERVE_SECONDS);
  const appliedSeconds = Math.min(waitSeconds, leftSeconds);
  const startedAt = ports.now();
  try {
    const followedState = await followUntil(followed, startedAt, appliedSeconds, ports);
    const waitedSeconds = (ports.now() - startedAt) / 1000;
    return { ...followedState, ...(appliedSeconds > 0 && { appliedSeconds, waitedSeconds }) };
  } finally {
    // The slot becomes free by itself otherwise.
    await free().catch(() => {});
  }
}

async function takeSlot({ slots, remainingSeconds }: WaitForEndPorts) {
  try {
    return { free: await slots.take(remainingSeconds()) };
  } catch (error) {
    return { free: undefined, fault: nameOf(error) };
  }
}

async function followUntil<State>(
  { first, read, isEnded, nextChangeAt }: FollowedState<State>,
  startedAt: number,
  seconds: number,
  { now, sleep }: WaitForEndPorts,
): Promise<Pick<WaitedState<State>, 'state' | 'fault'>> {
  let state = first;
  let fault: string | undefined;
  for (;;) {
    const leftSeconds = seconds - (now() - startedAt) / 1000;
    if (leftSeconds <= 0) break;
    const possibleAt = Math.max(startedAt, Date.parse(nextChangeAt(state) ?? '') || startedAt);
    const delaySeconds = nextReadSeconds((now() - possibleAt) / 1000);
    // The last read is at the end of the wait.
    await sleep(leftSeconds < delaySeconds + MIN_READ_SECONDS ? leftSeconds : delaySeconds);
    try {
      state = await read();
    } catch (error) {
      // The next read is the retry.
      fault = nameOf(error);
    }
    if (isEnded(state)) break;
  }
  return { state, ...(fault !== undefined && { fault }) };
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}

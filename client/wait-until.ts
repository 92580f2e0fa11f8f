import { type Connection, retryAfterSeconds } from './connection.ts';
import { type Awaited, WaitTimedOut } from './errors.ts';
import { InvalidOption } from './invalid-option.ts';
import { inScope, pause } from './scope.ts';
import type { WaitOptions } from './types.ts';

/** How long the API may hold a request until there is an end. */
const PREFERRED_WAIT_SECONDS = 25;

/** Default of `timeoutSeconds`: as long as a Lambda function can run. */
const DEFAULT_TIMEOUT_SECONDS = 900;

/** A state that was read, and its response. */
export interface ReadState<State> {
  readonly state: State;
  readonly response: Response;
}

/**
 * Runs work that ends with WaitTimedOut after `timeoutSeconds`.
 *
 * @param awaited returns what is waited for, as far as it is known then
 */
export function withinTimeout<State, T>(
  { signal, timeoutSeconds = DEFAULT_TIMEOUT_SECONDS }: WaitOptions<State>,
  awaited: () => Omit<Awaited, 'timeoutSeconds'>,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const isTime = timeoutSeconds >= 0;
  if (!isTime)
    return Promise.reject(new InvalidOption('timeoutSeconds', String(timeoutSeconds), 'a number from 0'));
  const timedOut = () => new WaitTimedOut({ timeoutSeconds, ...awaited() });
  return inScope({ signal, timeoutMilliseconds: timeoutSeconds * 1000, timedOut }, work);
}

/**
 * Reads a state until it has an end. The API holds each request until then, for up to 25 seconds,
 * unless too many others wait. Then reads are spaced by Retry-After, or else by growing delays.
 *
 * @param read reads the state, with headers that ask the API to hold the request
 * @param endOf returns the end of a state, or undefined while there is none
 */
export async function readUntilEnd<State, End>(
  { timing }: Pick<Connection, 'timing'>,
  signal: AbortSignal,
  read: (headers: { readonly prefer: string }) => Promise<ReadState<State>>,
  endOf: (state: State) => End | undefined,
): Promise<End> {
  let spacing = timing.spacingMilliseconds;
  for (;;) {
    const startedAt = performance.now();
    const { state, response } = await read({ prefer: `wait=${PREFERRED_WAIT_SECONDS}` });
    const end = endOf(state);
    if (end !== undefined) return end;
    if (response.headers.has('preference-applied')) {
      // The API has waited. Still, requests must not follow one another without a break.
      await pause(Math.max(0, timing.spacingMilliseconds - (performance.now() - startedAt)), signal);
      continue;
    }
    const seconds = retryAfterSeconds(response);
    // A proxy may respond with 0, or with a date in the past.
    await pause(
      seconds === undefined ? spacing : Math.max(timing.spacingMilliseconds, seconds * 1000),
      signal,
    );
    spacing = Math.min(spacing * 1.5, timing.maxSpacingMilliseconds);
  }
}

/** What ends the work of a call early. */
export interface Limits {
  readonly signal?: AbortSignal | undefined;
  readonly timeoutMilliseconds?: number | undefined;
  /** Creates the error of a timeout, when it occurs. */
  readonly timedOut?: () => Error;
}

/** Longer timers fire immediately in every JavaScript engine. */
const MAX_TIMER_MILLISECONDS = 2 ** 31 - 1;

/**
 * Runs work whose signal is aborted when the work ends, when the caller aborts, and at a timeout.
 * Neither a timer nor a listener remains. An abort ends the call even if the work ignores it, as
 * a function that provides tokens does.
 *
 * @throws the reason of the caller's signal, the error of the timeout, or that of the work
 */
export async function inScope<T>(
  { signal, timeoutMilliseconds, timedOut }: Limits,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  signal?.throwIfAborted();
  const scope = new AbortController();
  const abort = () => scope.abort(signal?.reason);
  signal?.addEventListener('abort', abort, { once: true });
  const timer =
    timeoutMilliseconds === undefined
      ? undefined
      : setTimeout(() => scope.abort(timedOut?.()), timerMilliseconds(timeoutMilliseconds));
  const aborted = new Promise<never>((_, reject) => {
    scope.signal.addEventListener('abort', () => reject(scope.signal.reason), { once: true });
  });
  // The scope is aborted in the end, too, when nothing waits for it any more.
  aborted.catch(() => {});
  try {
    return await Promise.race([work(scope.signal), aborted]);
  } catch (error) {
    throw scope.signal.aborted ? scope.signal.reason : error;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', abort);
    scope.abort();
  }
}

/** Resolves after a delay. Rejects with the reason of the signal when it is aborted. */
export function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const abort = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', abort);
      resolve();
    }, timerMilliseconds(milliseconds));
    signal.addEventListener('abort', abort, { once: true });
  });
}

function timerMilliseconds(milliseconds: number): number {
  return Math.min(Math.max(0, milliseconds), MAX_TIMER_MILLISECONDS);
}

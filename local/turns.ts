/** Runs a job when there is memory for it. */
export type TakeTurn = <T>(bytes: number, job: () => Promise<T>) => Promise<T>;

/** Smaller jobs do not wait, so that they are not held up by large ones. */
const SMALL_BYTES = 1024 * 1024;

/**
 * Limits the memory of concurrent jobs, such as uploads. Jobs wait, in order, until those that run
 * leave enough room. A job that needs more than the maximum runs alone.
 *
 * @param maxBytes of all large jobs together
 */
export function createTurns(maxBytes: number): TakeTurn {
  const waiting: { readonly bytes: number; readonly start: () => void }[] = [];
  let usedBytes = 0;

  function startNext(): void {
    const [next] = waiting;
    if (next === undefined || (usedBytes > 0 && usedBytes + next.bytes > maxBytes)) return;
    waiting.shift();
    usedBytes += next.bytes;
    next.start();
    startNext();
  }

  return async (bytes, job) => {
    if (bytes <= SMALL_BYTES) return await job();
    await new Promise<void>((start) => {
      waiting.push({ bytes, start });
      startNext();
    });
    try {
      return await job();
    } finally {
      usedBytes -= bytes;
      startNext();
    }
  };
}

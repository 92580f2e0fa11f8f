/** Minimum time between two invocations for a chunk. */
const MIN_DELAY_SECONDS = 20;

/** Share of the chunk's age that it waits. */
const DELAY_PER_AGE = 0.05;

/**
 * Returns how long a chunk waits after an invocation whose items have not all ended. It waits as a
 * whole: items on their own schedules would exceed the history of its execution
 * (lib/worst-case.ts).
 *
 * @param ageSeconds since the first invocation started
 */
export function delayToNextRound(ageSeconds: number): number {
  return Math.ceil(Math.max(MIN_DELAY_SECONDS, ageSeconds * DELAY_PER_AGE));
}

import { type Clock, systemClock } from '../../local/clock.ts';

/** The part of a clock that waiting needs. */
export type WaitingClock = Pick<Clock, 'now' | 'sleep'>;

/** Real time, which does not jump when the machine's clock is set. */
export const steadyClock: WaitingClock = {
  now: () => performance.now(),
  sleep: systemClock.sleep,
};

/** How long to wait for a value, and how often to look for it. */
export interface Patience {
  readonly seconds: number;
  /** @default 100 */
  readonly everyMilliseconds?: number;
  /** @default - real time */
  readonly clock?: WaitingClock;
}

/** Options for `vi.waitFor`, whose default of one second is too short on a busy machine. */
export const UNTIL_TEST_HANGS = { timeout: 60_000 };

/**
 * Calls a function until it returns a value.
 *
 * @param awaited names the value in the error message
 * @throws Error when there is no value by the deadline, and any error that the function throws
 */
export async function until<T>(
  awaited: string,
  { seconds, everyMilliseconds = 100, clock = steadyClock }: Patience,
  read: () => Promise<T | undefined>,
): Promise<T> {
  const deadline = clock.now() + seconds * 1000;
  for (;;) {
    const value = await read();
    if (value !== undefined) return value;
    if (clock.now() > deadline) throw new Error(`Waited ${seconds} s without success for ${awaited}.`);
    await clock.sleep(everyMilliseconds);
  }
}

import { setTimeout as sleep } from 'node:timers/promises';

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
  { seconds, everyMilliseconds = 100 }: { readonly seconds: number; readonly everyMilliseconds?: number },
  read: () => Promise<T | undefined>,
): Promise<T> {
  const deadline = performance.now() + seconds * 1000;
  for (;;) {
    const value = await read();
    if (value !== undefined) return value;
    if (performance.now() > deadline) throw new Error(`Waited ${seconds} s without success for ${awaited}.`);
    await sleep(everyMilliseconds);
  }
}

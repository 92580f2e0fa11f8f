import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Asks again and again until there is an answer.
 *
 * @param what for the message: what is waited for
 * @throws Error when there is none by the deadline, and whatever `ask` throws
 */
export async function until<T>(
  what: string,
  { seconds, everyMilliseconds = 100 }: { readonly seconds: number; readonly everyMilliseconds?: number },
  ask: () => Promise<T | undefined>,
): Promise<T> {
  const deadline = performance.now() + seconds * 1000;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (performance.now() > deadline) throw new Error(`Waited ${seconds} s for ${what} in vain.`);
    await sleep(everyMilliseconds);
  }
}

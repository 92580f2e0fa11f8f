import { performance } from 'node:perf_hooks';
import * as timersPromises from 'node:timers/promises';
import type { FromEnvironment } from './lambda-protocol.ts';
import { virtualDate } from './virtual-date.ts';

/** The host's time in a Lambda environment. It changes only with messages from the host. */
export interface VirtualTime {
  /** @param now milliseconds since the epoch */
  set(now: number): void;
  /** Ends a sleep at the host's request. */
  wake(sleepId: number): void;
  /** Removes all sleeps, after the invocation has ended. */
  forgetSleeps(): void;
  readonly Date: DateConstructor;
  readonly performance: typeof performance;
  /** Waits in real time, but shortens short waits. */
  readonly setTimeout: (callback: (...args: unknown[]) => void, milliseconds?: number) => NodeJS.Timeout;
  /** Replaces `node:timers/promises`. Its `setTimeout` sleeps on the host's clock. */
  readonly timersPromises: object;
}

/**
 * The AWS SDK waits up to a second between retries. The host's clock stands still meanwhile, so
 * these waits are shortened to a tenth. Timeouts are longer, and stay unchanged.
 */
const MAX_SHORT_WAIT_MILLISECONDS = 1000;
const SHORT_WAIT_SHARE = 0.1;

/** @param send sends the sleeps to the host */
export function createVirtualTime(send: (message: FromEnvironment) => void): VirtualTime {
  const sleepers = new Map<number, () => void>();
  let time = 0;
  let lastSleepId = 0;
  let wakes = 0;
  let isNotifying = false;
  const now = () => time;
  const monotonicNow = () => time - performance.timeOrigin;

  // Waits for the next turn of the event loop, because this one may start more sleeps or send the
  // response.
  function notifyNextTurn(): void {
    if (isNotifying) return;
    isNotifying = true;
    setImmediate(() => {
      isNotifying = false;
      if (sleepers.size > 0) send({ type: 'waiting', wakes });
    });
  }

  function sleep(
    milliseconds = 1,
    value?: unknown,
    options: { signal?: AbortSignal } = {},
  ): Promise<unknown> {
    const { signal } = options;
    lastSleepId += 1;
    const sleepId = lastSleepId;
    return new Promise((resolve, reject) => {
      const abort = () => {
        if (sleepers.delete(sleepId)) {
          send({ type: 'cancel-sleep', sleepId });
          notifyNextTurn();
        }
        const error = new Error('The operation was aborted', { cause: signal?.reason });
        reject(Object.assign(error, { name: 'AbortError', code: 'ABORT_ERR' }));
      };
      if (signal?.aborted === true) return abort();
      signal?.addEventListener('abort', abort, { once: true });
      sleepers.set(sleepId, () => {
        signal?.removeEventListener('abort', abort);
        resolve(value);
      });
      send({ type: 'sleep', sleepId, milliseconds });
      notifyNextTurn();
    });
  }

  return {
    set: (newTime) => {
      time = newTime;
    },
    wake(sleepId) {
      wakes += 1;
      const wakeUp = sleepers.get(sleepId);
      sleepers.delete(sleepId);
      wakeUp?.();
      notifyNextTurn();
    },
    forgetSleeps: () => sleepers.clear(),
    Date: virtualDate(now),
    setTimeout: (callback, milliseconds = 1) =>
      setTimeout(
        callback,
        milliseconds <= MAX_SHORT_WAIT_MILLISECONDS ? milliseconds * SHORT_WAIT_SHARE : milliseconds,
      ),
    performance: new Proxy(performance, {
      get(target, property) {
        if (property === 'now') return monotonicNow;
        const value: unknown = Reflect.get(target, property, target);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    }),
    timersPromises: { ...timersPromises, setTimeout: sleep },
  };
}

import { performance } from 'node:perf_hooks';
import * as timersPromises from 'node:timers/promises';
import type { FromEnvironment } from './lambda-protocol.ts';
import { virtualDate } from './virtual-date.ts';

/** The host's time inside a Lambda environment. It stands still between two messages from the host. */
export interface VirtualTime {
  /** @param now milliseconds since the epoch */
  set(now: number): void;
  /** Ends a sleep that the host was asked for. */
  wake(sleepId: number): void;
  /** The invocation has ended: it waits for nothing any more. */
  forgetSleeps(): void;
  readonly Date: DateConstructor;
  readonly performance: typeof performance;
  /** Real time, but for short waits. */
  readonly setTimeout: (callback: (...args: unknown[]) => void, milliseconds?: number) => NodeJS.Timeout;
  /** Stands in for `node:timers/promises`: its `setTimeout` sleeps on the host's clock. */
  readonly timersPromises: object;
}

/**
 * The AWS SDK waits up to a second between two tries. While it does, the host's clock stands still for everybody: a
 * tenth is enough here. Time-outs are longer, and stay as they are.
 */
const LONGEST_SHORT_WAIT_MILLISECONDS = 1000;
const SHORT_WAIT_SHARE = 0.1;

/** @param send carries the sleeps to the host. */
export function createVirtualTime(send: (message: FromEnvironment) => void): VirtualTime {
  const sleepers = new Map<number, () => void>();
  let time = 0;
  let lastSleepId = 0;
  let turnAwaited = false;
  const now = () => time;
  const monotonicNow = () => time - performance.timeOrigin;

  // By the next turn everything else that this one sets off has begun, too: further sleeps, or the answer.
  function tellNextTurn(): void {
    if (turnAwaited) return;
    turnAwaited = true;
    setImmediate(() => {
      turnAwaited = false;
      if (sleepers.size > 0) send({ type: 'waiting' });
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
          tellNextTurn();
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
      tellNextTurn();
    });
  }

  return {
    set: (newTime) => {
      time = newTime;
    },
    wake(sleepId) {
      const wakeUp = sleepers.get(sleepId);
      sleepers.delete(sleepId);
      wakeUp?.();
      tellNextTurn();
    },
    forgetSleeps: () => sleepers.clear(),
    Date: virtualDate(now),
    setTimeout: (callback, milliseconds = 1) =>
      setTimeout(
        callback,
        milliseconds <= LONGEST_SHORT_WAIT_MILLISECONDS ? milliseconds * SHORT_WAIT_SHARE : milliseconds,
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

import { setTimeout as systemSleep } from 'node:timers/promises';

/** Cancels a timer. */
export type CancelTimer = () => void;

/**
 * The time of everything local: the simulator's timelines, Wait states and timeouts of state
 * machines, and sleeps of Lambda functions.
 */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Calls back once, after a delay. */
  after(milliseconds: number, callback: () => void): CancelTimer;
  /** Resolves after a delay, or immediately when the signal is aborted. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
  /** Makes a virtual clock stand still until the work has settled. */
  during<T>(work: Promise<T>): Promise<T>;
}

/** Real time. */
export const systemClock: Clock = {
  now: () => Date.now(),
  after(milliseconds, callback) {
    const timer = setTimeout(callback, milliseconds);
    return () => clearTimeout(timer);
  },
  sleep: (milliseconds, signal) =>
    systemSleep(milliseconds, undefined, signal === undefined ? {} : { signal }).catch((error: unknown) => {
      if (signal?.aborted !== true) throw error;
    }),
  during: (work) => work,
};

interface Timer {
  readonly at: number;
  readonly callback: () => void;
}

/**
 * Jumps to the next timer whenever no work of `during` is running. Hours of polling then take
 * milliseconds, and every run is the same.
 */
export class VirtualClock implements Clock {
  #now: number;
  #working = 0;
  /** Sorted by time. Timers of the same time are in the order of their creation. */
  readonly #timers: Timer[] = [];
  #turn: NodeJS.Immediate | undefined;
  readonly #togetherMilliseconds: number;

  /**
   * @param togetherMilliseconds timers within this span are called in one jump, so that their work
   * runs concurrently; 0 calls each timer alone
   */
  constructor(start: string | number = '2026-01-01T00:00:00Z', togetherMilliseconds = 0) {
    this.#now = new Date(start).getTime();
    this.#togetherMilliseconds = togetherMilliseconds;
  }

  now(): number {
    return this.#now;
  }

  /** Advances time by hand. The next jumps call the timers that are due. */
  advance(milliseconds: number): void {
    this.#now += milliseconds;
    this.#jumpWhenIdle();
  }

  after(milliseconds: number, callback: () => void): CancelTimer {
    const timer = { at: this.#now + Math.max(0, milliseconds), callback };
    this.#timers.splice(this.#firstLaterThan(timer.at), 0, timer);
    this.#jumpWhenIdle();
    return () => void this.#remove(timer);
  }

  sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal?.aborted === true) return resolve();
      const wake = () => {
        cancel();
        signal?.removeEventListener('abort', wake);
        resolve();
      };
      const cancel = this.after(milliseconds, wake);
      signal?.addEventListener('abort', wake, { once: true });
    });
  }

  async during<T>(work: Promise<T>): Promise<T> {
    this.#working += 1;
    try {
      return await work;
    } finally {
      this.#working -= 1;
      this.#jumpWhenIdle();
    }
  }

  // Waits for one turn of the event loop, so that the next state or invocation starts before time
  // moves.
  #jumpWhenIdle(): void {
    this.#turn ??= setImmediate(() => {
      this.#turn = undefined;
      if (this.#working > 0) return;
      const [next] = this.#timers;
      if (next === undefined) return;
      this.#call(next);
      if (this.#togetherMilliseconds > 0) {
        const together = this.#timers.slice(0, this.#firstLaterThan(next.at + this.#togetherMilliseconds));
        for (const timer of together) this.#call(timer);
      }
      this.#jumpWhenIdle();
    });
  }

  #call(timer: Timer): void {
    // A timer that was called in the same jump may have cancelled this one.
    if (!this.#remove(timer)) return;
    this.#now = Math.max(this.#now, timer.at);
    timer.callback();
  }

  /** Returns false when the timer has already been removed. */
  #remove(timer: Timer): boolean {
    const index = this.#timers.lastIndexOf(timer, this.#firstLaterThan(timer.at));
    if (index < 0) return false;
    this.#timers.splice(index, 1);
    return true;
  }

  /** Returns the index of the first timer after a time, by bisection: batches have many timers. */
  #firstLaterThan(time: number): number {
    let low = 0;
    let high = this.#timers.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const timer = this.#timers[middle];
      if (timer !== undefined && timer.at <= time) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

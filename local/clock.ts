import { setTimeout as systemSleep } from 'node:timers/promises';

/** A handle that cancels a timer. */
export type CancelTimer = () => void;

/**
 * The time that everything local lives by: the simulator's timeline, the state machine's Wait states and
 * time-outs, the sleeps inside the Lambda functions.
 */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Calls back once, after that many milliseconds. */
  after(milliseconds: number, callback: () => void): CancelTimer;
  /** Resolves after that many milliseconds, or at once when the signal is aborted. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
  /** Marks work during which time may not jump: a virtual clock stands still until it has settled. */
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
 * Time that passes only when nothing else happens: as soon as no work is marked with `during`, it jumps to the
 * next timer. Hours of polling take milliseconds, and take them the same way every time.
 */
export class VirtualClock implements Clock {
  #now: number;
  #working = 0;
  #timers: Timer[] = [];
  #turn: NodeJS.Immediate | undefined;
  readonly #togetherMilliseconds: number;

  /**
   * @param togetherMilliseconds timers that lie no further apart are called in one jump, so that what they set off
   * runs side by side; 0 calls each alone
   */
  constructor(start: string | number = '2026-01-01T00:00:00Z', togetherMilliseconds = 0) {
    this.#now = new Date(start).getTime();
    this.#togetherMilliseconds = togetherMilliseconds;
  }

  now(): number {
    return this.#now;
  }

  /** Moves time by hand; timers that fall due on the way are called by the next jumps. */
  advance(milliseconds: number): void {
    this.#now += milliseconds;
    this.#jumpWhenIdle();
  }

  after(milliseconds: number, callback: () => void): CancelTimer {
    const timer = { at: this.#now + Math.max(0, milliseconds), callback };
    this.#timers.push(timer);
    this.#jumpWhenIdle();
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
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

  // A turn of the event loop lies between the end of a work and the jump, so that whatever the work's end sets
  // off (the next state, the next invocation) has begun before time moves.
  #jumpWhenIdle(): void {
    this.#turn ??= setImmediate(() => {
      this.#turn = undefined;
      if (this.#working > 0) return;
      const next = this.#timers.reduce<Timer | undefined>(
        (earliest, timer) => (earliest === undefined || timer.at < earliest.at ? timer : earliest),
        undefined,
      );
      if (next === undefined) return;
      this.#call(next);
      if (this.#togetherMilliseconds > 0) {
        const last = next.at + this.#togetherMilliseconds;
        const together = this.#timers.filter(({ at }) => at <= last).toSorted((a, b) => a.at - b.at);
        // One may have cancelled another.
        for (const timer of together) if (this.#timers.includes(timer)) this.#call(timer);
      }
      this.#jumpWhenIdle();
    });
  }

  #call(timer: Timer): void {
    this.#timers = this.#timers.filter((other) => other !== timer);
    this.#now = Math.max(this.#now, timer.at);
    timer.callback();
  }
}

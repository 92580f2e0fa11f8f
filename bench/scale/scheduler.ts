import type { Rate } from './quotas.ts';

/** A simulated task. It yields the time at which it continues, in seconds. */
type Process = AsyncGenerator<number, void>;

const SLOTS_PER_SECOND = 100;

/** Continues processes in the order of their times. */
export class Scheduler {
  /** Waiting processes in slots of 10 ms, so that few processes need to be sorted. */
  readonly #slots = new Map<number, { readonly at: number; readonly process: Process }[]>();

  add(at: number, process: Process): void {
    const slot = Math.floor(at * SLOTS_PER_SECOND);
    const waiting = this.#slots.get(slot) ?? [];
    waiting.push({ at, process });
    this.#slots.set(slot, waiting);
  }

  async runAll(): Promise<void> {
    for (let slot = 0; this.#slots.size > 0; slot += 1) {
      const waiting = this.#slots.get(slot) ?? [];
      while (waiting.length > 0) {
        // Sorts each time, because a process may continue within the same slot.
        const [{ process } = {}] = waiting.sort((a, b) => a.at - b.at).splice(0, 1);
        const result = await process?.next();
        if (process !== undefined && result?.done === false) this.add(result.value, process);
      }
      this.#slots.delete(slot);
    }
  }
}

/** Grants tokens in the order of requests. Times are in seconds and never decrease. */
export class TokenBucket {
  readonly #rate: Rate;
  #tokens: number;
  #at = 0;

  constructor(rate: Rate) {
    this.#rate = rate;
    this.#tokens = rate.bucket;
  }

  /** Takes the next token and returns when it is available. */
  take(at: number): number {
    this.#refill(at);
    this.#tokens -= 1;
    return this.#tokens >= 0 ? at : at - this.#tokens / this.#rate.perSecond;
  }

  /** Takes a token if one is available now. */
  tryTake(at: number): boolean {
    this.#refill(at);
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }

  #refill(at: number): void {
    const { bucket, perSecond } = this.#rate;
    this.#tokens = Math.min(bucket, this.#tokens + (at - this.#at) * perSecond);
    this.#at = at;
  }
}

/** Counts events in each second. */
export class PerSecond {
  readonly #counts: number[] = [];

  /** Returns the number of events in that second so far. */
  add(at: number, events = 1): number {
    const second = Math.floor(at);
    const count = (this.#counts[second] ?? 0) + events;
    this.#counts[second] = count;
    return count;
  }

  get sum(): number {
    return this.#counts.reduce((sum, count) => sum + count, 0);
  }

  get peak(): number {
    return this.#counts.reduce((peak, count) => Math.max(peak, count), 0);
  }

  /** Returns how many seconds had more than `limit`. */
  secondsAbove(limit: number): number {
    return this.#counts.filter((count) => count > limit).length;
  }
}

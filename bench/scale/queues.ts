import type { Rate } from './quotas.ts';

type Step = (at: number) => void | Promise<void>;

interface ScheduledStep {
  readonly at: number;
  readonly step: Step;
}

/** Runs steps in the order of their times: a binary heap. */
export class StepQueue {
  readonly #heap: ScheduledStep[] = [];

  push(at: number, step: Step): void {
    let index = this.#heap.length;
    while (index > 0) {
      const parentIndex = (index - 1) >> 1;
      const parent = this.#heap[parentIndex];
      if (parent === undefined || parent.at <= at) break;
      this.#heap[index] = parent;
      index = parentIndex;
    }
    this.#heap[index] = { at, step };
  }

  async runAll(): Promise<void> {
    for (;;) {
      const first = this.#heap[0];
      const last = this.#heap.pop();
      if (first === undefined || last === undefined) return;
      if (this.#heap.length > 0) this.#sink(last);
      await first.step(first.at);
    }
  }

  /** Fills the free place at the top. */
  #sink(entry: ScheduledStep): void {
    const timeAt = (index: number) => this.#heap[index]?.at ?? Number.POSITIVE_INFINITY;
    let index = 0;
    for (;;) {
      const left = 2 * index + 1;
      const childIndex = timeAt(left + 1) < timeAt(left) ? left + 1 : left;
      const child = this.#heap[childIndex];
      if (child === undefined || child.at >= entry.at) break;
      this.#heap[index] = child;
      index = childIndex;
    }
    this.#heap[index] = entry;
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
    if (bucket === Number.POSITIVE_INFINITY) return;
    this.#tokens = Math.min(bucket, this.#tokens + (at - this.#at) * perSecond);
    this.#at = at;
  }
}

/** Counts events in each second. */
export class PerSecond {
  readonly #counts: number[] = [];
  sum = 0;
  peak = 0;

  /** Returns how many seconds had more than `limit`. */
  secondsAbove(limit: number): number {
    return this.#counts.filter((count) => count > limit).length;
  }

  /** Returns the number of events in that second so far. */
  add(at: number): number {
    const second = Math.floor(at);
    while (this.#counts.length <= second) this.#counts.push(0);
    const count = (this.#counts[second] ?? 0) + 1;
    this.#counts[second] = count;
    this.sum += 1;
    this.peak = Math.max(this.peak, count);
    return count;
  }
}

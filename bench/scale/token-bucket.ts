/** How AWS limits rates: a bucket that is full at first, and refilled evenly. */
export interface Rate {
  readonly bucket: number;
  readonly perSecond: number;
}

/** Tokens for those who wait their turn. Times in seconds; they never go back. */
export class TokenBucket {
  readonly #rate: Rate;
  #tokens: number;
  #at = 0;

  constructor(rate: Rate) {
    this.#rate = rate;
    this.#tokens = rate.bucket;
  }

  /** Takes the next token, and says when it is there. */
  take(at: number): number {
    this.#refill(at);
    this.#tokens -= 1;
    return this.#tokens >= 0 ? at : at - this.#tokens / this.#rate.perSecond;
  }

  /** Takes a token if there is one now. */
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

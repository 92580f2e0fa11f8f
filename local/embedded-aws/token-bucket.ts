import type { Clock } from '../clock.ts';

/** A quota in the form that AWS documents: a bucket of tokens, and its refill rate. */
export interface RequestQuota {
  /** The size of the bucket, which is full at the start. */
  readonly burst: number;
  readonly perSecond: number;
}

/** Returns a function that takes a token. It returns false when there is none. */
export function createTokenBucket({ burst, perSecond }: RequestQuota, clock: Clock): () => boolean {
  let tokens = burst;
  let filledAt = clock.now();
  return () => {
    const now = clock.now();
    tokens = Math.min(burst, tokens + ((now - filledAt) / 1000) * perSecond);
    filledAt = now;
    if (tokens < 1) return false;
    tokens -= 1;
    return true;
  };
}

/** Requests for access tokens, as far as a failed one must not be repeated. */

/** A token request without a token. `detail` is safe to log. */
export type TokenFailure =
  /** Aspose does not accept the credentials. */
  | { readonly kind: 'Rejected'; readonly detail: string }
  | { readonly kind: 'Unavailable'; readonly detail: string; readonly retryAfterSeconds?: number };

/** Maximum time of one token request. */
export const TOKEN_REQUEST_SECONDS = 15;

/**
 * How long rejected credentials are not retried. Five failures lock the customer out for this time
 * (vendor docs).
 */
export const REJECTION_SECONDS = 600;

/** What is known about a version of the credentials, so that a burst does not repeat a failure. */
export interface TokenTrials {
  /**
   * Waits until a token may be requested.
   *
   * @returns a recent failure, with which the request would end as well; undefined if there is none
   */
  admit(version: string, timeoutSeconds: number): Promise<TokenFailure | undefined>;
  /** Remembers how an admitted request ended: with a token (undefined) or a failure. */
  record(version: string, failure: TokenFailure | undefined): Promise<void>;
}

/** A failure, until its time is over. */
export interface FailedTrial {
  readonly failure: TokenFailure;
  /** Epoch milliseconds. */
  readonly until: number;
}

export function failedTrial(failure: TokenFailure, now: number): FailedTrial {
  const seconds = failure.kind === 'Rejected' ? REJECTION_SECONDS : (failure.retryAfterSeconds ?? 0);
  return { failure, until: now + seconds * 1000 };
}

/** The failure as a later request meets it: with the remaining Retry-After. */
export function repeatedFailure({ failure, until }: FailedTrial, now: number): TokenFailure {
  return failure.kind === 'Unavailable' ? { ...failure, retryAfterSeconds: (until - now) / 1000 } : failure;
}

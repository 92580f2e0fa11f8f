import type { Reason } from '../contracts/outcomes.ts';

/** Bytes that were received completely: in memory or, when large, in a temporary file. */
export interface Content {
  /** Length in bytes. */
  readonly bytes: number;
  /** SHA-256, lower-case hexadecimal. */
  readonly sha256: string;
  /** The first bytes, enough to recognize a file signature. */
  readonly head: Uint8Array;
  /** Whether the bytes are valid UTF-8. */
  readonly utf8: boolean;
  /** Returns the bytes from the beginning. It can be called more than once. */
  open(): Uint8Array | AsyncIterable<Uint8Array>;
}

/**
 * Maximum number of results in a response. At Lambda's CPU share for 256 MB, storing one takes
 * about 7 ms, so that storing all takes 70 of the `STORE_SECONDS`.
 */
export const MAX_RESULTS = 10_000;

/** One entry of `results[]`, in the order received. */
export interface ReceivedResult {
  /** The type as received. Aspose does not restrict it. */
  readonly type: string | null;
  /**
   * `decoded`: the decoded bytes. `undecodable`: the data was not valid base64, and the content is
   * its characters as received. `missing`: the data was null or absent.
   */
  readonly data:
    | { readonly kind: 'decoded'; readonly content: Content }
    | { readonly kind: 'undecodable'; readonly content: Content }
    | { readonly kind: 'missing' };
}

/**
 * Aspose's response to a fetch, the same for every operation. Every field may be null: see
 * docs/design/vendor-contract.md.
 */
export interface VendorResponse {
  readonly id: string | null;
  /** The status as received. Check it with `isTaskStatus`. */
  readonly taskStatus: string | null;
  readonly responseStatusCode: string | null;
  readonly results: readonly ReceivedResult[];
  readonly messages: readonly string[];
  readonly warnings: readonly string[];
}

/** The result of one poll. Faults of Aspose and of the network are data, not errors. */
export type Poll =
  | { readonly kind: 'Responded'; readonly response: VendorResponse }
  /** No usable response, but the same request may succeed later. */
  | { readonly kind: 'Unavailable'; readonly detail: string; readonly retryAfterSeconds?: number }
  /** The secret with the credentials cannot be read, so nothing was requested. */
  | { readonly kind: 'Unreadable'; readonly detail: string }
  /** The response does not follow the contract. */
  | { readonly kind: 'Malformed'; readonly detail: string }
  /** Aspose refuses the request, and a retry would not change that. */
  | {
      readonly kind: 'Refused';
      readonly reason: Extract<
        Reason,
        'CredentialsRejected' | 'QuotaExceeded' | 'ContractViolation' | 'ResultTooLarge'
      >;
      readonly detail: string;
    };

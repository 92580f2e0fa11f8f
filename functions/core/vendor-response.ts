import type { Reason } from '../contracts/outcomes.ts';

/** The statuses that Aspose documents. Any other, or another spelling, is not one of them. */
export const TASK_STATUSES = ['Pending', 'Processing', 'Completed', 'Error', 'NotExist'] as const;
export type TaskStatus = (typeof TASK_STATUSES)[number];

export function isTaskStatus(value: unknown): value is TaskStatus {
  return TASK_STATUSES.some((status) => status === value);
}

/** Bytes that were received whole: in memory or, when large, in a temporary file. */
export interface Content {
  /** Length in bytes. */
  readonly bytes: number;
  /** SHA-256, lower-case hexadecimal. */
  readonly sha256: string;
  /** The first bytes, enough to recognise a signature. */
  readonly head: Uint8Array;
  /** Whether the bytes are valid UTF-8. */
  readonly utf8: boolean;
  /** The bytes, from their beginning; may be called again. */
  open(): Uint8Array | AsyncIterable<Uint8Array>;
}

/** One entry of `results[]`, in the order received. */
export interface ReceivedResult {
  /** As received; a free string at Aspose. */
  readonly type: string | null;
  /**
   * `decoded`: the bytes that the base64 stood for. `undecodable`: the base64 was not valid, and these are its
   * characters as received. `missing`: null or absent.
   */
  readonly data:
    | { readonly kind: 'decoded'; readonly content: Content }
    | { readonly kind: 'undecodable'; readonly content: Content }
    | { readonly kind: 'missing' };
}

/**
 * Aspose's answer to a fetch, every operation alike. Everything may be null: see "The vendor's contract" in
 * docs/design/vendor-contract.md.
 */
export interface VendorResponse {
  readonly id: string | null;
  /** As received: only `isTaskStatus` makes it a status. */
  readonly taskStatus: string | null;
  readonly responseStatusCode: string | null;
  readonly results: readonly ReceivedResult[];
  readonly messages: readonly string[];
  readonly warnings: readonly string[];
}

/** What one poll brought: expected outcomes are data, whatever the vendor or the network does. */
export type Poll =
  | { readonly kind: 'Responded'; readonly response: VendorResponse }
  /** Nothing usable came, and the same request may succeed later. */
  | { readonly kind: 'Unavailable'; readonly detail: string; readonly retryAfterSeconds?: number }
  /** Something came that is not an answer of the contract. */
  | { readonly kind: 'Malformed'; readonly detail: string }
  /** The vendor refuses, and repeating would not change that. */
  | {
      readonly kind: 'Refused';
      readonly reason: Extract<Reason, 'CredentialsRejected' | 'ContractViolation' | 'ResultTooLarge'>;
      readonly detail: string;
    };

import type { BatchReason } from '../../contracts/batch-record.ts';
import type { InvalidInput } from '../invalid-input.ts';

/** Why the list of a batch cannot be used. */
export type ListReason = Extract<BatchReason, 'ListUnreadable' | 'ListInvalid'>;

/** The list of a batch cannot be used, now and later. The message repeats no text of the list. */
export class UnusableListError extends Error {
  override readonly name = 'UnusableListError';
  readonly reason: ListReason;

  constructor(reason: ListReason, message: string) {
    super(message);
    this.reason = reason;
  }
}

/** The list is not text, such as an image. */
export class NotUtf8Error extends UnusableListError {
  constructor() {
    super('ListInvalid', 'list: got bytes that are not UTF-8; allowed: UTF-8');
  }
}

/** Names the place of a malformed item, such as `line 17`. */
export function malformedItem(place: string, { field, got, allowed }: InvalidInput): UnusableListError {
  const name = field === '' ? place : `${place}: ${field}`;
  return new UnusableListError('ListInvalid', `${name}: got ${got}; allowed: ${allowed}`);
}

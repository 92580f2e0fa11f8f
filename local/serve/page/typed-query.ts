/** A word at the end, also after an operator's bracket. Capital operators are complete. */
const UNFINISHED_WORD = /[\p{L}\p{M}\p{N}]$/u;
const OPERATOR = /(?:^|[\s()])(?:AND|OR|NOT|NEAR)$/;

/**
 * Reads a query while the user types it. A last word without a space after it may be unfinished, so
 * it finds words that begin with it. Within quotes, words are exact.
 */
export function readTypedQuery(typed: string): string {
  const query = typed.trim();
  const isQuoted = query.split('"').length % 2 === 0;
  const isUnfinished = UNFINISHED_WORD.test(typed) && !OPERATOR.test(query) && !isQuoted;
  return isUnfinished ? `${query}*` : query;
}

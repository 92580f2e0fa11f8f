/** Characters that can begin a word of the index (https://sqlite.org/fts5.html#unicode61_tokenizer). */
const WORD_CHARACTER = /[\p{L}\p{N}\p{Co}]/u;

/** Longer queries are searched as plain words. */
const MAX_EXPRESSION_CHARACTERS = 2000;

/** Limits the time of a query that has been pasted by mistake. */
const MAX_PLAIN_WORDS = 64;

/**
 * Lists expressions of SQLite's FTS5 for a query, the preferred one first. The last one is always
 * valid: the plain words of the query.
 *
 * @returns none for a query without a word
 */
export function matchExpressions(query: string): readonly string[] {
  // FTS5 reads an expression up to the first NUL. Other control characters separate words.
  const cleaned = query
    .toWellFormed()
    .replaceAll(/\p{Cc}/gu, ' ')
    .trim();
  if (!WORD_CHARACTER.test(cleaned)) return [];
  const plain = plainWords(cleaned);
  return cleaned.length > MAX_EXPRESSION_CHARACTERS || isInternal(cleaned) ? [plain] : [cleaned, plain];
}

/** Column filters would name parts of the index; `*` begins a query about the index itself. */
function isInternal(query: string): boolean {
  return query.startsWith('*') || /[:{}]/.test(query.replaceAll(/"(?:[^"]|"")*"/g, ''));
}

/** Quotes each word, so that FTS5 finds no operator in it. A star still stands for any ending. */
function plainWords(query: string): string {
  return query
    .replaceAll('"', ' ')
    .split(/\s+/u)
    .filter((word) => WORD_CHARACTER.test(word))
    .slice(0, MAX_PLAIN_WORDS)
    .map((word) => (word.endsWith('*') ? `"${word}"*` : `"${word}"`))
    .join(' ');
}

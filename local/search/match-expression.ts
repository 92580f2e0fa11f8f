/** Characters that can begin a word of the index (https://sqlite.org/fts5.html#unicode61_tokenizer). */
const WORD_CHARACTER = /[\p{L}\p{N}\p{Co}]/u;
const WORDS = /[\p{L}\p{N}\p{Co}]+/gu;

/** Longer queries are searched as plain words. */
const MAX_EXPRESSION_CHARACTERS = 2000;

/** FTS5 needs seconds for 64 words that occur often, and minutes for hundreds of them. */
const MAX_WORDS = 32;

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
  const excess = [...cleaned.matchAll(WORDS)][MAX_WORDS]?.index;
  const plain = plainWords(cleaned.slice(0, excess));
  const isLong = excess !== undefined || cleaned.length > MAX_EXPRESSION_CHARACTERS;
  return isLong || isInternal(cleaned) ? [plain] : [cleaned, plain];
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
    .map((word) => (word.endsWith('*') ? `"${word}"*` : `"${word}"`))
    .join(' ');
}

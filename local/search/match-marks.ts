/**
 * FTS5 puts these characters around matches. They are noncharacters, which Unicode reserves for
 * such internal use. Indexed text has none, because they are replaced before.
 */
export const MATCH_START = '\uFDD0';
export const MATCH_END = '\uFDD1';

const MARKED = /(\uFDD0[^\uFDD0\uFDD1]*\uFDD1)/;
const MARKS = /[\uFDD0\uFDD1]/g;

/** Replaces marks, and control characters except white space: SQLite would end text at a NUL. */
export function withoutMarks(text: string): string {
  return text.toWellFormed().replaceAll(/(?!\s)[\p{Cc}\uFDD0\uFDD1]/gu, ' ');
}

/** A piece of text that is a match as a whole, or has none. */
export interface TextPart {
  readonly text: string;
  readonly isMatch: boolean;
}

/** Splits marked text into parts. */
export function partsOf(marked: string): TextPart[] {
  return marked
    .split(MARKED)
    .filter((part) => part !== '')
    .map((part) => ({ text: part.replaceAll(MARKS, ''), isMatch: MARKED.test(part) }));
}

/** A line of marked text that a match touches. */
export interface MatchedLine {
  /** From 0. */
  readonly line: number;
  readonly text: string;
}

/** Lists the lines of marked text that a match touches. A match may extend over several lines. */
export function matchedLines(marked: string): MatchedLine[] {
  let isInside = false;
  return marked.split('\n').flatMap((text, line) => {
    const isMatched = isInside || text.includes(MATCH_START);
    const last = text.match(MARKS)?.at(-1);
    if (last !== undefined) isInside = last === MATCH_START;
    return isMatched ? [{ line, text: text.replaceAll(MARKS, '') }] : [];
  });
}

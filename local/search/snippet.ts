import { MATCH_START, partsOf, type TextPart } from './match-marks.ts';

/** About two lines. */
const SNIPPET_CHARACTERS = 160;
/** What precedes the first match. */
const LEAD_CHARACTERS = 40;
/** A word of extraordinary length is cut. */
const MAX_SNIPPET_CHARACTERS = 2 * SNIPPET_CHARACTERS;

/**
 * Cuts the part with the most matches out of marked text. FTS5's own snippet() takes minutes for a
 * long text with thousands of matches.
 */
export function snippetOf(marked: string): TextPart[] {
  const start = startOfLead(marked, densestMatch(marked));
  const window = marked.slice(start, start + MAX_SNIPPET_CHARACTERS);
  const end = window.slice(LEAD_CHARACTERS + SNIPPET_CHARACTERS).search(/\s/u);
  const isWhole = start + window.length >= marked.length && end < 0;
  const cut = end < 0 ? window : window.slice(0, LEAD_CHARACTERS + SNIPPET_CHARACTERS + end);
  const parts = partsOf(cut.toWellFormed().replaceAll(/\s+/gu, ' '));
  return [
    ...(start > 0 ? [{ text: '…', isMatch: false }] : []),
    ...parts,
    ...(isWhole ? [] : [{ text: '…', isMatch: false }]),
  ];
}

/** The position of the match that most others follow closely. */
function densestMatch(marked: string): number {
  const recent: number[] = [];
  let densest = 0;
  let most = 0;
  for (let at = marked.indexOf(MATCH_START); at >= 0; at = marked.indexOf(MATCH_START, at + 1)) {
    recent.push(at);
    while (at - (recent[0] ?? at) > SNIPPET_CHARACTERS) recent.shift();
    if (recent.length <= most) continue;
    most = recent.length;
    densest = recent[0] ?? at;
  }
  return densest;
}

/** Steps back to the beginning of a word, but not into another match. */
function startOfLead(marked: string, match: number): number {
  if (match <= LEAD_CHARACTERS) return 0;
  const lead = marked.slice(match - LEAD_CHARACTERS, match);
  const space = lead.search(/\s/u);
  return space < 0 ? match : match - LEAD_CHARACTERS + space + 1;
}

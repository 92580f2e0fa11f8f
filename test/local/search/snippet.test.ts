import { expect, it } from 'vitest';
import { snippetOf } from '../../../local/search/snippet.ts';

const MATCH = '\uFDD0whale\uFDD1';
const textOf = (marked: string) =>
  snippetOf(marked)
    .map(({ text, isMatch }) => (isMatch ? `[${text}]` : text))
    .join('');

it('returns a short text as a whole, in one line', () => {
  expect(textOf(`A white\n  ${MATCH}\nof the sea`)).toBe('A white [whale] of the sea');
});

it('cuts the part with the most matches out, at the ends of words', () => {
  const far = 'sea '.repeat(500);

  expect(textOf(`${MATCH} ${far}${MATCH} and ${MATCH} ${far}`)).toMatch(
    /^…(?:sea ){5,10}\[whale\] and \[whale\] (?:sea ){20,50}sea…$/,
  );
});

it('keeps matches at both ends of a long text', () => {
  expect(textOf(`${MATCH} ${'sea '.repeat(500)}`)).toMatch(/^\[whale\] sea /);
  expect(textOf(`${'sea '.repeat(500)}${MATCH}`)).toMatch(/ sea \[whale\]$/);
});

it('cuts a word of extraordinary length', () => {
  expect(textOf(`${MATCH} ${'x'.repeat(10_000)}`).length).toBeLessThan(400);
});

it('takes a text with 100,000 matches', () => {
  expect(textOf(`${MATCH} `.repeat(100_000))).toContain('[whale] [whale]');
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { maskHocr, maskText } from '../../../local/aspose-simulator/trial-mask.ts';

const letters = fc.string({
  unit: fc.constantFrom('a', 'é', 'Z', '7', '字', '𝒳'),
  minLength: 1,
  maxLength: 8,
});
const punctuation = fc.string({ unit: fc.constantFrom('.', ',', '“', '!', '(', '-'), maxLength: 2 });
const words = fc.array(
  fc.tuple(punctuation, letters, punctuation).map((parts) => parts.join('')),
  { minLength: 1, maxLength: 80 },
);

describe('maskText', () => {
  test('masks the floor of ten per cent of the words', () => {
    fc.assert(
      fc.property(words, (list) => {
        const masked = maskText(list.join(' ')).split(' ');

        const changed = list.filter((word, index) => masked[index] !== word);
        expect(changed).toHaveLength(Math.floor(list.length / 10));
      }),
    );
  });

  test('keeps every word as long as it was', () => {
    fc.assert(
      fc.property(words, (list) => {
        const masked = maskText(list.join(' ')).split(' ');

        expect(masked.map((word) => [...word].length)).toEqual(list.map((word) => [...word].length));
      }),
    );
  });

  test.each([
    ['oporteat', '********'],
    ['vis,', '***,'],
    ['“don’t!”', '“*****!”'],
    ['(1.5)', '(***)'],
    ['née', '***'],
  ])('masks %s as %s', (word, expected) => {
    const text = `${'word '.repeat(9)}${word}`;

    expect(maskText(text)).toBe(`${'word '.repeat(9)}${expected}`);
  });

  test('keeps line breaks and other white space', () => {
    const text = `${'word\n\n'.repeat(9)}\t  last  \n`;

    expect(maskText(text)).toBe(`${'word\n\n'.repeat(9)}\t  ****  \n`);
  });

  test('does not count or mask what holds neither letter nor digit', () => {
    const text = `${'word — '.repeat(9)}last`;

    expect(maskText(text)).toBe(`${'word — '.repeat(9)}****`);
  });

  test('masks the same words each time', () => {
    const text = 'one two three '.repeat(20);

    expect(maskText(text)).toBe(maskText(text));
  });
});

describe('maskHocr', () => {
  const span = (content: string) => `<span class='ocrx_word' id='w' title='bbox 1 2 3 4'>${content}</span>\n`;

  test('masks the words of the text and leaves the markup', () => {
    const hocr = `<p>${span('word').repeat(9)}${span('vis,')}</p>`;

    expect(maskHocr(hocr)).toBe(`<p>${span('word').repeat(9)}${span('***,')}</p>`);
  });

  test('counts an escaped character as one', () => {
    const hocr = `${span('word').repeat(9)}${span('&lt;don&#39;t&amp;go&gt;')}`;

    expect(maskHocr(hocr)).toBe(`${span('word').repeat(9)}${span('&lt;********&gt;')}`);
  });

  test('leaves the words that stay as they were, escapes included', () => {
    const hocr = span('&amp;&#39;&quot;').repeat(12);

    expect(maskHocr(hocr)).toBe(hocr);
  });
});

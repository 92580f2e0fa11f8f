import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
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
  it('masks the floor of 10 % of the words, and keeps the length of every word', () => {
    fc.assert(
      fc.property(words, (list) => {
        const masked = maskText(list.join(' ')).split(' ');

        const changed = list.filter((word, index) => masked[index] !== word);
        expect(changed).toHaveLength(Math.floor(list.length / 10));
        expect(masked.map((word) => [...word].length)).toEqual(list.map((word) => [...word].length));
      }),
    );
  });

  it.each([
    ['oporteat', '********'],
    ['vis,', '***,'],
    ['“don’t!”', '“*****!”'],
    ['(1.5)', '(***)'],
    ['née', '***'],
  ])('masks %s as %s', (word, expected) => {
    const text = `${'word '.repeat(9)}${word}`;

    expect(maskText(text)).toBe(`${'word '.repeat(9)}${expected}`);
  });

  it('keeps line breaks and other white space', () => {
    const text = `${'word\n\n'.repeat(9)}\t  last  \n`;

    expect(maskText(text)).toBe(`${'word\n\n'.repeat(9)}\t  ****  \n`);
  });

  it('neither counts nor masks a token without letters and digits', () => {
    const text = `${'word — '.repeat(9)}last`;

    expect(maskText(text)).toBe(`${'word — '.repeat(9)}****`);
  });

  it('masks the same words each time', () => {
    const text = 'one two three '.repeat(20);

    expect(maskText(text)).toBe(maskText(text));
  });
});

describe('maskHocr', () => {
  const span = (content: string) => `<span class='ocrx_word' id='w' title='bbox 1 2 3 4'>${content}</span>\n`;

  it('masks the words of the text and keeps the markup', () => {
    const hocr = `<p>${span('word').repeat(9)}${span('vis,')}</p>`;

    expect(maskHocr(hocr)).toBe(`<p>${span('word').repeat(9)}${span('***,')}</p>`);
  });

  it('counts an escaped character as one', () => {
    const hocr = `${span('word').repeat(9)}${span('&lt;don&#39;t&amp;go&gt;')}`;

    expect(maskHocr(hocr)).toBe(`${span('word').repeat(9)}${span('&lt;********&gt;')}`);
  });

  it('keeps unmasked words unchanged, including their escapes', () => {
    const hocr = span('&amp;&#39;&quot;').repeat(12);

    expect(maskHocr(hocr)).toBe(hocr);
  });
});

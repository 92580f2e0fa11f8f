import fc from 'fast-check';
import { expect, it } from 'vitest';
import { readHocr } from '../../../local/search/hocr-words.ts';
import { hocrOf } from '../../support/hocr.ts';
import { reproducible } from '../../support/reproducible.ts';

/** Any character, and halves of characters. */
const codeUnit = fc.nat(0xffff).map((code) => String.fromCharCode(code));

it('reads the words of each page in order, with rectangles and page sizes', async () => {
  const { pages, words } = await readHocr(hocrOf([['Dear', '1 2 30 14']], [['R&amp;D', '5 6 7 8']]));

  expect(pages).toEqual([
    { number: 1, width: 200, height: 100 },
    { number: 2, width: 200, height: 100 },
  ]);
  expect(words).toEqual([
    { text: 'Dear', page: 1, x1: 1, y1: 2, x2: 30, y2: 14 },
    { text: 'R&D', page: 2, x1: 5, y1: 6, x2: 7, y2: 8 },
  ]);
});

it('joins a word that markup divides, and takes the text of a line that has no words', async () => {
  const { words } = await readHocr(`
    <span class="ocr_line extra" title="baseline 0 0; bbox 0 0 90 9">
      <span class='ocrx_word' title='bbox 1 1 9 9'><strong>Da</strong>te</span> of issue</span>`);

  expect(words.map(({ text, x2 }) => [text, x2])).toEqual([
    ['Date', 9],
    ['of', 90],
    ['issue', 90],
  ]);
});

it.each([
  ['no hOCR at all', 'plain text'],
  ['a word without a rectangle', "<span class='ocrx_word'>lost</span>"],
  ['an empty rectangle', "<span class='ocrx_word' title='bbox 5 5 5 9'>lost</span>"],
  ['a rectangle of too many pixels', "<span class='ocrx_word' title='bbox 0 0 9999999999 9'>lost</span>"],
])('leaves out %s', async (_, hocr) => {
  expect(await readHocr(hocr)).toEqual({ pages: [], words: [] });
});

it('reads the first 200,000 characters of a word, or of a document, that does not end', async () => {
  const word = "<span class='ocrx_word' title='bbox 1 1 9 9'>";

  const one = await readHocr(`${word}${'a '.repeat(400_000)}</span>`);
  const many = await readHocr(`${word}a</span>`.repeat(150_000));

  expect([one.words.length, many.words.length]).toEqual([100_000, 100_000]);
});

it('reads the beginning of a document that is nested too deeply', async () => {
  const [first, last] = [hocrOf([['first', '1 2 30 14']]), hocrOf([['last', '1 2 30 14']])];

  const { words } = await readHocr(first + '<b>'.repeat(50_000) + last);

  expect(words.map(({ text }) => text)).toEqual(['first']);
});

it('never fails on a damaged document', async () => {
  const whole = hocrOf([['Dear', '1 2 30 14']]);
  const damaged = fc.tuple(fc.nat(whole.length), fc.nat(whole.length), fc.string({ unit: codeUnit }));

  await fc.assert(
    fc.asyncProperty(damaged, async ([from, to, inserted]) => {
      await readHocr(whole.slice(0, from) + inserted + whole.slice(to));
    }),
    reproducible(),
  );
});

import { PDFDocument } from 'pdf-lib';
import { expect, it } from 'vitest';
import { combineHocr, combinePdfs, combineTexts } from '../../../local/aspose-simulator/combined-pages.ts';
import { PAGE } from '../../support/fake-recognizer.ts';
import { pdfOf } from '../../support/pdfs.ts';

it('separates the texts of pages by an empty line', () => {
  const texts = ['one\ntwo', '', 'three'].map((text) => ({ ...PAGE, text }));

  expect(combineTexts(texts)).toBe('one\ntwo\n\n\n\nthree');
});

it('numbers the pages of an hOCR document and the ids in them, but not their words', () => {
  const hocr = `<div class='ocr_page' id='page_1' title='image ""; bbox 0 0 9 9; ppageno 0; scan_res 300 300'>
<span class='ocrx_word' id='word_1_1' title='bbox 1 1 2 2'>; ppageno 0 id=&#39;word_1_1&#39;</span></div>
`;

  const combined = combineHocr([
    { ...PAGE, hocr },
    { ...PAGE, hocr },
  ]);

  expect(combined.match(/ id='.*?'/g)).toEqual([
    " id='page_1'",
    " id='word_1_1'",
    " id='page_2'",
    " id='word_2_1'",
  ]);
  expect(combined.match(/; ppageno \d; scan_res/g)).toEqual([
    '; ppageno 0; scan_res',
    '; ppageno 1; scan_res',
  ]);
  expect(combined.match(/>; ppageno 0 id=&#39;word_1_1&#39;</g)).toHaveLength(2);
});

it('combines PDF documents of one page, in order', async () => {
  const pdfs = await Promise.all([72, 144, 216].map((width) => pdfOf({ size: [width, 72] })));

  const combined = await combinePdfs(pdfs.map((searchablePdf) => ({ ...PAGE, searchablePdf })));

  const pages = (await PDFDocument.load(combined ?? '')).getPages();
  expect(pages.map((page) => page.getWidth())).toEqual([72, 144, 216]);
});

it('leaves the PDF of a single page unchanged, and none where none was requested', async () => {
  expect(await combinePdfs([PAGE])).toBe(PAGE.searchablePdf);
  expect(await combinePdfs([{ ...PAGE, searchablePdf: null }])).toBeNull();
});

import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { renderPages } from '../../../local/aspose-simulator/pdf-pages.ts';
import type { Picture } from '../../../local/aspose-simulator/picture.ts';
import { encryptedPdf, type PdfPage, pdfOf } from '../../support/pdfs.ts';
import { readSample } from '../../support/simulator-client.ts';

async function render(file: Uint8Array): Promise<Picture[]> {
  const pictures: Picture[] = [];
  for await (const picture of renderPages(file)) pictures.push(picture);
  return pictures;
}

const sizesOf = (pictures: readonly Picture[]) => pictures.map(({ width, height }) => [width, height]);

/** Whether any pixel of a page is dark. */
async function hasInk(...pages: readonly PdfPage[]): Promise<boolean[]> {
  const pictures = await render(await pdfOf(...pages));
  const stats = pictures.map(async ({ png }) => Number((await sharp(png).stats()).channels[0]?.min) < 128);
  return await Promise.all(stats);
}

describe('the pages of a PDF document', () => {
  it('are pictures of 300 dots per inch, in order', async () => {
    const pictures = await render(await pdfOf({ size: [144, 72] }, { size: [72, 288] }));

    expect(sizesOf(pictures)).toEqual([
      [600, 300],
      [300, 1200],
    ]);
    expect((await sharp(pictures[0]?.png).metadata()).density).toBe(300);
  });

  it('are upright, as viewers show them', async () => {
    const pictures = await render(await pdfOf({ size: [144, 72], rotation: 90 }));

    expect(sizesOf(pictures)).toEqual([[300, 600]]);
  });

  it('have a white background, visible text and the values of form fields, but no invisible text', async () => {
    const ink = await hasInk(
      {},
      { text: 'visible' },
      { fieldValue: 'value' },
      { invisibleText: 'invisible' },
    );

    expect(ink).toEqual([false, true, true, false]);
  });

  it.each([
    ['35 megapixels', [2000, 4000], [4183, 8366], 151],
    ['32767 pixels on a side', [100, 14_400], [227, 32_767], 164],
  ] as const)('have a lower resolution where they would exceed %s', async (_, size, pixels, density) => {
    const pictures = await render(await pdfOf({ size }));

    expect(sizesOf(pictures)).toEqual([pixels]);
    expect((await sharp(pictures[0]?.png).metadata()).density).toBe(density);
  });

  it('are found after other bytes at the beginning of the file', async () => {
    const file = Buffer.concat([Buffer.from('mail header\n'), await pdfOf({ size: [72, 72] })]);

    expect(sizesOf(await render(file))).toEqual([[300, 300]]);
  });

  it('are rendered only as far as they are requested', async () => {
    const pages = renderPages(await pdfOf({ size: [72, 72] }, { size: [9000, 9000] }));

    expect(sizesOf([(await pages.next()).value ?? expect.unreachable()])).toEqual([[300, 300]]);
    await expect(pages.next()).rejects.toThrow('got page 2 of 9000 x 9000 points');
  });
});

describe('the error names what is wrong with', () => {
  const cutOff = async () => (await readSample('letter-and-form.pdf')).subarray(0, 40_000);
  const manyPages = () => pdfOf(...Array.from({ length: 51 }, () => ({})));

  it.each([
    ['an empty file', async () => Buffer.from(''), 'got 0 bytes of other content; allowed: a PDF document'],
    ['a text', async () => Buffer.from('hello'), 'got 5 bytes of other content; allowed: a PDF document'],
    ['a cut off document', cutOff, /got a broken PDF document \(.+\); allowed: a complete one/],
    ['an encrypted document', encryptedPdf, 'got an encrypted PDF document; allowed: one that opens without'],
    ['a document without pages', () => pdfOf(), 'got a PDF document of 0 pages; allowed: 1 to 50 pages'],
    ['a document of 51 pages', manyPages, 'got a PDF document of 51 pages; allowed: 1 to 50 pages'],
    ['a page of no size', () => pdfOf({ size: [72, 0.5] }), 'got a PDF document whose page 1 is broken'],
    [
      'a page that is too large',
      () => pdfOf({ size: [9000, 4000] }),
      'got page 1 of 9000 x 4000 points; allowed: at most 35 million square points, 32767 on each side',
    ],
  ])('%s', async (_, create, message) => {
    await expect(render(await create())).rejects.toThrow(message);
  });
});

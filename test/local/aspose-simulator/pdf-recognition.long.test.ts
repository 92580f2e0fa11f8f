import { PDFDocument } from 'pdf-lib';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { type AsposeSimulator, startAsposeSimulator } from '../../../local/aspose-simulator/server.ts';
import { encryptedPdf, pdfOf } from '../../support/pdfs.ts';
import { recall } from '../../support/run-command.ts';
import { readSample, recognize, textsOf } from '../../support/simulator-client.ts';

// Recognition can be slow on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

let simulator: AsposeSimulator;
beforeAll(async () => {
  simulator = await startAsposeSimulator({ timeline: { pendingSeconds: 0, processingSeconds: 0 } });
});
afterAll(() => simulator.close());

const sample = await readSample('letter-and-form.pdf');
const recognizePdf = (file: Uint8Array, settings = {}) =>
  recognize(simulator, 'RecognizePdf', file, settings);

it('combines the pages into one entry for each document type', async () => {
  const task = await recognizePdf(sample, { resultType: 'TextAndPdfAndHocr' });

  expect(task.results?.map(({ type }) => type)).toEqual(['Text', 'Pdf', 'Hocr']);
  const [text = '', , hocr = ''] = textsOf(task);
  const [letter, form] = await Promise.all(['letter.txt', 'form.txt'].map(readSample));
  expect(recall(text, `${letter} ${form}`)).toBeGreaterThanOrEqual(0.95);
  expect(text.indexOf('Harbour')).toBeLessThan(text.indexOf('Delivery note'));
  expect(hocr.match(/(?<=class='ocr_page' id=).*?(?= )/g)).toEqual(["'page_1'", "'page_2'"]);
  const pdf = await PDFDocument.load(task.results?.[1]?.data ?? '');
  expect(pdf.getPages().map((page) => Math.round(page.getWidth()))).toEqual([595, 595]);
});

it('lists the blocks of all pages', async () => {
  const [json = ''] = textsOf(await recognizePdf(sample, { resultType: 'JSON' }));

  const texts = JSON.parse(json).map(({ text }: { text: string }) => text);
  expect(texts.at(0)).toContain('Harbour Lane');
  expect(texts.at(-1)).toContain('Rowan Pike');
});

it('recognizes the picture of a page, and not its text layer', async () => {
  const picture = await readSample('form.png');
  const pdf = await pdfOf({ size: [590, 360], picture, invisibleText: 'Completely different words' });

  const [text] = textsOf(await recognizePdf(pdf));

  expect(text).toContain('Delivery note');
  expect(text).not.toContain('different');
});

it('applies settings to each page, and returns one ImagePNG for each', async () => {
  const pdf = await pdfOf({ size: [72, 144], text: 'one' }, { size: [72, 72], text: 'two' });
  const settings = { resultType: 'ImagePNG', rotate: 90, makeBinarization: true };

  const { results } = await recognizePdf(pdf, settings);

  const images = (results ?? []).map(({ data }) => sharp(Buffer.from(data, 'base64')));
  const sizes = images.map(async (image) => (({ width, height }) => [width, height])(await image.metadata()));
  expect(await Promise.all(sizes)).toEqual([
    [600, 300],
    [300, 300],
  ]);
  for (const image of images) expect(new Set(await image.raw().toBuffer())).toEqual(new Set([0, 255]));
});

it('recognizes its own searchable PDF again', async () => {
  const { results } = await recognizePdf(sample, { resultType: 'Pdf' });
  const searchable = Buffer.from(results?.[0]?.data ?? '', 'base64');

  const [text] = textsOf(await recognizePdf(searchable));

  expect(text).toContain('Delivery note');
});

it('ends in Error with the reason for a PDF that cannot be opened', async () => {
  expect(await recognizePdf(await encryptedPdf())).toMatchObject({
    taskStatus: 'Error',
    results: null,
    error: { messages: [expect.stringContaining('image: got an encrypted PDF document')] },
  });
});

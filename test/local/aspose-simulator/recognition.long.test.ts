import sharp, { type Sharp } from 'sharp';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import type { OperationName } from '../../../functions/contracts/operations.ts';
import { type AsposeSimulator, startAsposeSimulator } from '../../../local/aspose-simulator/server.ts';
import { bmpOf, frameHeaderFirst, onItsSide, wrongScanHeader } from '../../support/images.ts';
import { recall } from '../../support/run-command.ts';
import {
  type Envelope,
  fetchTask,
  readSample,
  recognize,
  submit,
  textsOf,
} from '../../support/simulator-client.ts';

// Recognition can be slow on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

const AT_ONCE = { pendingSeconds: 0, processingSeconds: 0 };

let simulator: AsposeSimulator;
beforeAll(async () => {
  simulator = await startAsposeSimulator({ timeline: AT_ONCE });
});
afterAll(() => simulator.close());

describe('the text of', () => {
  it.each([
    ['letter', {}, 0.95],
    ['form', {}, 0.9],
    ['noisy', { makeSkewCorrect: true }, 0.85],
  ])('the sample %s with %j contains at least %d of its words', async (sample, settings, share) => {
    const [text = ''] = textsOf(await recognize(simulator, 'RecognizeImage', sample, settings));

    expect(recall(text, await trueText(sample))).toBeGreaterThanOrEqual(share);
  });

  it('an empty page is empty', async () => {
    const task = await recognize(simulator, 'RecognizeImage', await blankPage());

    expect(task).toMatchObject({ taskStatus: 'Completed', results: [{ type: 'Text', data: '' }] });
  });

  it('a sideways image is found when Rotate turns it', async () => {
    const sideways = await sharp(await readSample('noisy.png'))
      .rotate(90)
      .toBuffer();

    const [text = ''] = textsOf(await recognize(simulator, 'RecognizeImage', sideways, { Rotate: 270 }));

    expect(recall(text, await trueText('noisy'))).toBeGreaterThanOrEqual(0.85);
  });
});

it.each([
  ['whose frame header comes first', frameHeaderFirst],
  ['that its decoder warns about', wrongScanHeader],
  ['from a scanner that writes BMP', (image: Buffer) => bmpOf(image, { bitsPerPixel: 24, topDown: true })],
  ['stored on its side', (image: Buffer) => onItsSide(image, 'webp')],
])('recognizes an image %s', async (_, create) => {
  const image = await create(await readSample('letter.png'));

  const [text = ''] = textsOf(await recognize(simulator, 'RecognizeImage', image));

  expect(recall(text, await trueText('letter'))).toBeGreaterThanOrEqual(0.95);
});

describe('result types', () => {
  it('give one entry each when they are combined, all of the same page', async () => {
    const task = await recognize(simulator, 'RecognizeImage', 'noisy', { resultType: 'TextAndPdfAndHocr' });

    expect(task.results?.map(({ type }) => type)).toEqual(['Text', 'Pdf', 'Hocr']);
    const [text = '', pdf, hocr = ''] = textsOf(task);
    expect(pdf).toMatch(/^%PDF-/);
    expect(pdf, 'the font of the invisible text').toContain('GlyphLessFont');
    expect(hocrWords(hocr)).toEqual(wordsOf(text));
  });

  it.each([
    ['Text', ['Text']],
    ['Pdf', ['Pdf']],
    ['TextAndPdf', ['Text', 'Pdf']],
    ['Hocr', ['Hocr']],
    ['TextAndHocr', ['Text', 'Hocr']],
    ['PdfAndHocr', ['Pdf', 'Hocr']],
    ['ImagePNG', ['ImagePNG']],
    ['JSON', ['JSON']],
  ])('%s gives %j', async (resultType, types) => {
    const task = await recognize(simulator, 'RecognizeLabel', await blankPage(), { resultType });

    expect(task.results?.map(({ type }) => type)).toEqual(types);
  });

  it('JSON gives all blocks, with the position of each word', async () => {
    const [json = ''] = textsOf(await recognize(simulator, 'RecognizeImage', 'form', { resultType: 'JSON' }));

    const blocks = blocksSchema.parse(JSON.parse(json));
    for (const { text, words } of blocks) expect(words.map((word) => word.text)).toEqual(wordsOf(text));
    const corner = blocks[0]?.words[0]?.rect;
    expect(corner?.topLeftX).toBeCloseTo(61, -1);
    expect(corner?.topLeftY).toBeCloseTo(51, -1);
  });
});

it('RecognizeRegions recognizes each region separately, in order, and keeps empty ones', async () => {
  const regions = regionsSchema.parse(JSON.parse(String(await readSample('form.regions.json'))));

  const task = await recognize(simulator, 'RecognizeRegions', 'form', { regions: regions.toReversed() });

  expect(textsOf(task)).toEqual(regions.map(({ text }) => text));
});

it('a trial masks the same tenth of the words in every result type', async () => {
  const [plain = ''] = textsOf(await recognize(simulator, 'RecognizeImage', 'noisy'));
  const trial = (resultType: string) => recognize(simulator, 'RecognizeImageTrial', 'noisy', { resultType });
  const [text = '', hocr = ''] = textsOf(await trial('TextAndHocr'));
  const [json = ''] = textsOf(await trial('JSON'));
  const blocks = blocksSchema.parse(JSON.parse(json));

  const masked = wordsOf(text).filter((word) => word.includes('*'));
  expect(masked).toHaveLength(Math.floor(wordsOf(plain).length / 10));
  expect(text).toHaveLength(plain.length);
  expect(hocrWords(hocr)).toEqual(wordsOf(text));
  expect(blocks.flatMap((block) => wordsOf(block.text))).toEqual(wordsOf(text));
  expect(blocks.flatMap(({ words }) => words.map((word) => word.text))).toEqual(wordsOf(text));
});

describe('a setting or an operation changes the image:', () => {
  async function preparedImage(settings: object, operation: OperationName = 'RecognizeImage') {
    const all = { resultType: 'ImagePNG', ...settings };
    const { results } = await recognize(simulator, operation, 'noisy', all);
    expect(results?.map(({ type }) => type)).toEqual(['ImagePNG']);
    return sharp(Buffer.from(results?.[0]?.data ?? '', 'base64'));
  }

  it('no setting changes nothing', async () => {
    const before = sharp(await readSample('noisy.png'));

    expect(await pixelsOf(await preparedImage({}))).toEqual(await pixelsOf(before));
  });

  it('rotate rotates it clockwise', async () => {
    const turned = sharp(await readSample('noisy.png')).rotate(90);

    expect(await pixelsOf(await preparedImage({ rotate: 90 }))).toEqual(await pixelsOf(turned));
  });

  it('makeContrastCorrection stretches its contrast', async () => {
    const contrast = async (settings: object) => {
      const { channels } = await (await preparedImage(settings)).stats();
      return channels[0]?.stdev ?? Number.NaN;
    };

    expect(await contrast({ makeContrastCorrection: true })).toBeGreaterThan(1.2 * (await contrast({})));
  });

  it.each([
    ['RecognizeImage', { makeUpsampling: true }],
    ['UpscaleImage', {}],
  ] as const)('%s with %j doubles its size', async (operation, settings) => {
    const { width = 0, height = 0 } = await sharp(await readSample('noisy.png')).metadata();

    const image = await preparedImage(settings, operation);

    expect(await image.metadata()).toMatchObject({ width: 2 * width, height: 2 * height });
  });

  it.each([
    ['RecognizeImage', { makeBinarization: true }],
    ['BinarizeImage', {}],
  ] as const)('%s with %j makes it black and white', async (operation, settings) => {
    const image = await preparedImage(settings, operation);

    expect(new Set(await pixelsOf(image))).toEqual(new Set([0, 255]));
  });

  it('DeskewImage makes the lines of text horizontal', async () => {
    const before = await recognize(simulator, 'RecognizeImage', 'noisy', { resultType: 'JSON' });

    const image = await (await preparedImage({}, 'DeskewImage')).toBuffer();

    const after = await recognize(simulator, 'RecognizeImage', image, { resultType: 'JSON' });
    expect(firstLineDrop(before)).toBeGreaterThan(8);
    expect(firstLineDrop(after)).toBeLessThan(4);
  });
});

it('a task can be fetched while its recognition is running', async () => {
  const taskId = await (await submit(simulator, 'RecognizeImage', 'letter')).text();

  const { taskStatus } = await fetchTask(simulator, 'RecognizeImage', taskId);

  expect(taskStatus).toBe('Processing');
});

const rectSchema = z.object({
  topLeftX: z.int(),
  topLeftY: z.int(),
  bottomRightX: z.int(),
  bottomRightY: z.int(),
});
const regionsSchema = z.array(z.object({ rect: rectSchema, order: z.int(), text: z.string() }));
const blocksSchema = z.array(
  z.object({
    text: z.string(),
    rect: rectSchema,
    words: z.array(z.object({ text: z.string(), confidence: z.number(), rect: rectSchema })),
  }),
);

function wordsOf(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}

function hocrWords(hocr: string): string[] {
  return [...hocr.matchAll(/<span class='ocrx_word'[^>]*>([^<]*)</g)].map(([, word = '']) =>
    word.replaceAll('&#39;', "'").replaceAll('&quot;', '"').replaceAll('&amp;', '&'),
  );
}

async function trueText(sample: string): Promise<string> {
  return String(await readSample(`${sample}.txt`));
}

const pixelsOf = (image: Sharp) => image.greyscale().raw().toBuffer();

function blankPage(): Promise<Buffer> {
  return sharp({ create: { width: 300, height: 200, channels: 3, background: 'white' } })
    .png()
    .toBuffer();
}

/** How many pixels the first line of the noisy sample falls between two of its words. */
function firstLineDrop(task: Envelope): number {
  const blocks = blocksSchema.parse(JSON.parse(textsOf(task)[0] ?? ''));
  const words = blocks.flatMap((block) => block.words);
  const bottomOf = (text: string) =>
    words.find((word) => word.text === text)?.rect.bottomRightY ?? Number.NaN;
  return bottomOf('half') - bottomOf('The');
}

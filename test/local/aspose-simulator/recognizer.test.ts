import sharp from 'sharp';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { createTesseractRecognizer, type Engine } from '../../../local/aspose-simulator/recognizer.ts';
import { readSample } from '../../support/simulator-client.ts';

// Recognition can be slow on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

const PLAIN = { language: 'English', searchablePdf: false };

const recognizer = createTesseractRecognizer();
afterAll(() => recognizer.close());

it('recognizes an image after a recognition failed', async () => {
  const broken = recognizer.recognize(Buffer.from('no image'), PLAIN);
  const next = recognizer.recognize(await readSample('form.png'), PLAIN);

  await expect(broken).rejects.toThrow(/^The engine failed: /);
  expect((await next).text).toContain('Delivery note');
});

it.each([
  [32_768, 1],
  [1, 32_768],
])('names the limit on the sides of an image of %i x %i pixels', async (width, height) => {
  const image = sharp({ create: { width, height, channels: 3, background: 'white' } });
  const png = await image.png().toBuffer();
  const message = `image: got ${width} x ${height} pixels; allowed: at most 32767 on each side`;

  await expect(recognizer.recognize(png, PLAIN)).rejects.toThrow(message);
  await expect(
    recognizer.preprocess(png, { language: 'English', deskew: true, binarize: true }),
  ).rejects.toThrow(message);
});

it('rejects running and waiting recognitions when it closes', async () => {
  const own = createTesseractRecognizer();
  const letter = await readSample('letter.png');
  const recognitions = [1, 2].map(() => own.recognize(letter, PLAIN));
  const settled = Promise.allSettled(recognitions);
  await new Promise((resolve) => setImmediate(resolve));

  await own.close();

  expect(await settled).toEqual([
    expect.objectContaining({ reason: expect.objectContaining({ name: 'RecognizerClosedError' }) }),
    expect.objectContaining({ reason: expect.objectContaining({ name: 'RecognizerClosedError' }) }),
  ]);
});

describe('a recognizer of several languages', () => {
  /** Engines that log what is done with them. The text of a page is the language's code. */
  function loggedEngines() {
    const log: string[] = [];
    const startEngine = async (code: string, directory: string): Promise<Engine> => {
      log.push(`start ${code} in ${directory}`);
      const page = { text: code, hocr: null, blocks: null, pdf: null, imageColor: null, imageBinary: null };
      return {
        recognize: async () => ({ data: page }),
        terminate: async () => void log.push(`terminate ${code}`),
      };
    };
    return { log, startEngine };
  }

  it('keeps the engines of the two languages that were used last', async () => {
    const { log, startEngine } = loggedEngines();
    const own = createTesseractRecognizer((code) => `data/${code}`, startEngine);
    const texts: string[] = [];

    for (const language of ['English', 'German', 'English', 'French', 'English']) {
      texts.push((await own.recognize(Buffer.of(), { language, searchablePdf: false })).text);
    }
    await own.close();

    expect(texts).toEqual(['eng', 'deu', 'eng', 'fra', 'eng']);
    expect(log).toEqual([
      'start eng in data/eng',
      'start deu in data/deu',
      'terminate deu',
      'start fra in data/fra',
      'terminate fra',
      'terminate eng',
    ]);
  });

  it('rejects a language whose data is not installed any more', async () => {
    const { log, startEngine } = loggedEngines();
    const own = createTesseractRecognizer(() => undefined, startEngine);

    await expect(own.recognize(Buffer.of(), { language: 'German', searchablePdf: false })).rejects.toThrow(
      'language: got German, whose data is not installed',
    );
    expect(log).toEqual([]);
  });
});

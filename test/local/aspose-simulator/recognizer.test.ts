import sharp from 'sharp';
import { afterAll, expect, it, vi } from 'vitest';
import { createTesseractRecognizer } from '../../../local/aspose-simulator/recognizer.ts';
import { readSample } from '../../support/simulator-client.ts';

// Recognition can be slow on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

const recognizer = createTesseractRecognizer();
afterAll(() => recognizer.close());

it('recognizes an image after a recognition failed', async () => {
  const broken = recognizer.recognize(Buffer.from('no image'), { searchablePdf: false });
  const next = recognizer.recognize(await readSample('form.png'), { searchablePdf: false });

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

  await expect(recognizer.recognize(png, { searchablePdf: false })).rejects.toThrow(message);
  await expect(recognizer.preprocess(png, { deskew: true, binarize: true })).rejects.toThrow(message);
});

it('rejects running and waiting recognitions when it closes', async () => {
  const own = createTesseractRecognizer();
  const letter = await readSample('letter.png');
  const recognitions = [1, 2].map(() => own.recognize(letter, { searchablePdf: false }));
  const settled = Promise.allSettled(recognitions);
  await new Promise((resolve) => setImmediate(resolve));

  await own.close();

  expect(await settled).toEqual([
    expect.objectContaining({ reason: expect.objectContaining({ name: 'RecognizerClosedError' }) }),
    expect.objectContaining({ reason: expect.objectContaining({ name: 'RecognizerClosedError' }) }),
  ]);
});

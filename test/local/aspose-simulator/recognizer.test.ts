import { afterAll, expect, test, vi } from 'vitest';
import { createTesseractRecognizer } from '../../../local/aspose-simulator/recognizer.ts';
import { readSample } from '../../support/simulator-client.ts';

// Recognition is real work: a busy machine may need long for it.
vi.setConfig({ testTimeout: 60_000 });

const recognizer = createTesseractRecognizer();
afterAll(() => recognizer.close());

test('a recognition that fails does not break the next', async () => {
  const broken = recognizer.recognize(Buffer.from('no image'), { searchablePdf: false });
  const next = recognizer.recognize(await readSample('form.png'), { searchablePdf: false });

  await expect(broken).rejects.toThrow();
  expect((await next).text).toContain('Delivery note');
});

test('closing ends the recognitions under way and those that wait', async () => {
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

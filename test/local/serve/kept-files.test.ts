import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { expect, it } from 'vitest';
import { openKeptFiles } from '../../../local/serve/kept-files.ts';
import { decoded } from '../../support/builders.ts';
import { startKeptTasks } from '../../support/kept-tasks.ts';
import { SAMPLES } from '../../support/run-command.ts';

async function startWithImage(content: string | Uint8Array) {
  const kept = await startKeptTasks();
  const key = 'inbox/RecognizeImage/scan';
  const etag = await kept.put(key, content);
  await kept.keep({ taskId: 'whale', source: { bucket: kept.bucket, key, etag } }, decoded('whale'));
  return { ...kept, key, files: openKeptFiles(kept.stack) };
}

const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>';

it.each([
  ['image/png', () => readFile(join(SAMPLES, 'letter.png'))],
  ['image/jpeg', () => sharp(Buffer.from(svg)).jpeg().toBuffer()],
  ['image/svg+xml', async () => Buffer.from(svg)],
])('reads the image of a task, an %s by its first bytes', async (contentType, read) => {
  const content = await read();
  const { files } = await startWithImage(content);

  const image = await files.image('whale');

  expect(image.contentType).toBe(contentType);
  expect(Buffer.from(image.content).equals(content)).toBe(true);
});

it('shows a TIFF as PNG', async () => {
  const { files } = await startWithImage(await sharp(Buffer.from(svg)).tiff().toBuffer());

  const { contentType, content } = await files.image('whale');

  expect(contentType).toBe('image/png');
  expect(await sharp(content).metadata()).toMatchObject({ format: 'png', width: 9 });
});

it('gives the reason when there is no image', async () => {
  const { files, keep, put, remove, key } = await startWithImage('%PDF-1.7');
  await keep({ taskId: 'foreign' }, decoded('whale'));

  const reasonOf = (taskId: string) => files.image(taskId).catch((error: Error) => error);
  const of = (reason: string) => ({ status: 404, message: `The task has no image to show: ${reason}.` });

  expect(await reasonOf('whale')).toMatchObject(of('it was recognized from a PDF or another document'));
  expect(await reasonOf('nobody')).toMatchObject(of('there is no such task'));
  expect(await reasonOf('a%2Fb')).toMatchObject(of('there is no such task'));
  expect(await reasonOf('foreign')).toMatchObject(of('ocr-courier has not submitted it'));
  await put(key, 'another');
  expect(await reasonOf('whale')).toMatchObject(of('the object has been replaced'));
  await remove(key);
  expect(await reasonOf('whale')).toMatchObject(of('the object has been deleted'));
});

it('reads a document of an expired record, and none that does not exist', async () => {
  const { files, keep, remove } = await startWithImage('no image');
  await keep({ taskId: 'old', expiresAt: 1 }, decoded('whale'));

  const { contentType, content } = (await files.document('old', 0)) ?? {};

  expect([contentType, String(content && Buffer.from(content))]).toEqual([
    'text/plain; charset=utf-8',
    'whale',
  ]);
  expect(await files.document('old', 1)).toBeUndefined();
  await remove('results/RecognizeImage/old/0.txt');
  expect(await files.document('old', 0)).toBeUndefined();
});

import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import * as z from 'zod/mini';
import { recognizedSchema, type SearchHit, searchHitsSchema } from '../../../local/serve/page-contract.ts';
import { temporaryDirectory } from '../../support/data-fixture.ts';
import { runCommand, SAMPLES } from '../../support/run-command.ts';
import { type ServeProcess, startServe } from '../../support/serve-process.ts';
import { UNTIL_TEST_HANGS } from '../../support/until.ts';

/** Left free around a word that is recognized alone. */
const MARGIN_PIXELS = 8;

async function recognize(serve: ServeProcess, query: string): Promise<string> {
  const response = await fetch(`${serve.url}/local/recognize?fileName=letter.png&${query}`, {
    method: 'POST',
    body: await readFile(join(SAMPLES, 'letter.png')),
  });
  const { taskId } = z.parse(recognizedSchema, await response.json());
  await serve.line(`${taskId}, Completed`);
  return taskId;
}

async function search(serve: ServeProcess, query: string): Promise<readonly SearchHit[]> {
  const response = await fetch(`${serve.url}/local/search?${new URLSearchParams({ q: query })}`);
  return z.parse(searchHitsSchema, await response.json()).hits;
}

it('finds recognized text, with rectangles that hold the words in the image, across restarts and rebuilds', async () => {
  const data = await temporaryDirectory();
  const index = join(data, 'search.sqlite');
  const args = ['--data', data];
  const restart = () => startServe({}, args);

  const before = await restart();
  const taskId = await recognize(before, 'resultType=TextAndHocr');
  await expect.poll(() => search(before, 'okáfor'), UNTIL_TEST_HANGS).toHaveLength(1);
  const [hit] = await search(before, '"ms okafor"');
  const { x1 = 0, y1 = 0, x2 = 0, y2 = 0 } = hit?.words.at(-1) ?? {};
  const region = [x1 - MARGIN_PIXELS, y1 - MARGIN_PIXELS, x2 + MARGIN_PIXELS, y2 + MARGIN_PIXELS].join(',');
  const wordTask = await recognize(before, `operation=RecognizeRegions&region=${region}`);
  const word = await (await fetch(`${before.url}/local/tasks/${wordTask}/documents/0`)).text();
  const image = await fetch(`${before.url}/local/tasks/${taskId}/image`);
  const whileServing = await runCommand(['search', 'okafor', 'boxes', ...args]);
  await before.interrupt();
  const afterwards = await runCommand(['search', 'okafor', 'boxes', '--json', ...args]);

  expect(hit).toMatchObject({ taskId, words: [{ text: 'Ms' }, { text: 'Okafor,' }] });
  expect(hit?.pages).toEqual([{ number: 1, width: 1240, height: 1000 }]);
  expect(word.trim()).toMatch(/^Okafor,?$/);
  expect(image.headers.get('content-type')).toBe('image/png');
  expect(Buffer.from(await image.bytes()).equals(await readFile(join(SAMPLES, 'letter.png')))).toBe(true);
  expect(whileServing).toMatchObject({ status: 0, stderr: '' });
  expect(JSON.parse(afterwards.stdout).hits).toMatchObject([{ taskId }]);

  const found = async (serve: ServeProcess) =>
    (await search(serve, 'okafor boxes')).map((hits) => hits.taskId);
  for (const change of [() => {}, () => rm(index), () => writeFile(index, 'damaged')]) {
    await change();
    await using after = await restart();
    await expect.poll(() => found(after), UNTIL_TEST_HANGS).toEqual([taskId]);
    expect(after.stderr()).toBe('');
  }
});

import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type AsposeSimulator, startAsposeSimulator } from '../../../local/aspose-simulator/server.ts';
import { createLocalTokens, type Vendor } from '../../../local/cli/vendor.ts';
import { recognizeFile } from '../../../local/serve/recognize-file.ts';
import { fakeRecognizer } from '../../support/fake-recognizer.ts';
import { bmpOf, frameHeaderFirst, onItsSide } from '../../support/images.ts';
import { listen, type Reply, replyWith } from '../../support/loopback-server.ts';

const form = await readFile(new URL('../../../local/samples/form.png', import.meta.url));

let aspose: AsposeSimulator;
beforeAll(async () => {
  aspose = await startAsposeSimulator({ recognizer: fakeRecognizer() });
});
afterAll(() => aspose.close());

async function recognize(
  query: string,
  options: { file?: Buffer; api?: Reply; vendor?: Partial<Pick<Vendor, 'baseUrl' | 'credentials'>> } = {},
) {
  const { file = form, api = replyWith(202), vendor } = options;
  const { baseUrl, received } = await listen(api);
  const chosen = { ...aspose, ...vendor };
  const accessTokens = createLocalTokens(chosen.baseUrl, chosen.credentials);
  const recognizing = recognizeFile(file, new URLSearchParams(query), {
    kind: 'simulator',
    vendor: { ...chosen, name: 'the simulator', accessTokens },
    apiUrl: baseUrl,
  });
  return { result: await recognizing, received };
}

it('submits the regions, and starts the collection with the submission time', async () => {
  const before = Date.now();

  const { result, received } = await recognize(
    'region=64,170,556,232&region=624,170,1116,232&resultType=Hocr',
  );

  const started = JSON.parse(received[0]?.body ?? '');
  expect(received).toMatchObject([{ method: 'POST', url: '/tasks' }]);
  expect(started).toEqual({ ...result, operation: 'RecognizeRegions', submittedAt: started.submittedAt });
  expect(Date.parse(started.submittedAt)).toBeGreaterThanOrEqual(before);
  expect(Date.parse(started.submittedAt)).toBeLessThanOrEqual(Date.now());
});

it.each([
  ['whose frame header comes first', await frameHeaderFirst(form), ''],
  ['stored on its side', await onItsSide(form, 'png'), 'region=0,0,1180,700'],
  ['from a scanner that writes BMP', await bmpOf(form, { bitsPerPixel: 24, topDown: true }), ''],
])('accepts an image %s', async (_, file, query) => {
  const { result } = await recognize(query, { file });

  expect(result.taskId).toMatch(/^[\w-]+$/);
});

it.each<[query: string, message: string, file?: Buffer]>([
  ['operation=Recognize', "operation: got 'Recognize'; allowed: RecognizeImage"],
  ['operation=RecognizeRegions', 'region: got none for RecognizeRegions'],
  ['operation=IdentifyFont', 'operation: got IdentifyFont'],
  ['operation=RecognizePdf', 'file: got a file, which has other content'],
  ['resultType=Docx', "resultType: got 'Docx' for RecognizeImage; allowed: Text"],
  ['region=1,2,3', "region: got '1,2,3'; allowed: x1,y1,x2,y2"],
  ['region=0,0,9999,9999', 'which lies outside the image'],
  ['language=Klingon', 'language: got "Klingon"'],
  ['colour=blue', "query: got 'colour'; allowed: operation, resultType, language, region"],
  ['language=English&language=English', 'language: got 2 values; allowed: one value'],
  ['', 'file: got a file, which has other content; allowed: an image', Buffer.from('no pixels')],
])('rejects the query %j with: %s', async (query, message, file = form) => {
  const before = aspose.requests.length;

  await expect(recognize(query, { file })).rejects.toThrow(message);
  expect(aspose.requests).toHaveLength(before);
});

it('reports why Aspose did not accept the file', async () => {
  const vendor = { credentials: { clientId: 'wrong', clientSecret: 'wrong' } };

  await expect(recognize('', { vendor })).rejects.toMatchObject({
    name: 'SubmitError',
    message: expect.stringContaining('The file could not be submitted'),
  });
});

it('reports why the collection did not start', async () => {
  const api = replyWith(500, '{"detail":"The fault is ours."}');

  await expect(recognize('', { api })).rejects.toMatchObject({
    name: 'SubmitError',
    message: 'Aspose accepted the file, but its collection did not start: The fault is ours.',
  });
});

import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { recognizeOnPage } from '../../../local/serve/recognize-on-page.ts';
import { aTerminalRecord } from '../../support/builders.ts';
import { bmpOf, frameHeaderFirst, onItsSide } from '../../support/images.ts';
import { listen, type Reply, replyWith } from '../../support/loopback-server.ts';

const form = await readFile(new URL('../../../local/samples/form.png', import.meta.url));
const COLLECTED = { state: 'Submitted', messages: [], task: aTerminalRecord({ taskId: 'one' }) };
const IMAGE_ID = 'a'.repeat(40);

const requestedUpload = (url: string) => ({
  imageId: IMAGE_ID,
  upload: { method: 'PUT', url, headers: {} },
  expiresAt: '2026-03-01T13:00:00.000Z',
});

/** An HTTP API whose image has these states, one after the other. */
function apiWith(...states: readonly object[]): Reply {
  const responses = [...states];
  return (response, { method, url }) => {
    const body =
      method === 'POST'
        ? requestedUpload(`http://${response.req.headers.host}/put`)
        : url === `/images/${IMAGE_ID}`
          ? responses.length > 1
            ? responses.shift()
            : responses[0]
          : {};
    response.end(JSON.stringify(body));
  };
}

async function recognize(query: string, options: { file?: Buffer; api?: Reply } = {}) {
  const { file = form, api = apiWith(COLLECTED) } = options;
  const { baseUrl, received } = await listen(api);
  const recognizing = recognizeOnPage(file, new URLSearchParams(query), {
    kind: 'simulator',
    apiUrl: baseUrl,
  });
  return { result: await recognizing, received };
}

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
  ['operation=RecognizeRegions', 'settings.regions: got nothing; allowed: an array of 1 to 1000 regions'],
  ['operation=IdentifyFont', 'operation: got IdentifyFont'],
  ['operation=RecognizePdf', 'image: got an image (PNG); allowed: a PDF document for RecognizePdf'],
  ['resultType=Docx', "resultType: got 'Docx' for RecognizeImage; allowed: Text"],
  ['region=1,2,3', "region: got '1,2,3'; allowed: x1,y1,x2,y2"],
  [
    'region=0,0,9999,9999',
    'settings.regions.0: got bottom right corner 9999, 9999; allowed: a corner within the image',
  ],
  ['language=Klingon', "settings.language: got 'Klingon'; allowed: one of"],
  ['colour=blue', "query: got 'colour'; allowed: fileName, operation, resultType"],
  ['language=English&language=English', 'language: got 2 values; allowed: one value'],
  ['', 'image: got text; allowed: an image', Buffer.from('no pixels')],
])('rejects the query %j with: %s', async (query, message, file = form) => {
  await expect(recognize(query, { file })).rejects.toThrow(message);
});

it('uploads the file with the link of the API, and returns the task once it is being collected', async () => {
  const api = apiWith(
    { state: 'AwaitingUpload', messages: [], task: null },
    { state: 'Submitted', messages: [], task: null },
    COLLECTED,
  );

  const { result, received } = await recognize(
    'fileName=form.png&region=64,170,556,232&resultType=Hocr&setting=makeSkewCorrect=true',
    { api },
  );

  const rect = { topLeftX: 64, topLeftY: 170, bottomRightX: 556, bottomRightY: 232 };
  expect(result).toEqual({ taskId: 'one' });
  expect(JSON.parse(received[0]?.body ?? '')).toEqual({
    fileName: 'form.png',
    operation: 'RecognizeRegions',
    settings: { resultType: 'Hocr', makeSkewCorrect: true, regions: [{ rect }] },
  });
  expect(received.map(({ method }) => method)).toEqual(['POST', 'PUT', 'GET', 'GET', 'GET']);
});

it('reports why an image was refused', async () => {
  const api = apiWith({
    state: 'Refused',
    reason: 'RefusedByVendor',
    messages: ['Aspose returned HTTP 400'],
    task: null,
  });

  await expect(recognize('', { api })).rejects.toMatchObject({
    status: 422,
    message: 'Refused (RefusedByVendor): Aspose returned HTTP 400',
  });
});

it('reports why the API did not accept the file', async () => {
  const api = replyWith(500, '{"detail":"The fault is ours."}');

  await expect(recognize('', { api })).rejects.toMatchObject({
    name: 'UploadRejectedError',
    message: 'The file was not accepted: The fault is ours.',
  });
});

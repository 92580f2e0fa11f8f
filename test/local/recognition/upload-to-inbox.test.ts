import { expect, it } from 'vitest';
import { imageRequestSchema } from '../../../functions/contracts/images-api.ts';
import { parseInput } from '../../../functions/core/invalid-input.ts';
import { uploadToInbox } from '../../../local/recognition/upload-to-inbox.ts';
import { listen, type Reply } from '../../support/loopback-server.ts';

const upload = {
  bytes: Buffer.from('whale'),
  operation: 'RecognizeImage' as const,
  settings: { rotate: 90 },
};

/** An HTTP API whose upload link responds with this status. */
const apiWith =
  (status: number): Reply =>
  (response, { method }) => {
    const isSigned = response.req.headers['if-none-match'] === '*';
    if (method === 'PUT') response.writeHead(isSigned ? status : 403).end();
    else {
      const url = `http://${response.req.headers.host}/link`;
      const body = {
        imageId: 'one',
        upload: { method: 'PUT', url, headers: { 'if-none-match': '*' } },
        expiresAt: '2026-03-01T13:00:00.000Z',
      };
      response.writeHead(201).end(JSON.stringify(body));
    }
  };

async function uploadAs(fileName: string, status = 200) {
  const { baseUrl, received } = await listen(apiWith(status));
  const imageId = await uploadToInbox(baseUrl, { ...upload, fileName });
  return { imageId, received };
}

it('asks for a link, and uploads the file with the headers of the link', async () => {
  const { imageId, received } = await uploadAs('whale.png');

  expect(imageId).toBe('one');
  expect(received).toMatchObject([
    {
      method: 'POST',
      url: '/images',
      body: '{"fileName":"whale.png","operation":"RecognizeImage","settings":{"rotate":90}}',
    },
    { method: 'PUT', url: '/link', body: 'whale' },
  ]);
});

it.each([
  ['sub/folder/whale.png', 'sub_folder_whale.png'],
  ['wh\u0007ale\n.png', 'wh_ale_.png'],
  ['..', '_'],
  ['', '_'],
  ['....', '_'],
  ['...whale.png', '..whale.png'],
  ['..whale.png', '..whale.png'],
  ['\ud800.png', '\ufffd.png'],
  [`${'x'.repeat(300)}.png`, `${'x'.repeat(96)}.png`],
  [`${'🐳'.repeat(300)}.png`, `${'🐳'.repeat(96)}.png`],
])('turns the name %j into one that the API accepts', async (fileName, accepted) => {
  const { received } = await uploadAs(fileName);

  const request = parseInput(imageRequestSchema, JSON.parse(received[0]?.body ?? ''));
  expect(request.fileName).toBe(accepted);
});

it('reports that the storage did not accept the file', async () => {
  await expect(uploadAs('whale.png', 403)).rejects.toMatchObject({
    name: 'UploadRejectedError',
    message: 'The file was not accepted: The upload: S3 responded with HTTP 403',
  });
});

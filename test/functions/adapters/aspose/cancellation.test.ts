import type { ServerResponse } from 'node:http';
import { expect, it } from 'vitest';
import type { AccessTokenResult } from '../../../../functions/adapters/aspose/access-token.ts';
import { createAsposeCancellation } from '../../../../functions/adapters/aspose/cancellation.ts';
import { TASK_ID } from '../../../support/builders.ts';
import { listen, type Reply, replyWith } from '../../../support/loopback-server.ts';

async function setUp(reply: Reply, token: AccessTokenResult = { kind: 'Token', token: 'the-token' }) {
  const server = await listen(reply);
  const cancel = createAsposeCancellation(server.baseUrl, { get: async () => token, drop: () => {} });
  return { ...server, cancel };
}

it('sends DELETE for the task to its operation, with a token', async () => {
  const { cancel, received } = await setUp(replyWith(200));

  expect(await cancel('RecognizePdf', TASK_ID)).toBeUndefined();
  expect(received).toEqual([
    {
      method: 'DELETE',
      url: `/v5.0/ocr/RecognizePdf?id=${TASK_ID}`,
      authorization: 'Bearer the-token',
      body: '',
    },
  ]);
});

it('sends no token for a trial operation', async () => {
  const { cancel, received } = await setUp(replyWith(200));

  await cancel('RecognizeImageTrial', TASK_ID);

  expect(received).toMatchObject([{ authorization: undefined }]);
});

it.each([
  ['an HTTP error, without the body of the response', replyWith(503, 'canary'), /^Aspose returned HTTP 503$/],
  ['a broken connection', (response: ServerResponse) => response.destroy(), /^the connection failed/],
])('returns the reason of %s', async (_, reply, reason) => {
  const { cancel } = await setUp(reply);

  expect(await cancel('RecognizeImage', TASK_ID)).toMatch(reason);
});

it('returns the reason of a missing token and sends no request', async () => {
  const { cancel, received } = await setUp(replyWith(200), {
    kind: 'Unavailable',
    detail: 'no access token',
  });

  expect(await cancel('RecognizeImage', TASK_ID)).toBe('no access token');
  expect(received).toEqual([]);
});

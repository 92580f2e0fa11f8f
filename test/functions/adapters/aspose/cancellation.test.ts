import { expect, it } from 'vitest';
import type { AccessTokenResult } from '../../../../functions/adapters/aspose/access-token.ts';
import { createAsposeCancellation } from '../../../../functions/adapters/aspose/cancellation.ts';
import { TASK_ID } from '../../../support/builders.ts';
import { listen, type Reply, sends } from '../../../support/loopback-server.ts';

async function setUp(reply: Reply, token: AccessTokenResult = { kind: 'Token', token: 'the-token' }) {
  const server = await listen(reply);
  const cancel = createAsposeCancellation(server.baseUrl, { get: async () => token, drop: () => {} });
  return { ...server, cancel };
}

it('a task is deleted where it was submitted, with a token', async () => {
  const { cancel, received } = await setUp(sends(200));

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

it('an evaluation carries no token', async () => {
  const { cancel, received } = await setUp(sends(200));

  await cancel('RecognizeImageTrial', TASK_ID);

  expect(received).toMatchObject([{ authorization: undefined }]);
});

it('what Aspose refuses is told, without its words', async () => {
  const { cancel } = await setUp(sends(503, 'canary'));

  expect(await cancel('RecognizeImage', TASK_ID)).toBe('Aspose returned HTTP 503');
});

it('a missing token is told, and Aspose left alone', async () => {
  const { cancel, received } = await setUp(sends(200), { kind: 'Unavailable', detail: 'no access token' });

  expect(await cancel('RecognizeImage', TASK_ID)).toBe('no access token');
  expect(received).toEqual([]);
});

it('a broken connection is told', async () => {
  const { cancel } = await setUp((response) => response.destroy());

  expect(await cancel('RecognizeImage', TASK_ID)).toMatch(/^the connection failed/);
});

import { createGzip } from 'node:zlib';
import { expect, it } from 'vitest';
import { submitFile } from '../../../local/cli/submit-file.ts';
import { createLocalTokens } from '../../../local/cli/vendor.ts';
import { endless, listen, type Reply, replyWith, replyWithJson } from '../../support/loopback-server.ts';

const credentials = { clientId: 'id', clientSecret: 'secret' };

/** Submits a file to a server that grants a token and then gives a reply. */
async function submitTo(reply: Reply): Promise<string> {
  const grant = replyWithJson({ access_token: 'token', expires_in: 3600 });
  const { baseUrl } = await listen((response, request) =>
    (request.url === '/connect/token' ? grant : reply)(response, request),
  );
  const submission = { operation: 'RecognizeImage', bytes: Buffer.from('image'), settings: {} } as const;
  return await submitFile({ baseUrl, accessTokens: createLocalTokens(baseUrl, credentials) }, submission);
}

it.each(['abc-1', '"abc-1"', 'abc-1\r\n'])('reads the task id from %j', async (body) => {
  expect(await submitTo(replyWith(200, body))).toBe('abc-1');
});

it('makes the explanation of a rejection safe for a terminal', async () => {
  const detail = '\u001b[31mbad\u001b[0m \u009b2J image\r\nnext\u202e';

  await expect(submitTo(replyWithJson({ detail }, 400))).rejects.toMatchObject({
    name: 'SubmitError',
    message: 'Aspose rejected the file with HTTP 400: ·[31mbad·[0m ·2J image··next·',
  });
});

it.each([200, 400])('stops reading an endless compressed response with status %i', async (status) => {
  let sentBytes = 0;
  const submitting = submitTo((response) => {
    response.writeHead(status, { 'content-encoding': 'gzip' });
    const gzip = createGzip();
    gzip.pipe(response);
    const zeros = Buffer.alloc(1024 * 1024);
    endless(response, () => {
      sentBytes += zeros.length;
      return gzip.write(zeros);
    });
    gzip.on('drain', () => response.emit('drain'));
  });

  await expect(submitting).rejects.toMatchObject({
    name: 'SubmitError',
    message: `Aspose sent HTTP ${status} with over 65536 bytes`,
  });
  expect(sentBytes).toBeLessThan(700 * 1024 * 1024);
});

it('sends rejected credentials once, however many files are submitted', async () => {
  const { baseUrl, received } = await listen(replyWith(400, 'invalid_client'));
  const vendor = { baseUrl, accessTokens: createLocalTokens(baseUrl, credentials) };
  const submission = { operation: 'RecognizeImage', bytes: Buffer.from('image'), settings: {} } as const;

  const uploads = await Promise.allSettled(Array.from({ length: 6 }, () => submitFile(vendor, submission)));
  await expect(submitFile(vendor, submission)).rejects.toThrow('rejected the credentials');

  expect(uploads.map(({ status }) => status)).toEqual(Array(6).fill('rejected'));
  expect(received.map(({ url }) => url)).toEqual(['/connect/token']);
});

import { createServer, type IncomingHttpHeaders } from 'node:http';
import { text } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { AccessTokenResult, AccessTokens } from '../../../../functions/adapters/aspose/access-token.ts';
import { createAsposeUploads } from '../../../../functions/adapters/aspose/image-upload.ts';
import {
  OPERATION_NAMES,
  OPERATIONS,
  type OperationName,
} from '../../../../functions/contracts/operations.ts';
import type { SourceContent, UploadResult } from '../../../../functions/core/image-upload.ts';
import { vendorSettings } from '../../../../functions/core/vendor-settings.ts';
import { resetConnection } from '../../../../local/reset-connection.ts';
import { TASK_ID } from '../../../support/builders.ts';
import {
  endless,
  inTurn,
  listen,
  listenOnFreePort,
  type Reply,
  replyWith,
  replyWithJson,
} from '../../../support/loopback-server.ts';
import { reproducible } from '../../../support/reproducible.ts';

const SECONDS = 5;
const gzip = { 'content-encoding': 'gzip' };

function contentOf(...chunks: readonly Uint8Array[]): SourceContent {
  const bytes = Buffer.concat(chunks);
  return {
    bytes: bytes.length,
    head: bytes,
    async *read() {
      yield* chunks;
    },
  };
}

const IMAGE = contentOf(Buffer.from('an im'), Buffer.from('age'));

/** Gives a new token for each one that is dropped. */
function countedTokens(): AccessTokens {
  let number = 1;
  return {
    get: async () => ({ kind: 'Token', token: `token-${number}` }),
    drop: (token) => {
      if (token === `token-${number}`) number += 1;
    },
  };
}

function tokensOf(result: AccessTokenResult): AccessTokens {
  return { get: async () => result, drop: () => {} };
}

/** Starts Aspose on loopback, with this reply to uploads. */
async function setUp(reply: Reply, accessTokens = countedTokens()) {
  const server = await listen(reply);
  const now = () => Date.parse('2026-01-31T12:00:00Z');
  const uploads = createAsposeUploads({ baseUrl: server.baseUrl, accessTokens, now });
  return {
    ...server,
    uploads,
    upload: (operation: OperationName = 'RecognizeImage', content = IMAGE, seconds = SECONDS) =>
      uploads.upload(operation, content, vendorSettings(operation, {}), seconds),
  };
}

async function resultOf(reply: Reply, accessTokens?: AccessTokens): Promise<UploadResult> {
  return await (await setUp(reply, accessTokens)).upload();
}

describe('an upload', () => {
  it.each(OPERATION_NAMES)(
    'posts the content to %s, with a token unless it is a trial',
    async (operation) => {
      const { upload, received } = await setUp(replyWith(200, TASK_ID));

      expect(await upload(operation)).toEqual({ kind: 'Accepted', taskId: TASK_ID });

      const settings = vendorSettings(operation, {});
      const { input, trial } = OPERATIONS[operation];
      expect(received).toEqual([
        {
          method: 'POST',
          url: `/v5.0/ocr/${operation}`,
          authorization: trial ? undefined : 'Bearer token-1',
          body: expect.any(String),
        },
      ]);
      expect(JSON.parse(received[0]?.body ?? '')).toEqual({
        ...(input === 'text' ? { text: 'an image' } : { image: 'YW4gaW1hZ2U=' }),
        ...(Object.keys(settings).length > 0 && { settings }),
      });
    },
  );

  it('sends text without its byte order mark, whatever its characters and chunks', async () => {
    const { upload, received } = await setUp(replyWith(200, TASK_ID));
    const words = '"Käse" \\ 𝄞\r\n\u2028';
    const bytes = Buffer.from(`\uFEFF${words}`);

    await upload('ConvertTextToSpeech', contentOf(...[...bytes].map((byte) => Uint8Array.of(byte))));

    expect(JSON.parse(received[0]?.body ?? '')).toMatchObject({ text: words });
  });

  it('sends exactly the bytes in base64 with their length, for all chunks', async () => {
    let received: { readonly headers: IncomingHttpHeaders; readonly body: string } | undefined;
    const server = createServer(async (message, response) => {
      received = { headers: message.headers, body: await text(message) };
      response.end(TASK_ID);
    });
    const port = await listenOnFreePort(server);
    onTestFinished(() => void server.close());
    const uploads = createAsposeUploads({
      baseUrl: `http://127.0.0.1:${port}`,
      accessTokens: countedTokens(),
      now: Date.now,
    });
    const settings = { language: 'English', note: '"}' };

    await fc.assert(
      fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 100 }), { maxLength: 10 }), async (chunks) => {
        await uploads.upload('RecognizeImage', contentOf(...chunks), settings, SECONDS);

        const { headers, body } = received ?? { headers: {}, body: '' };
        expect(JSON.parse(body)).toEqual({ image: Buffer.concat(chunks).toString('base64'), settings });
        expect(headers['content-length']).toBe(String(body.length));
        expect(headers).not.toHaveProperty('transfer-encoding');
      }),
      reproducible(),
    );
  });

  it('with an error of its content throws that error, and the server gets no complete request', async () => {
    const error = new Error('the object has changed');
    const { uploads, received } = await setUp(replyWith(200, TASK_ID));
    const content = {
      ...IMAGE,
      async *read() {
        yield Buffer.from('an image');
        throw error;
      },
    };

    await expect(uploads.upload('RecognizeImage', content, {}, SECONDS)).rejects.toBe(error);
    expect(received).toEqual([]);
  });

  it('of content that is shorter than it says is not completed', async () => {
    const { upload, received } = await setUp(replyWith(200, TASK_ID));

    await expect(upload('RecognizeImage', { ...IMAGE, bytes: 1000 })).rejects.toThrow(
      /shorter than announced/,
    );
    expect(received).toEqual([]);
  });

  it('of content that is longer than it says is not completed', async () => {
    const { upload, received } = await setUp(replyWith(200, TASK_ID));

    await expect(upload('RecognizeImage', { ...IMAGE, bytes: 2 })).rejects.toThrow(
      /longer than the announced/,
    );
    expect(received).toEqual([]);
  });
});

describe('an accepted upload', () => {
  it.each([
    ['a bare id', replyWith(200, TASK_ID)],
    ['an id in quotes', replyWithJson(TASK_ID)],
    ['an id with a line break', replyWith(200, `${TASK_ID}\r\n`)],
    ['another 2xx', replyWith(201, TASK_ID)],
    ['a compressed response', replyWithGzip(200, TASK_ID)],
  ])('has the task id of %s', async (_, reply) => {
    expect(await resultOf(reply)).toEqual({ kind: 'Accepted', taskId: TASK_ID });
  });
});

function replyWithGzip(status: number, body: string): Reply {
  return (response) => void response.writeHead(status, gzip).end(gzipSync(body));
}

describe('an upload that was not accepted', () => {
  it.each([408, 425, 429, 503])('returns HTTP %d', async (status) => {
    expect(await resultOf(replyWith(status, 'quota exceeded', { 'retry-after': '7' }))).toEqual({
      kind: 'NotAccepted',
      detail: `Aspose returned HTTP ${status}`,
      retryAfterSeconds: 7,
    });
  });

  it('has the Retry-After that is given as a date', async () => {
    const headers = { 'retry-after': 'Sat, 31 Jan 2026 12:01:00 GMT' };

    expect(await resultOf(replyWith(503, '', headers))).toMatchObject({ retryAfterSeconds: 60 });
  });

  it('has no Retry-After when none is given', async () => {
    expect(await resultOf(replyWith(503))).not.toHaveProperty('retryAfterSeconds');
  });

  it('found no connection', async () => {
    const uploads = createAsposeUploads({
      baseUrl: 'http://127.0.0.1:1',
      accessTokens: countedTokens(),
      now: Date.now,
    });

    expect(await uploads.upload('RecognizeImage', IMAGE, {}, SECONDS)).toEqual({
      kind: 'NotAccepted',
      detail: 'the connection failed (ECONNREFUSED)',
    });
  });

  it('found no access token', async () => {
    const detail = 'no access token: HTTP 429';
    const tokens = tokensOf({ kind: 'Unavailable', detail, retryAfterSeconds: 600 });
    const { upload, received } = await setUp(replyWith(200, TASK_ID), tokens);

    expect(await upload()).toEqual({ kind: 'NotAccepted', detail, retryAfterSeconds: 600 });
    expect(received).toEqual([]);
  });

  it('ran out of time before the end of the content', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    onTestFinished(() => resolve());
    const { upload } = await setUp(replyWith(200, TASK_ID));
    const content = {
      ...IMAGE,
      async *read() {
        yield Buffer.from('an');
        await promise;
      },
    };

    expect(await upload('RecognizeImage', content, 0.2)).toMatchObject({ kind: 'NotAccepted' });
  });
});

describe('a refused upload', () => {
  it.each([301, 307, 400, 404, 405, 413, 415, 422, 501])(
    'returns HTTP %d with words of Aspose',
    async (status) => {
      const reply = replyWithJson({ title: 'Bad image', detail: 'It is too dark.', traceId: '00-1' }, status);

      expect(await resultOf(reply)).toEqual({
        kind: 'Refused',
        reason: 'RefusedByVendor',
        message: `Aspose returned HTTP ${status}: Bad image; It is too dark.`,
      });
    },
  );

  it.each([
    ['ProblemDetails with errors', { title: 'Invalid', errors: { settings: ['a', 'b'] } }, ': Invalid; a; b'],
    ['a repeated detail', { title: 'Invalid', detail: 'Invalid' }, ': Invalid'],
    ['the error of a task', { error: { messages: ['Too dark'], warnings: [] } }, ': Too dark'],
    ['null fields', { title: null, detail: null }, ''],
    ['a JSON text', 'Too dark', ': Too dark'],
    ['a number', 7, ''],
    ['half a character', { title: 'a\ud800' }, ': a\ufffd'],
  ])('has the words of %s', async (_, body, words) => {
    expect(await resultOf(replyWithJson(body, 400))).toMatchObject({
      message: `Aspose returned HTTP 400${words}`,
    });
  });

  it.each([
    ['a text', 'Too dark', ': Too dark'],
    ['several lines and escape sequences', 'Too\r\n  dark\u001b[31m', ': Too dark·[31m'],
    ['a page', ' <html>Too dark</html>', ''],
    ['nothing', '', ''],
    ['a long text', 'x'.repeat(100_000), `: ${'x'.repeat(500)}`],
    ['deep JSON', '['.repeat(30_000) + ']'.repeat(30_000), ''],
  ])('has the words of %s, cut and printable', async (_, body, words) => {
    expect(await resultOf(replyWith(400, body))).toMatchObject({
      message: `Aspose returned HTTP 400${words}`,
    });
  });

  it('does not read an endless message', async () => {
    const reply: Reply = (response) => {
      response.writeHead(400);
      endless(response, () => response.write('x'.repeat(10_000)));
    };

    expect(await resultOf(reply)).toMatchObject({ kind: 'Refused', reason: 'RefusedByVendor' });
  });

  it('has the words that arrived before the connection failed', async () => {
    const reply: Reply = (response) => {
      response.writeHead(400, { 'content-length': 100 });
      response.write('Too dark', () => resetConnection(response.socket));
    };

    expect(await resultOf(reply)).toMatchObject({ kind: 'Refused', reason: 'RefusedByVendor' });
  });

  it('goes to no other host', async () => {
    const other = await listen(replyWith(200, TASK_ID));
    const { upload } = await setUp(replyWith(307, '', { location: other.baseUrl }));

    expect(await upload()).toMatchObject({ kind: 'Refused', reason: 'RefusedByVendor' });
    expect(other.received).toEqual([]);
  });

  it.each([
    [402, '', 'QuotaExceeded'],
    [403, 'Your quota is used up', 'QuotaExceeded'],
    [403, 'The limit was exceeded', 'QuotaExceeded'],
    [403, 'Forbidden', 'CredentialsRejected'],
    [400, 'Monthly quota exceeded', 'QuotaExceeded'],
    [400, 'All credits are used up', 'QuotaExceeded'],
    [400, 'The size limit was exceeded', 'RefusedByVendor'],
    [413, 'The quota of this disk is exceeded', 'RefusedByVendor'],
  ])('with HTTP %d and the words %j has a reason', async (status, body, reason) => {
    expect(await resultOf(replyWith(status, body))).toMatchObject({ kind: 'Refused', reason });
  });

  it.each([
    ['Rejected', 'CredentialsRejected'],
    ['Unreadable', 'CredentialsUnreadable'],
  ] as const)('has no usable credentials: %s', async (kind, reason) => {
    const { upload, received } = await setUp(replyWith(200, TASK_ID), tokensOf({ kind, detail: 'why' }));

    expect(await upload()).toEqual({ kind: 'Refused', reason, message: 'why' });
    expect(received).toEqual([]);
  });

  it('is repeated once after a 401, with a new token and the whole content', async () => {
    const { upload, received } = await setUp(inTurn(replyWith(401), replyWith(200, TASK_ID)));

    expect(await upload()).toEqual({ kind: 'Accepted', taskId: TASK_ID });
    expect(received.map(({ authorization }) => authorization)).toEqual(['Bearer token-1', 'Bearer token-2']);
    expect(received[1]?.body).toBe(received[0]?.body);
  });

  it('is not repeated after a second 401, whose token is dropped', async () => {
    const tokens = countedTokens();
    const { upload, received } = await setUp(replyWith(401), tokens);

    expect(await upload()).toEqual({
      kind: 'Refused',
      reason: 'CredentialsRejected',
      message: 'Aspose returned HTTP 401',
    });
    expect(received).toHaveLength(2);
    expect(await tokens.get(1)).toEqual({ kind: 'Token', token: 'token-3' });
  });

  it('is not repeated after a 401 to a trial, which has no token', async () => {
    const { upload, received } = await setUp(replyWith(401));

    expect(await upload('RecognizeImageTrial')).toMatchObject({ reason: 'CredentialsRejected' });
    expect(received).toHaveLength(1);
  });
});

describe('an upload with an unknown end', () => {
  it.each([500, 502, 504, 507])('returns HTTP %d', async (status) => {
    expect(await resultOf(replyWith(status, 'quota exceeded'))).toEqual({
      kind: 'Unknown',
      detail: `Aspose returned HTTP ${status}`,
    });
  });

  it.each([
    ['nothing', ''],
    ['a page', '<html></html>'],
    ['an object', '{"id":"1"}'],
    ['a sentence', 'task created'],
    ['too much', TASK_ID.repeat(10_000)],
    ['only quotes', '""'],
  ])('returns no task id but %s', async (_, body) => {
    expect(await resultOf(replyWith(200, body))).toEqual({
      kind: 'Unknown',
      detail: 'Aspose returned HTTP 200 without a task id',
    });
  });

  it('returns an endless response, even a compressed one', async () => {
    expect(await resultOf(replyWithGzip(200, ' '.repeat(50_000_000)))).toMatchObject({ kind: 'Unknown' });
  });

  it('returns a part of a task id', async () => {
    const reply: Reply = (response) => {
      response.writeHead(200, { 'content-length': TASK_ID.length });
      response.write(TASK_ID.slice(0, -1), () => resetConnection(response.socket));
    };

    expect(await resultOf(reply)).toMatchObject({ kind: 'Unknown' });
  });

  it('loses the connection after the content', async () => {
    expect(await resultOf((response) => resetConnection(response.socket))).toMatchObject({
      kind: 'Unknown',
      detail: expect.stringMatching(/^the connection failed/),
    });
  });

  it('has no response within its time', async () => {
    const { upload } = await setUp(() => {});

    expect(await upload('RecognizeImage', IMAGE, 0.3)).toEqual({
      kind: 'Unknown',
      detail: 'no response within 0 s',
    });
  });
});

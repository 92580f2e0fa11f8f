import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createAccessTokens } from '../../../../functions/adapters/aspose/access-token.ts';
import { createSpools } from '../../../../functions/adapters/aspose/spool.ts';
import { createAsposeOcr } from '../../../../functions/adapters/aspose/task-requests.ts';
import { OPERATION_NAMES, OPERATIONS } from '../../../../functions/contracts/operations.ts';
import { POLL_SECONDS } from '../../../../functions/core/task-times.ts';
import type { Poll } from '../../../../functions/core/vendor-response.ts';
import { resetConnection } from '../../../../local/reset-connection.ts';
import { TASK_ID } from '../../../support/builders.ts';
import { bytesOf } from '../../../support/content-bytes.ts';
import {
  endless,
  inTurn,
  listen,
  type Reply,
  replyWith,
  replyWithJson,
} from '../../../support/loopback-server.ts';
import { base64 } from '../../../support/responses.ts';

const SECONDS = 5;
const gzip = { 'content-encoding': 'gzip' };

/**
 * Starts Aspose on loopback, with a token endpoint that counts its tokens and this reply to polls.
 */
async function setUp(
  reply: Reply,
  {
    maxAnswerBytes = 1_000_000,
    token,
    now = () => Date.now(),
  }: { maxAnswerBytes?: number; token?: Reply; now?: () => number } = {},
) {
  let tokens = 0;
  const server = await listen((response, request) => {
    if (request.url !== '/connect/token') return reply(response, request);
    tokens += 1;
    const grant = token ?? replyWithJson({ access_token: `token-${tokens}`, expires_in: 3600 });
    grant(response, request);
  });
  const spools = createSpools();
  onTestFinished(() => spools.close());
  const vendor = createAsposeOcr({
    baseUrl: server.baseUrl,
    accessTokens: createAccessTokens({
      baseUrl: server.baseUrl,
      readSecret: async () => ({
        kind: 'Read',
        credentials: { clientId: 'the-id', clientSecret: 'the-secret' },
        version: 'v1',
      }),
      now,
    }),
    spools,
    maxAnswerBytes,
    now,
  });
  return {
    ...server,
    vendor,
    poll: () => vendor.poll('RecognizeImage', TASK_ID, SECONDS),
    fetches: () => server.received.filter(({ url }) => url !== '/connect/token'),
    tokens: () => tokens,
  };
}

const envelope = { id: TASK_ID, taskStatus: 'Completed', responseStatusCode: 'Ok', error: null };

async function pollFor(body: string | object): Promise<Poll> {
  const { poll } = await setUp(typeof body === 'string' ? replyWith(200, body) : replyWithJson(body));
  return poll();
}

describe('a poll', () => {
  it.each(OPERATION_NAMES)('gets the task from %s, with a token unless it is a trial', async (operation) => {
    const { vendor, fetches, tokens } = await setUp(replyWithJson(envelope));

    await vendor.poll(operation, TASK_ID, SECONDS);

    const { trial } = OPERATIONS[operation];
    const url = `/v5.0/ocr/${operation}?id=${TASK_ID}`;
    const authorization = trial ? undefined : 'Bearer token-1';
    expect(fetches()).toEqual([{ method: 'GET', url, authorization, body: '' }]);
    expect(tokens()).toBe(trial ? 0 : 1);
  });

  it('shares its token with later polls', async () => {
    const { poll, tokens } = await setUp(replyWithJson(envelope));

    await poll();
    await Promise.all([poll(), poll()]);

    expect(tokens()).toBe(1);
  });

  it('reuses the connection, as a new one costs a TLS handshake', async () => {
    const ports = new Set<number | undefined>();
    const { poll } = await setUp((response, request) => {
      ports.add(response.socket?.remotePort);
      replyWithJson({ ...envelope, results: [{ data: base64('whale '.repeat(100_000)) }] })(
        response,
        request,
      );
    });

    for (let polls = 0; polls < 3; polls += 1) expect(await poll()).toMatchObject({ kind: 'Responded' });

    expect(ports.size).toBe(1);
  });
});

describe('a response', () => {
  it('is parsed into documents in their order, codes, messages and warnings', async () => {
    const text = 'All men live enveloped in whale-lines.';
    const poll = await pollFor({
      ...envelope,
      results: [
        { type: 'Text', data: base64(text) },
        { type: 'Pdf', data: null },
        { type: null, data: '' },
        { type: 'Text', data: 'not base64' },
      ],
      error: { messages: ['m'], warnings: ['w'] },
    });

    expect(poll).toMatchObject({
      kind: 'Responded',
      response: {
        id: TASK_ID,
        taskStatus: 'Completed',
        responseStatusCode: 'Ok',
        results: [
          { type: 'Text', data: { kind: 'decoded', content: { bytes: 38, utf8: true } } },
          { type: 'Pdf', data: { kind: 'missing' } },
          { type: null, data: { kind: 'decoded', content: { bytes: 0 } } },
          { type: 'Text', data: { kind: 'undecodable', content: { bytes: 10 } } },
        ],
        messages: ['m'],
        warnings: ['w'],
      },
    });
  });

  it('is decoded byte for byte, even with several megabytes of .NET escapes', async () => {
    const document = Buffer.alloc(
      2_000_003,
      Uint8Array.from({ length: 251 }, (_, index) => index),
    );
    const data = base64(document).replaceAll('+', '\\u002B').replaceAll('/', '\\/');
    const body = `{"results":[{"data":"${data}","type":"Pdf"}],"taskStatus":"Completed"}`;
    const { poll } = await setUp(replyWith(200, body), { maxAnswerBytes: 10_000_000 });

    const outcome = await poll();

    if (outcome.kind !== 'Responded') throw new Error(outcome.detail);
    const [result] = outcome.response.results;
    if (result?.data.kind !== 'decoded') throw new Error('not decoded');
    expect(result.type).toBe('Pdf');
    expect((await bytesOf(result.data.content)).equals(document)).toBe(true);
  });

  const fields = { id: null, taskStatus: null, responseStatusCode: null };
  const empty = { ...fields, results: [], messages: [], warnings: [] };

  it.each([
    ['no fields', {}, empty],
    ['null fields', { ...fields, results: null, error: null }, empty],
    ['unknown fields', { ...envelope, progress: 50 }, { taskStatus: 'Completed' }],
    ['fields of other types', { id: 7, taskStatus: ['Completed'], responseStatusCode: {} }, empty],
    ['an error that is a string', { ...envelope, error: 'odd' }, { messages: [], warnings: [] }],
    [
      'messages that are a string',
      { ...envelope, error: { messages: 'odd', warnings: ['w'] } },
      { messages: [], warnings: ['w'] },
    ],
    [
      'messages that are no strings',
      { ...envelope, error: { messages: [null, 1, { a: 1 }, '', 'm'] } },
      { messages: ['m'] },
    ],
    [
      'a null result',
      { ...envelope, results: [null, { data: 'QQ==' }] },
      { results: [{ data: { kind: 'missing' } }, { data: { kind: 'decoded' } }] },
    ],
    [
      'a result without fields',
      { ...envelope, results: [{}] },
      { results: [{ type: null, data: { kind: 'missing' } }] },
    ],
    [
      'a result type that is a number',
      { ...envelope, results: [{ type: 5, data: 'QQ==' }] },
      { results: [{ type: null }] },
    ],
  ])('is still read when it has %s', async (_, body, response) => {
    expect(await pollFor(body)).toMatchObject({ kind: 'Responded', response });
  });

  it.each([
    ['has results in an object', { ...envelope, results: { 0: { data: 'QQ==' } } }],
    ['has results that are strings', { ...envelope, results: ['QQ=='] }],
    ['has data that is a number', { ...envelope, results: [{ data: 0 }] }],
    ['has data in an object', { ...envelope, results: [{ data: { $value: 'QQ==' } }] }],
    ['is a list', [envelope]],
    ['is a string', '"Completed"'],
    ['is null', 'null'],
    ['is a number', '5'],
    ['is empty', ''],
    ['is HTML', '<!doctype html><title>Completed</title>'],
    ['is cut off', JSON.stringify(envelope).slice(0, -4)],
    ['nests deeply', '['.repeat(100)],
  ])('is malformed, and not quoted, when it %s', async (_, body) => {
    const poll = await pollFor(body);

    expect(poll).toEqual({ kind: 'Malformed', detail: expect.stringMatching(/^the response /) });
    expect(JSON.stringify(poll)).not.toContain('Completed');
  });

  it.each(['text/plain', 'text/html', 'application/octet-stream'])(
    'is read as JSON with the content type %s',
    async (type) => {
      const { poll } = await setUp(replyWith(200, JSON.stringify(envelope), { 'content-type': type }));

      expect(await poll()).toMatchObject({ kind: 'Responded' });
    },
  );
});

describe('HTTP status', () => {
  const refusal = (reason: string, detail: string) => ({ kind: 'Refused', reason, detail });

  it.each([400, 404, 405, 406, 410, 413, 415, 422])(
    '%i fails the task with ContractViolation, without a retry',
    async (status) => {
      const { poll, fetches } = await setUp(replyWith(status, 'All men live', { 'retry-after': '5' }));

      expect(await poll()).toEqual(
        refusal('ContractViolation', `Aspose refused the request with HTTP ${status}`),
      );
      expect(fetches()).toHaveLength(1);
    },
  );

  it('402 fails the task with QuotaExceeded', async () => {
    const { poll, fetches } = await setUp(replyWith(402, 'All men live'));

    expect(await poll()).toEqual(refusal('QuotaExceeded', 'Aspose returned HTTP 402'));
    expect(fetches()).toHaveLength(1);
  });

  it.each([
    '{"error":{"message":"Your monthly QUOTA is used up."}}',
    'The number of API calls has been exceeded.',
    '<p>You have reached the limit of your plan</p>',
    'Your credits are exhausted',
    'Payment required',
  ])('403 fails the task with QuotaExceeded, without quoting the message: %s', async (message) => {
    const { poll, fetches } = await setUp(replyWith(403, message));

    expect(await poll()).toEqual(
      refusal('QuotaExceeded', 'Aspose returned HTTP 403 with a message about a quota'),
    );
    expect(fetches()).toHaveLength(1);
  });

  const cutBody: Reply = (response) => {
    response.writeHead(403, { 'content-length': '1000' }).write('forbidden');
    setImmediate(() => response.destroy());
  };

  it.each<[string, Reply]>([
    ['no message', replyWith(403)],
    ['another message', replyWith(403, '{"error":"Access is limited to other clients."}')],
    ['a message that breaks off', cutBody],
    ['a quota after the first kilobytes', replyWith(403, `${'x'.repeat(100_000)} quota`)],
  ])('403 with %s fails the task with CredentialsRejected, without a new token', async (_, reply) => {
    const { poll, fetches, tokens } = await setUp(reply);

    expect(await poll()).toEqual(refusal('CredentialsRejected', 'Aspose returned HTTP 403'));
    expect({ fetches: fetches().length, tokens: tokens() }).toEqual({ fetches: 1, tokens: 1 });
  });

  it.each([408, 425, 429, 500, 501, 502, 503, 504, 520])('%i is retried by a later poll', async (status) => {
    const { poll, fetches } = await setUp(replyWith(status, 'All men live'));

    expect(await poll()).toEqual({ kind: 'Unavailable', detail: `Aspose returned HTTP ${status}` });
    expect(fetches()).toHaveLength(1);
  });

  it.each([201, 202, 204, 301, 302, 303, 307, 308])('%i is malformed and not followed', async (status) => {
    const other = await listen(replyWithJson(envelope));
    const { poll, fetches } = await setUp(replyWith(status, '', { location: `${other.baseUrl}/stolen` }));

    expect(await poll()).toEqual({ kind: 'Malformed', detail: `Aspose returned HTTP ${status}` });
    expect(fetches()).toHaveLength(1);
    expect(other.received).toEqual([]);
  });

  it('401 is retried once, immediately, with a new token, also after earlier polls', async () => {
    const { poll, fetches, tokens } = await setUp(
      inTurn(replyWithJson(envelope), replyWith(401), replyWithJson(envelope)),
    );

    expect([await poll(), await poll()]).toMatchObject([{ kind: 'Responded' }, { kind: 'Responded' }]);
    expect(fetches().map(({ authorization }) => authorization)).toEqual([
      'Bearer token-1',
      'Bearer token-1',
      'Bearer token-2',
    ]);
    expect(tokens()).toBe(2);
  });

  it('401 fails the task with CredentialsRejected when it comes twice', async () => {
    const { poll, fetches } = await setUp(replyWith(401));

    expect(await poll()).toEqual(refusal('CredentialsRejected', 'Aspose returned HTTP 401'));
    expect(fetches()).toHaveLength(2);
  });

  it('401 fails a trial immediately, because it has no token to renew', async () => {
    const { vendor, fetches, tokens } = await setUp(replyWith(401));

    expect(await vendor.poll('RecognizeImageTrial', TASK_ID, SECONDS)).toMatchObject({
      reason: 'CredentialsRejected',
    });
    expect({ fetches: fetches().length, tokens: tokens() }).toEqual({ fetches: 1, tokens: 0 });
  });
});

describe('Retry-After', () => {
  const inSeconds = (seconds: number) => new Date(Date.now() + seconds * 1000).toUTCString();

  it.each([
    ['is read as seconds', '17', 17],
    ['is limited to a day', '999999', 86_400],
    ['is ignored when it is zero', '0', undefined],
    ['is ignored when it is negative', '-5', undefined],
    ['is ignored when it is a word', 'soon', undefined],
    ['is ignored when it is a fraction', '1.5', undefined],
    ['is ignored when it has 30 digits', '9'.repeat(30), undefined],
    ['is ignored when it is an American date', '12/31/2099', undefined],
    ['is ignored when it is an ISO date', '2099-12-31', undefined],
    ['is ignored when it has passed', inSeconds(-60), undefined],
    ['is ignored when it has passed long ago', 'Thu, 01 Jan 1970 00:00:00 GMT', undefined],
    ['is read as an RFC 850 date', 'Friday, 06-Nov-2099 08:49:37 GMT', 86_400],
    ['is read as an asctime date', 'Fri Nov  6 08:49:37 2099', 86_400],
    ['is ignored when it is a date in another zone', 'Fri, 06 Nov 2099 08:49:37 +0200', undefined],
    ['is ignored when it is an asctime date in another zone', 'Fri Nov  6 08:49:37 2099 PST', undefined],
  ])('%s', async (_, header, retryAfterSeconds) => {
    const { poll } = await setUp(replyWith(503, '', { 'retry-after': header }));

    expect(await poll()).toEqual({
      kind: 'Unavailable',
      detail: 'Aspose returned HTTP 503',
      ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
    });
  });

  it.each([
    ['an IMF-fixdate', 'Fri, 06 Nov 2026 08:49:37 GMT'],
    ['an RFC 850 date', 'Friday, 06-Nov-26 08:49:37 GMT'],
    ['an asctime date', 'Fri Nov  6 08:49:37 2026'],
  ])('is read in UTC as %s, whatever the local time zone is', async (_, header) => {
    vi.stubEnv('TZ', 'America/New_York');
    onTestFinished(() => void vi.unstubAllEnvs());
    const now = () => Date.parse('2026-11-06T08:47:37Z');
    const { poll } = await setUp(replyWith(429, '', { 'retry-after': header }), { now });

    expect(await poll()).toMatchObject({ kind: 'Unavailable', retryAfterSeconds: 120 });
  });
});

it.each([
  ['rejects the credentials', replyWith(400), { kind: 'Refused', reason: 'CredentialsRejected' }],
  ['returns HTTP 429', replyWith(429, '', { 'retry-after': '600' }), { retryAfterSeconds: 600 }],
  ['returns HTTP 500', replyWith(500), { kind: 'Unavailable' }],
  ['returns HTML', replyWith(200, '<html>'), { kind: 'Unavailable' }],
])('does not poll when the token endpoint %s', async (_, token, expected) => {
  const { poll, fetches } = await setUp(replyWithJson(envelope), { token });

  expect(await poll()).toMatchObject(expected);
  expect(fetches()).toEqual([]);
});

describe('a broken network', () => {
  const startResponse = (response: ServerResponse) =>
    response.writeHead(200, { 'content-type': 'application/json' }).write('{"taskStatus":"Comp');

  it('makes Aspose unavailable when it refuses the connection', async () => {
    const vendor = createAsposeOcr({
      baseUrl: 'http://127.0.0.1:1',
      accessTokens: { get: async () => ({ kind: 'Token', token: 't' }), drop: () => {} },
      spools: createSpools(),
      maxAnswerBytes: 1000,
      now: Date.now,
    });

    expect(await vendor.poll('RecognizeImage', TASK_ID, SECONDS)).toMatchObject({
      kind: 'Unavailable',
      detail: expect.stringMatching(/^the connection failed/),
    });
  });

  it.each<[string, Reply]>([
    ['closes the connection', (response) => response.destroy()],
    ['resets the connection', (response) => resetConnection(response.socket)],
    [
      'closes the connection in the body',
      (response) => {
        startResponse(response);
        setImmediate(() => response.destroy());
      },
    ],
    [
      'sends less than the content length',
      (response) => {
        response.writeHead(200, { 'content-length': '1000' }).write(JSON.stringify(envelope));
        setImmediate(() => response.destroy());
      },
    ],
    [
      'sends an uncompressed body as gzip',
      replyWith(200, JSON.stringify(envelope), { 'content-encoding': 'gzip' }),
    ],
    [
      'switches to another protocol',
      (response) => {
        response.socket?.write(
          'HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: h2c\r\n\r\n',
        );
      },
    ],
    ['does not speak HTTP', (response) => response.socket?.end('SSH-2.0-OpenSSH_9.6\r\n\r\n')],
  ])('makes Aspose unavailable when it %s', async (_, reply) => {
    const { poll } = await setUp(reply);

    expect(await poll()).toMatchObject({
      kind: 'Unavailable',
      detail: expect.stringMatching(/^the connection failed/),
    });
  });

  it.each([20, 40, 60])('that cuts %i bytes off a compressed response is a fault', async (missing) => {
    const whole = gzipSync(JSON.stringify({ ...envelope, results: [{ data: base64('All men live') }] }));
    const cut = whole.subarray(0, whole.length - missing);
    const { poll } = await setUp((response) => response.writeHead(200, gzip).end(cut));

    expect(['Malformed', 'Unavailable']).toContain((await poll()).kind);
  });

  it.each<[string, Reply]>([
    ['sends nothing', () => {}],
    ['stops in the headers', (response) => response.socket?.write('HTTP/1.1 200 OK\r\ncontent-type: text')],
    ['stops in the body', startResponse],
    [
      'drips indefinitely',
      (response) => {
        startResponse(response);
        const drip = setInterval(() => response.write(' '), 5);
        response.on('close', () => clearInterval(drip));
      },
    ],
  ])('ends the poll at the timeout when it %s', async (_, reply) => {
    const { vendor } = await setUp(reply);

    const outcome = await vendor.poll('RecognizeImageTrial', TASK_ID, 0.06);

    expect(outcome).toMatchObject({
      kind: 'Unavailable',
      detail: expect.stringMatching(/^no (complete )?response within /),
    });
  });

  it.each([
    ['waits for', 75, { kind: 'Responded' }],
    ['gives up on', 90, { kind: 'Unavailable', detail: 'no response within 90 s' }],
  ])('%s a response that Aspose holds for %i s', async (_, seconds, expected) => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const { promise: held, resolve } = Promise.withResolvers<() => void>();
    const { vendor } = await setUp((response, request) =>
      resolve(() => replyWithJson(envelope)(response, request)),
    );

    const polling = vendor.poll('RecognizeImageTrial', TASK_ID, POLL_SECONDS);
    const respond = await held;
    vi.advanceTimersByTime(seconds * 1000);
    respond();

    expect(await polling).toMatchObject(expected);
  });

  it('gets one timeout for token, poll, new token and retry together', async () => {
    let skippedMilliseconds = 0;
    const now = performance.now.bind(performance);
    const spy = vi.spyOn(performance, 'now').mockImplementation(() => now() + skippedMilliseconds);
    onTestFinished(() => spy.mockRestore());
    const after3Seconds =
      (reply: Reply): Reply =>
      (response, request) => {
        skippedMilliseconds += 3000;
        reply(response, request);
      };
    const token = after3Seconds(replyWithJson({ access_token: 't', expires_in: 3600 }));
    const replies = inTurn(after3Seconds(replyWith(401)), () => {});
    const { vendor } = await setUp(replies, { token });

    const outcome = await vendor.poll('RecognizeImage', TASK_ID, 9.2);

    expect(outcome).toMatchObject({ kind: 'Unavailable', detail: 'no response within 0 s' });
  });

  it('does not get a longer timeout when the clock is set back', async () => {
    let hours = 0;
    const { vendor } = await setUp(() => {}, {
      token: (response, request) => {
        hours = 1;
        replyWithJson({ access_token: 't', expires_in: 86_400 })(response, request);
      },
      now: () => Date.now() - hours * 3600_000,
    });

    const outcome = await vendor.poll('RecognizeImage', TASK_ID, 0.2);

    expect(outcome).toMatchObject({ kind: 'Unavailable', detail: 'no response within 0 s' });
  });
});

describe('a response larger than the limit', () => {
  it('is cut off when it does not end', async () => {
    let sent = 0;
    const { poll } = await setUp(
      (response) => {
        response.writeHead(200).write('{"results":[{"data":"');
        endless(response, () => {
          sent += 65_536;
          return response.write('QUJD'.repeat(16_384));
        });
      },
      { maxAnswerBytes: 100_000 },
    );

    expect(await poll()).toEqual({
      kind: 'Refused',
      reason: 'ResultTooLarge',
      detail: 'The response is larger than the 100000 bytes allowed',
    });
    expect(sent).toBeLessThan(50_000_000);
  });

  it('is cut off when its results do not end', async () => {
    let sent = 0;
    const { poll } = await setUp((response) => {
      response.writeHead(200).write('{"results":[null');
      endless(response, () => {
        sent += 50_000;
        return response.write(',null'.repeat(10_000));
      });
    });

    expect(await poll()).toEqual({
      kind: 'Refused',
      reason: 'ResultTooLarge',
      detail: 'The response has more than the 10000 results allowed',
    });
    expect(sent).toBeLessThan(50_000_000);
  });

  it('is measured uncompressed', async () => {
    const bomb = gzipSync(`{"results":[{"data":"${'QUJD'.repeat(1_000_000)}"}]}`);
    const { poll } = await setUp((response) => response.writeHead(200, gzip).end(bomb));

    expect(bomb.length).toBeLessThan(100_000);
    expect(await poll()).toMatchObject({ kind: 'Refused', reason: 'ResultTooLarge' });
  });

  it('is refused when it exceeds the limit by one byte', async () => {
    const body = JSON.stringify(envelope);
    const withinLimit = await setUp(replyWith(200, body), { maxAnswerBytes: body.length });
    const overLimit = await setUp(replyWith(200, body), { maxAnswerBytes: body.length - 1 });

    expect(await withinLimit.poll()).toMatchObject({ kind: 'Responded' });
    expect(await overLimit.poll()).toMatchObject({ reason: 'ResultTooLarge' });
  });
});

it('reads a compressed response', async () => {
  const body = gzipSync(JSON.stringify(envelope));
  const { poll } = await setUp((response) => response.writeHead(200, gzip).end(body));

  expect(await poll()).toMatchObject({ kind: 'Responded', response: { taskStatus: 'Completed' } });
});

const text = 'All men live enveloped in whale-lines.';
it.each([
  ['500', replyWith(500, text)],
  ['400', replyWith(400, text)],
  ['401', replyWith(401, text)],
  ['200 with text', replyWith(200, text)],
  ['200 with incomplete JSON', replyWith(200, `{"taskStatus":"${text}`)],
  ['302', replyWith(302, '', { location: `https://elsewhere.example/?${encodeURIComponent(text)}` })],
])('keeps token, secret and document text out of the outcome of HTTP %s', async (_, reply) => {
  const { poll } = await setUp(reply);

  expect(JSON.stringify(await poll())).not.toMatch(/whale|token-\d|the-secret/);
});

import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createAccessTokens } from '../../../../functions/adapters/aspose/access-token.ts';
import { createSpools } from '../../../../functions/adapters/aspose/spool.ts';
import { createAsposeOcr } from '../../../../functions/adapters/aspose/task-requests.ts';
import { OPERATION_NAMES, OPERATIONS } from '../../../../functions/contracts/operations.ts';
import type { Poll } from '../../../../functions/core/vendor-response.ts';
import { resetConnection } from '../../../../local/reset-connection.ts';
import { TASK_ID } from '../../../support/builders.ts';
import { bytesOf } from '../../../support/content-bytes.ts';
import { endless, inTurn, listen, type Reply, sends, sendsJson } from '../../../support/loopback-server.ts';
import { base64 } from '../../../support/responses.ts';

const SECONDS = 5;

/** Aspose on loopback: a token endpoint that counts its tokens, and these replies to fetches. */
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
    const grant = token ?? sendsJson({ access_token: `token-${tokens}`, expires_in: 3600 });
    grant(response, request);
  });
  const spools = createSpools();
  onTestFinished(() => spools.close());
  const vendor = createAsposeOcr({
    baseUrl: server.baseUrl,
    accessTokens: createAccessTokens({
      baseUrl: server.baseUrl,
      readCredentials: async () => ({ clientId: 'the-id', clientSecret: 'the-secret' }),
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

async function answerOf(body: string | object): Promise<Poll> {
  const { poll } = await setUp(typeof body === 'string' ? sends(200, body) : sendsJson(body));
  return poll();
}

describe('a fetch', () => {
  test('asks for the task with a token', async () => {
    const { poll, fetches } = await setUp(sendsJson({ ...envelope, results: [] }));

    await poll();

    expect(fetches()).toEqual([
      {
        method: 'GET',
        url: `/v5.0/ocr/RecognizeImage?id=${TASK_ID}`,
        authorization: 'Bearer token-1',
        body: '',
      },
    ]);
  });

  test.each(OPERATION_NAMES)('of %s carries a token, unless it is an evaluation', async (operation) => {
    const { vendor, fetches, tokens } = await setUp(sendsJson(envelope));

    await vendor.poll(operation, TASK_ID, SECONDS);

    const { trial } = OPERATIONS[operation];
    expect(fetches()).toMatchObject([
      { url: `/v5.0/ocr/${operation}?id=${TASK_ID}`, authorization: trial ? undefined : 'Bearer token-1' },
    ]);
    expect(tokens()).toBe(trial ? 0 : 1);
  });

  test('shares its token with the next ones', async () => {
    const { poll, tokens } = await setUp(sendsJson(envelope));

    await poll();
    await Promise.all([poll(), poll()]);

    expect(tokens()).toBe(1);
  });
});

test('polls share a connection, as a new one would cost each a TLS handshake', async () => {
  const ports = new Set<number | undefined>();
  const { poll } = await setUp((response, request) => {
    ports.add(response.socket?.remotePort);
    sendsJson({ ...envelope, results: [{ data: base64('whale '.repeat(100_000)) }] })(response, request);
  });

  for (let polls = 0; polls < 3; polls += 1) expect(await poll()).toMatchObject({ kind: 'Responded' });

  expect(ports.size).toBe(1);
});

describe('an answer', () => {
  test('is understood whole: decoded documents in their order, codes, messages and warnings', async () => {
    const text = 'All men live enveloped in whale-lines.';
    const poll = await answerOf({
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

  test('of several megabytes, escaped as .NET escapes, comes through byte for byte', async () => {
    const document = Buffer.alloc(
      2_000_003,
      Uint8Array.from({ length: 251 }, (_, index) => index),
    );
    const data = base64(document).replaceAll('+', '\\u002B').replaceAll('/', '\\/');
    const { poll } = await setUp(
      sends(200, `{"results":[{"data":"${data}","type":"Pdf"}],"taskStatus":"Completed"}`),
      {
        maxAnswerBytes: 10_000_000,
      },
    );

    const answer = await poll();

    if (answer.kind !== 'Responded') throw new Error(answer.detail);
    const [result] = answer.response.results;
    if (result?.data.kind !== 'decoded') throw new Error('not decoded');
    expect(result.type).toBe('Pdf');
    expect((await bytesOf(result.data.content)).equals(document)).toBe(true);
  });

  const nothing = {
    id: null,
    taskStatus: null,
    responseStatusCode: null,
    results: [],
    messages: [],
    warnings: [],
  };

  test.each([
    ['nothing', {}, nothing],
    ['nulls', { id: null, taskStatus: null, responseStatusCode: null, results: null, error: null }, nothing],
    ['unknown fields', { ...envelope, progress: 50 }, { taskStatus: 'Completed' }],
    ['fields of other types', { id: 7, taskStatus: ['Completed'], responseStatusCode: {} }, nothing],
    ['an error that is a text', { ...envelope, error: 'odd' }, { messages: [], warnings: [] }],
    [
      'messages that are a text',
      { ...envelope, error: { messages: 'odd', warnings: ['w'] } },
      { messages: [], warnings: ['w'] },
    ],
    ['odd messages', { ...envelope, error: { messages: [null, 1, { a: 1 }, '', 'm'] } }, { messages: ['m'] }],
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
      'a type of another type',
      { ...envelope, results: [{ type: 5, data: 'QQ==' }] },
      { results: [{ type: null }] },
    ],
  ])('with %s is understood as far as it goes', async (_, body, answer) => {
    expect(await answerOf(body)).toMatchObject({ kind: 'Responded', response: answer });
  });

  test.each([
    ['results that are no list', { ...envelope, results: { 0: { data: 'QQ==' } } }],
    ['results of texts', { ...envelope, results: ['QQ=='] }],
    ['data that is a number', { ...envelope, results: [{ data: 0 }] }],
    ['data in an object', { ...envelope, results: [{ data: { $value: 'QQ==' } }] }],
    ['a list around it', [envelope]],
    ['a text', '"Completed"'],
    ['null', 'null'],
    ['a number', '5'],
    ['an empty body', ''],
    ['HTML', '<!doctype html><title>Completed</title>'],
    ['half of it', JSON.stringify(envelope).slice(0, -4)],
    ['deep nesting', '['.repeat(100)],
  ])('with %s is malformed, and not quoted', async (_, body) => {
    const poll = await answerOf(body);

    expect(poll).toEqual({ kind: 'Malformed', detail: expect.stringMatching(/^the response /) });
    expect(JSON.stringify(poll)).not.toContain('Completed');
  });

  test.each(['text/plain', 'text/html', 'application/octet-stream'])(
    'is read as JSON whatever its type: %s',
    async (type) => {
      const { poll } = await setUp(sends(200, JSON.stringify(envelope), { 'content-type': type }));

      expect(await poll()).toMatchObject({ kind: 'Responded' });
    },
  );
});

describe('an HTTP status', () => {
  const refusal = (reason: string, detail: string) => ({ kind: 'Refused', reason, detail });

  test.each([400, 404, 405, 406, 410, 413, 415, 422])(
    '%d ends the task, with no second call',
    async (status) => {
      const { poll, fetches } = await setUp(sends(status, 'All men live', { 'retry-after': '5' }));

      expect(await poll()).toEqual(
        refusal('ContractViolation', `Aspose refused the request with HTTP ${status}`),
      );
      expect(fetches()).toHaveLength(1);
    },
  );

  test('403 ends the task, with no new token', async () => {
    const { poll, fetches, tokens } = await setUp(sends(403));

    expect(await poll()).toEqual(refusal('CredentialsRejected', 'Aspose returned HTTP 403'));
    expect({ fetches: fetches().length, tokens: tokens() }).toEqual({ fetches: 1, tokens: 1 });
  });

  test.each([408, 425, 429, 500, 501, 502, 503, 504, 520])('%d means to poll again', async (status) => {
    const { poll, fetches } = await setUp(sends(status, 'All men live'));

    expect(await poll()).toEqual({ kind: 'Unavailable', detail: `Aspose returned HTTP ${status}` });
    expect(fetches()).toHaveLength(1);
  });

  test.each([201, 202, 204])('%d is not an answer of the contract', async (status) => {
    expect(await (await setUp(sends(status))).poll()).toEqual({
      kind: 'Malformed',
      detail: `Aspose returned HTTP ${status}`,
    });
  });

  test.each([301, 302, 303, 307, 308])('%d is not followed, least of all with the token', async (status) => {
    const other = await listen(sendsJson(envelope));
    const { poll, fetches } = await setUp(sends(status, '', { location: `${other.baseUrl}/stolen` }));

    expect(await poll()).toEqual({ kind: 'Malformed', detail: `Aspose returned HTTP ${status}` });
    expect(fetches()).toHaveLength(1);
    expect(other.received).toEqual([]);
  });

  test('401 earns one new token and one repeat at once', async () => {
    const { poll, fetches, tokens } = await setUp(inTurn(sends(401), sendsJson(envelope)));

    expect(await poll()).toMatchObject({ kind: 'Responded' });
    expect(fetches().map(({ authorization }) => authorization)).toEqual(['Bearer token-1', 'Bearer token-2']);
    expect(tokens()).toBe(2);
  });

  test('401 in the middle of a long task is mended the same way', async () => {
    const { poll, fetches } = await setUp(inTurn(sendsJson(envelope), sends(401), sendsJson(envelope)));

    expect([await poll(), await poll()]).toMatchObject([{ kind: 'Responded' }, { kind: 'Responded' }]);
    expect(fetches().at(-1)?.authorization).toBe('Bearer token-2');
  });

  test('401 twice means that the credentials are rejected', async () => {
    const { poll, fetches } = await setUp(sends(401));

    expect(await poll()).toEqual(refusal('CredentialsRejected', 'Aspose returned HTTP 401'));
    expect(fetches()).toHaveLength(2);
  });

  test('401 to an evaluation ends it: there is no token to renew', async () => {
    const { vendor, fetches, tokens } = await setUp(sends(401));

    expect(await vendor.poll('RecognizeImageTrial', TASK_ID, SECONDS)).toMatchObject({
      reason: 'CredentialsRejected',
    });
    expect({ fetches: fetches().length, tokens: tokens() }).toEqual({ fetches: 1, tokens: 0 });
  });
});

describe('Retry-After', () => {
  const inSeconds = (seconds: number) => new Date(Date.now() + seconds * 1000).toUTCString();

  test.each([
    ['seconds', '17', 17],
    ['more than a day, cut to one', '999999', 86_400],
    ['nothing', '0', undefined],
    ['less than nothing', '-5', undefined],
    ['nonsense', 'soon', undefined],
    ['a fraction', '1.5', undefined],
    ['an absurd number', '9'.repeat(30), undefined],
    ["a date that is not HTTP's", '12/31/2099', undefined],
    ['a date alone', '2099-12-31', undefined],
  ])('of %s', async (_, header, retryAfterSeconds) => {
    const { poll } = await setUp(sends(503, '', { 'retry-after': header }));

    expect(await poll()).toEqual({
      kind: 'Unavailable',
      detail: 'Aspose returned HTTP 503',
      ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
    });
  });

  test('as a date', async () => {
    const { poll } = await setUp(sends(429, '', { 'retry-after': inSeconds(120) }));

    const answer = await poll();

    if (answer.kind !== 'Unavailable') throw new Error(answer.kind);
    expect(answer.retryAfterSeconds).toBeGreaterThan(110);
    expect(answer.retryAfterSeconds).toBeLessThanOrEqual(120);
  });

  test.each(['Friday, 06-Nov-2099 08:49:37 GMT', 'Fri Nov  6 08:49:37 2099'])(
    'as a date of an older form: %s',
    async (header) => {
      const { poll } = await setUp(sends(429, '', { 'retry-after': header }));

      expect(await poll()).toHaveProperty('retryAfterSeconds', 86_400);
    },
  );

  test.each([
    ['a date that has passed', inSeconds(-60)],
    ['a date long ago', 'Thu, 01 Jan 1970 00:00:00 GMT'],
  ])('as %s is ignored', async (_, header) => {
    const { poll } = await setUp(sends(503, '', { 'retry-after': header }));

    expect(await poll()).not.toHaveProperty('retryAfterSeconds');
  });
});

describe('the token', () => {
  test.each([
    ['rejected: the task ends', sends(400), { kind: 'Refused', reason: 'CredentialsRejected' }],
    [
      'locked out: polled again when told',
      sends(429, '', { 'retry-after': '600' }),
      { kind: 'Unavailable', retryAfterSeconds: 600 },
    ],
    ['endpoint out of order: polled again', sends(500), { kind: 'Unavailable' }],
    ['garbled: polled again', sends(200, '<html>'), { kind: 'Unavailable' }],
  ])('%s, without a fetch', async (_, token, poll) => {
    const { poll: pollOnce, fetches } = await setUp(sendsJson(envelope), { token });

    expect(await pollOnce()).toMatchObject(poll);
    expect(fetches()).toEqual([]);
  });
});

describe('a network out of order', () => {
  const startsAnswer = (response: ServerResponse) =>
    response.writeHead(200, { 'content-type': 'application/json' }).write('{"taskStatus":"Comp');

  test('refused: polled again', async () => {
    const { vendor } = await setUp((response) => response.destroy());
    const nobody = createAsposeOcr({
      baseUrl: 'http://127.0.0.1:1',
      accessTokens: { get: async () => ({ kind: 'Token', token: 't' }), drop: () => {} },
      spools: createSpools(),
      maxAnswerBytes: 1000,
      now: Date.now,
    });

    expect(await nobody.poll('RecognizeImage', TASK_ID, SECONDS)).toMatchObject({
      kind: 'Unavailable',
      detail: expect.stringMatching(/^the connection failed/),
    });
    expect(await vendor.poll('RecognizeImageTrial', TASK_ID, SECONDS)).toMatchObject({ kind: 'Unavailable' });
  });

  test.each<[string, Reply]>([
    ['reset before its headers', (response) => resetConnection(response.socket)],
    [
      'closed in the middle of its body',
      (response) => {
        startsAnswer(response);
        setImmediate(() => response.destroy());
      },
    ],
    [
      'shorter than its length says',
      (response) => {
        response.writeHead(200, { 'content-length': '1000' }).write(JSON.stringify(envelope));
        setImmediate(() => response.destroy());
      },
    ],
    ['said to be compressed, but not', sends(200, JSON.stringify(envelope), { 'content-encoding': 'gzip' })],
    [
      'a switch to another protocol',
      (response) => {
        response.socket?.write(
          'HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: h2c\r\n\r\n',
        );
      },
    ],
    ['no HTTP at all', (response) => response.socket?.end('SSH-2.0-OpenSSH_9.6\r\n\r\n')],
  ])('an answer %s means to poll again, and is not taken', async (_, reply) => {
    const { poll } = await setUp(reply);

    expect(await poll()).toMatchObject({
      kind: 'Unavailable',
      detail: expect.stringMatching(/^the connection failed/),
    });
  });

  test('a compressed answer that is cut off is not taken, wherever the cut is', async () => {
    const whole = gzipSync(JSON.stringify({ ...envelope, results: [{ data: base64('All men live') }] }));
    for (const missing of [20, 40, 60]) {
      const { poll } = await setUp((response) => {
        response
          .writeHead(200, { 'content-encoding': 'gzip' })
          .end(whole.subarray(0, whole.length - missing));
      });

      expect(['Malformed', 'Unavailable']).toContain((await poll()).kind);
    }
  });

  test.each<[string, Reply]>([
    ['never comes', () => {}],
    ['stops in its headers', (response) => response.socket?.write('HTTP/1.1 200 OK\r\ncontent-type: text')],
    ['stops in its body', startsAnswer],
    [
      'drips for ever',
      (response) => {
        startsAnswer(response);
        const drip = setInterval(() => response.write(' '), 5);
        response.on('close', () => clearInterval(drip));
      },
    ],
  ])('an answer that %s is given up in the time there is', async (_, reply) => {
    const { vendor } = await setUp(reply);
    const started = performance.now();

    const answer = await vendor.poll('RecognizeImageTrial', TASK_ID, 0.06);

    expect(answer).toMatchObject({
      kind: 'Unavailable',
      detail: expect.stringMatching(/^no (complete )?response within /),
    });
    expect(performance.now() - started).toBeLessThan(1000);
  });

  test('the time there is holds for token, fetch, new token and repeat together', async () => {
    const slowly =
      (reply: Reply): Reply =>
      (response, request) => {
        setTimeout(() => reply(response, request), 100);
      };
    const { vendor } = await setUp(
      inTurn(slowly(sends(401)), () => {}),
      {
        token: slowly(sendsJson({ access_token: 't', expires_in: 3600 })),
      },
    );
    const started = performance.now();

    const answer = await vendor.poll('RecognizeImage', TASK_ID, 0.4);

    const elapsed = performance.now() - started;
    expect(answer).toMatchObject({ kind: 'Unavailable' });
    expect(elapsed).toBeGreaterThan(350);
    expect(elapsed).toBeLessThan(650);
  });

  test('the time there is does not grow when the clock is set back', async () => {
    let hours = 0;
    const { vendor } = await setUp(() => {}, {
      token: (response, request) => {
        hours = 1;
        sendsJson({ access_token: 't', expires_in: 86_400 })(response, request);
      },
      now: () => Date.now() - hours * 3600_000,
    });
    const started = performance.now();

    const answer = await vendor.poll('RecognizeImage', TASK_ID, 0.2);

    expect(answer).toMatchObject({ kind: 'Unavailable', detail: 'no response within 0 s' });
    expect(performance.now() - started).toBeLessThan(1000);
  }, 5000);
});

describe('an answer over the cap', () => {
  /** An answer without an end: taking it would take for ever. */
  test('is stopped early', async () => {
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

  test('is counted as it is when inflated', async () => {
    const bomb = gzipSync(`{"results":[{"data":"${'QUJD'.repeat(1_000_000)}"}]}`);
    const { poll } = await setUp(
      (response) => {
        response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb);
      },
      { maxAnswerBytes: 1_000_000 },
    );

    expect(bomb.length).toBeLessThan(100_000);
    expect(await poll()).toMatchObject({ kind: 'Refused', reason: 'ResultTooLarge' });
  });

  test('is one byte too long; at the cap it is taken', async () => {
    const body = JSON.stringify(envelope);
    const atTheCap = await setUp(sends(200, body), { maxAnswerBytes: body.length });
    const overIt = await setUp(sends(200, body), { maxAnswerBytes: body.length - 1 });

    expect(await atTheCap.poll()).toMatchObject({ kind: 'Responded' });
    expect(await overIt.poll()).toMatchObject({ reason: 'ResultTooLarge' });
  });

  test('is read in good compression all the same', async () => {
    const { poll } = await setUp((response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(JSON.stringify(envelope)));
    });

    expect(await poll()).toMatchObject({ kind: 'Responded', response: { taskStatus: 'Completed' } });
  });
});

test('nothing that a poll comes to holds the token, the secret or the text of a document', async () => {
  const text = 'All men live enveloped in whale-lines.';
  const replies = [
    sends(500, text),
    sends(400, text),
    sends(401, text),
    sends(200, text),
    sends(200, `{"taskStatus":"${text}`),
    sends(302, '', { location: `https://elsewhere.example/?${encodeURIComponent(text)}` }),
  ];

  for (const reply of replies) {
    const { poll } = await setUp(reply);
    expect(JSON.stringify(await poll())).not.toMatch(/whale|token-\d|the-secret/);
  }
});

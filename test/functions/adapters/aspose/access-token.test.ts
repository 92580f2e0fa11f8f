import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { createAccessTokens } from '../../../../functions/adapters/aspose/access-token.ts';
import type { ReadSecret } from '../../../../functions/contracts/credentials.ts';
import { START } from '../../../support/builders.ts';
import {
  endless,
  inTurn,
  listen,
  type Reply,
  replyWith,
  replyWithJson,
} from '../../../support/loopback-server.ts';

const granted = (token: string, life: object = { expires_in: 3600 }) =>
  replyWithJson({ access_token: token, ...life, token_type: 'Bearer' });

const aSecret = (version: string, clientSecret: string): ReadSecret => ({
  kind: 'Read',
  credentials: { clientId: 'the-id', clientSecret },
  version,
});

async function setUp(...replies: readonly Reply[]) {
  const server = await listen(inTurn(...replies));
  const state: { seconds: number; secret: ReadSecret } = { seconds: 0, secret: aSecret('v1', 'the-secret') };
  const tokens = createAccessTokens({
    baseUrl: server.baseUrl,
    readSecret: async () => state.secret,
    now: () => START + state.seconds * 1000,
  });
  return { ...server, tokens, state, get: () => tokens.get(5) };
}

describe('an access token', () => {
  it('is requested with the credentials in a form', async () => {
    const { get, received } = await setUp(granted('t1'));

    expect(await get()).toMatchObject({ kind: 'Token', token: 't1' });
    expect(received).toEqual([
      {
        method: 'POST',
        url: '/connect/token',
        authorization: undefined,
        body: 'grant_type=client_credentials&client_id=the-id&client_secret=the-secret',
      },
    ]);
  });

  it('is requested once for twenty simultaneous polls', async () => {
    const { get, received } = await setUp(granted('t1'), granted('t2'));

    const results = await Promise.all(Array.from({ length: 20 }, get));

    expect(results).toMatchObject(Array(20).fill({ kind: 'Token', token: 't1' }));
    expect(received).toHaveLength(1);
  });

  it.each([
    ['until 30 s before it expires', { expires_in: 3600 }, 3570],
    ['for half of a short lifetime', { expires_in: 40 }, 20],
    ['for 30 s when its lifetime is missing', {}, 30],
    ['for 30 s when its lifetime is a string', { expires_in: '3600' }, 30],
    ['for 30 s when its lifetime is negative', { expires_in: -5 }, 30],
  ])('is cached %s', async (_, life, keptSeconds) => {
    const { get, state, received } = await setUp(granted('t1', life), granted('t2', life));
    await get();

    state.seconds = keptSeconds - 0.001;
    const kept = await get();
    state.seconds = keptSeconds;
    const renewed = await get();

    expect([kept, renewed]).toMatchObject([
      { kind: 'Token', token: 't1' },
      { kind: 'Token', token: 't2' },
    ]);
    expect(received).toHaveLength(2);
  });

  it('is replaced once when several polls drop it', async () => {
    const { get, tokens, received } = await setUp(granted('t1'), granted('t2'), granted('t3'));
    await get();

    tokens.drop('t1');
    const second = await get();
    tokens.drop('t1');
    const third = await get();

    expect([second, third]).toMatchObject(Array(2).fill({ kind: 'Token', token: 't2' }));
    expect(received).toHaveLength(2);
  });
});

describe('rejected credentials', () => {
  it.each([400, 401, 403])(
    'are not sent for ten minutes after HTTP %i, as five failures lock the customer out',
    async (status) => {
      const { get, state, received } = await setUp(
        replyWith(status, 'invalid_client the-secret'),
        granted('t1'),
      );

      const first = await get();
      state.seconds = 599;
      const second = await Promise.all([get(), get()]);

      expect(first).toEqual({ kind: 'Rejected', detail: `Aspose rejected the credentials (HTTP ${status})` });
      expect(second).toEqual([first, first]);
      expect(received).toHaveLength(1);
    },
  );

  it('are sent once more after ten minutes', async () => {
    const { get, state } = await setUp(replyWith(400), granted('t1'));
    await get();
    state.seconds = 600;

    expect(await get()).toMatchObject({ kind: 'Token', token: 't1' });
  });

  it('do not delay new credentials from the secret', async () => {
    const { get, state, received } = await setUp(replyWith(400), granted('t1'));
    await get();
    state.secret = aSecret('v2', 'a-new-secret');

    expect(await get()).toMatchObject({ kind: 'Token', token: 't1' });
    expect(received.at(-1)?.body).toContain('client_secret=a-new-secret');
  });

  it('are reported without a request when the secret contains none', async () => {
    const { get, state, received } = await setUp(granted('t1'));
    state.secret = { kind: 'Unusable' };

    expect(await get()).toMatchObject({ kind: 'Rejected', detail: expect.stringContaining('clientSecret') });
    expect(received).toEqual([]);

    state.secret = aSecret('v2', 'secret');
    expect(await get()).toMatchObject({ kind: 'Token' });
  });
});

describe('a failing token endpoint', () => {
  it('receives no request before its Retry-After is over', async () => {
    const { get, state, received } = await setUp(replyWith(429, '', { 'retry-after': '600' }), granted('t1'));

    const first = await get();
    state.seconds = 590;
    const second = await get();
    state.seconds = 600;
    const third = await get();

    expect(first).toEqual({
      kind: 'Unavailable',
      detail: 'no access token: HTTP 429',
      retryAfterSeconds: 600,
    });
    expect(second).toEqual({ ...first, retryAfterSeconds: 10 });
    expect(third).toMatchObject({ kind: 'Token', token: 't1' });
    expect(received).toHaveLength(2);
  });

  it.each([429, 500, 502, 503, 504, 404, 302])(
    'receives another request from the next poll after HTTP %i',
    async (status) => {
      const { get } = await setUp(replyWith(status, 'the-secret', { location: '/elsewhere' }), granted('t1'));

      expect(await get()).toEqual({ kind: 'Unavailable', detail: `no access token: HTTP ${status}` });
      expect(await get()).toMatchObject({ kind: 'Token', token: 't1' });
    },
  );

  it.each([
    ['HTML', '<html>access_token</html>'],
    ['nothing', ''],
    ['no token', '{"expires_in":3600}'],
    ['a token that is an object', '{"access_token":{"value":"t"}}'],
    ['an empty token', '{"access_token":""}'],
    ['a token with a line break', '{"access_token":"t\\r\\nx-admin: 1"}'],
    ['a token with a space', '{"access_token":"t t"}'],
    ['null', 'null'],
    ['a string', '"token"'],
    ['a text', 'the-secret'],
  ])('receives another request after HTTP 200 with %s, and its body is not quoted', async (_, body) => {
    const { get } = await setUp(replyWith(200, body), granted('t1'));

    expect(await get()).toEqual({ kind: 'Unavailable', detail: 'no access token: the response has none' });
    expect(await get()).toMatchObject({ kind: 'Token', token: 't1' });
  });

  it('is cut off when its response does not end', async () => {
    const { get } = await setUp((response) => {
      response.writeHead(200).write('{"access_token":"');
      endless(response, () => response.write('x'.repeat(16_384)));
    });

    expect(await get()).toEqual({
      kind: 'Unavailable',
      detail: 'no access token: the response is larger than 65536 bytes',
    });
  });

  it('is cut off when its compressed response expands a thousandfold', async () => {
    const bomb = gzipSync(`{"access_token":"${'x'.repeat(1_000_000)}"}`);
    const { get } = await setUp((response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb);
    });

    expect(await get()).toMatchObject({ detail: 'no access token: the response is larger than 65536 bytes' });
  });

  it('is given up at the timeout of the poll', async () => {
    const { tokens } = await setUp(() => {});

    const result = await tokens.get(0.05);

    expect(result).toMatchObject({
      kind: 'Unavailable',
      detail: expect.stringMatching(/^no access token: no /),
    });
  });

  it('is reported as unavailable when it closes the connection', async () => {
    const { get } = await setUp((response) => response.destroy());

    expect(await get()).toMatchObject({
      kind: 'Unavailable',
      detail: expect.stringMatching(/^no access token: the connection failed/),
    });
  });
});

it('throws the passing errors of the secret, and reads it once more for the next token', async () => {
  const { baseUrl } = await listen(granted('t1'));
  let reads = 0;
  const tokens = createAccessTokens({
    baseUrl,
    readSecret: async () => {
      reads += 1;
      if (reads === 1) throw new Error('ThrottlingException');
      return aSecret('v1', 'secret');
    },
    now: () => START,
  });

  await expect(tokens.get(5)).rejects.toThrow('ThrottlingException');
  expect(await tokens.get(5)).toMatchObject({ kind: 'Token' });
});

it('requests nothing while the secret is unreadable', async () => {
  const { get, state, received } = await setUp(granted('t1'));
  state.secret = { kind: 'Unreadable', detail: 'denied' };

  expect(await get()).toEqual({ kind: 'Unreadable', detail: 'denied' });
  expect(received).toEqual([]);
});

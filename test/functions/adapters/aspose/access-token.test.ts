import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { createAccessTokens } from '../../../../functions/adapters/aspose/access-token.ts';
import type { Credentials } from '../../../../functions/contracts/credentials.ts';
import { START } from '../../../support/builders.ts';
import { endless, inTurn, listen, type Reply, sends, sendsJson } from '../../../support/loopback-server.ts';

const granted = (token: string, life: object = { expires_in: 3600 }) =>
  sendsJson({ access_token: token, ...life, token_type: 'Bearer' });

async function setUp(...replies: readonly Reply[]) {
  const server = await listen(inTurn(...replies));
  const state: { seconds: number; credentials: Credentials | undefined } = {
    seconds: 0,
    credentials: { clientId: 'the-id', clientSecret: 'the-secret' },
  };
  const tokens = createAccessTokens({
    baseUrl: server.baseUrl,
    readCredentials: async () => state.credentials,
    now: () => START + state.seconds * 1000,
  });
  return { ...server, tokens, state, get: () => tokens.get(5) };
}

describe('an access token', () => {
  it('is asked for with the credentials of the secret, in a form', async () => {
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

  it('is asked for once by twenty polls at the same moment', async () => {
    const { get, received } = await setUp(granted('t1'), granted('t2'));

    const answers = await Promise.all(Array.from({ length: 20 }, get));

    expect(answers).toMatchObject(Array(20).fill({ kind: 'Token', token: 't1' }));
    expect(received).toHaveLength(1);
  });

  it.each([
    ['its life, less half a minute', { expires_in: 3600 }, 3570],
    ['half of a short life', { expires_in: 40 }, 20],
    ['a short default where no life is named', {}, 30],
    ['a short default where the life is nonsense', { expires_in: '3600' }, 30],
    ['a short default where the life is over', { expires_in: -5 }, 30],
  ])('is kept for %s', async (_, life, keptSeconds) => {
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

  it('that was dropped is replaced; one that has been replaced already is not', async () => {
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
    'are not tried again after HTTP %d: five failures lock the customer out',
    async (status) => {
      const { get, state, received } = await setUp(sends(status, 'invalid_client the-secret'), granted('t1'));

      const first = await get();
      state.seconds = 599;
      const second = await Promise.all([get(), get()]);

      expect(first).toEqual({ kind: 'Rejected', detail: `Aspose rejected the credentials (HTTP ${status})` });
      expect(second).toEqual([first, first]);
      expect(received).toHaveLength(1);
    },
  );

  it('are tried again after the ten minutes of a lock-out', async () => {
    const { get, state } = await setUp(sends(400), granted('t1'));
    await get();
    state.seconds = 600;

    expect(await get()).toMatchObject({ kind: 'Token', token: 't1' });
  });

  it('that have been replaced in the secret are tried at once', async () => {
    const { get, state, received } = await setUp(sends(400), granted('t1'));
    await get();
    state.credentials = { clientId: 'the-id', clientSecret: 'a-new-secret' };

    expect(await get()).toMatchObject({ kind: 'Token', token: 't1' });
    expect(received.at(-1)?.body).toContain('client_secret=a-new-secret');
  });

  it('are not even sent when the secret holds none', async () => {
    const { get, state, received } = await setUp(granted('t1'));
    state.credentials = undefined;

    expect(await get()).toMatchObject({ kind: 'Rejected', detail: expect.stringContaining('clientSecret') });
    expect(received).toEqual([]);

    state.credentials = { clientId: 'id', clientSecret: 'secret' };
    expect(await get()).toMatchObject({ kind: 'Token' });
  });
});

describe('a token endpoint out of order', () => {
  it('that locks us out is not asked again before its time, and tells what is left of it', async () => {
    const { get, state, received } = await setUp(sends(429, '', { 'retry-after': '600' }), granted('t1'));

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
    'is asked again by the next poll after HTTP %d',
    async (status) => {
      const { get } = await setUp(sends(status, '', { location: '/elsewhere' }), granted('t1'));

      expect(await get()).toEqual({ kind: 'Unavailable', detail: `no access token: HTTP ${status}` });
      expect(await get()).toMatchObject({ kind: 'Token', token: 't1' });
    },
  );

  it.each([
    ['HTML', '<html>access_token</html>'],
    ['nothing', ''],
    ['no token', '{"expires_in":3600}'],
    ['another type of token', '{"access_token":{"value":"t"}}'],
    ['an empty token', '{"access_token":""}'],
    ['a token with a line break', '{"access_token":"t\\r\\nx-admin: 1"}'],
    ['a token with a space', '{"access_token":"t t"}'],
    ['null', 'null'],
    ['a text', '"token"'],
  ])('is asked again after %s with HTTP 200, which is not repeated', async (_, body) => {
    const { get } = await setUp(sends(200, body), granted('t1'));

    expect(await get()).toEqual({ kind: 'Unavailable', detail: 'no access token: the response has none' });
    expect(await get()).toMatchObject({ kind: 'Token', token: 't1' });
  });

  it('that answers without an end is stopped early', async () => {
    const { get } = await setUp((response) => {
      response.writeHead(200).write('{"access_token":"');
      endless(response, () => response.write('x'.repeat(16_384)));
    });

    expect(await get()).toEqual({
      kind: 'Unavailable',
      detail: 'no access token: the response is larger than 65536 bytes',
    });
  });

  it('that answers a thousand times more than it sends is stopped early', async () => {
    const bomb = gzipSync(`{"access_token":"${'x'.repeat(1_000_000)}"}`);
    const { get } = await setUp((response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb);
    });

    expect(await get()).toMatchObject({ detail: 'no access token: the response is larger than 65536 bytes' });
  });

  it('is given up in the time there is', async () => {
    const { tokens } = await setUp(() => {});

    const started = performance.now();
    const answer = await tokens.get(0.05);

    expect(answer).toMatchObject({
      kind: 'Unavailable',
      detail: expect.stringMatching(/^no access token: no /),
    });
    expect(performance.now() - started).toBeLessThan(1000);
  });

  it('is given up when it hangs up', async () => {
    const { get } = await setUp((response) => response.destroy());

    expect(await get()).toMatchObject({
      kind: 'Unavailable',
      detail: expect.stringMatching(/^no access token: the connection failed/),
    });
  });

  it('never gets the secret into a message', async () => {
    const bodies = [sends(400, 'the-secret'), sends(500, 'the-secret'), sends(200, 'the-secret')];

    for (const reply of bodies) {
      const { get } = await setUp(reply);
      expect(JSON.stringify(await get())).not.toContain('the-secret');
    }
  });
});

it('a secret that cannot be read is an AWS fault, not a rejection, and is read again', async () => {
  const { baseUrl } = await listen(granted('t1'));
  let reads = 0;
  const tokens = createAccessTokens({
    baseUrl,
    readCredentials: async () => {
      reads += 1;
      if (reads === 1) throw new Error('AccessDeniedException');
      return { clientId: 'id', clientSecret: 'secret' };
    },
    now: () => START,
  });

  await expect(tokens.get(5)).rejects.toThrow('AccessDeniedException');
  expect(await tokens.get(5)).toMatchObject({ kind: 'Token' });
});

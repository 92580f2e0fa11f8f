import { describe, expect, it } from 'vitest';
import {
  createTokenEndpoint,
  type TokenError,
  type TokenRequest,
} from '../../../local/aspose-simulator/token-endpoint.ts';
import { VirtualClock } from '../../../local/clock.ts';

const credentials = { clientId: 'id', clientSecret: 'secret' };

const FIELDS = { grant_type: 'client_credentials', client_id: 'id', client_secret: 'secret' };
const FORM_TYPE = 'application/x-www-form-urlencoded';

function form(fields: Record<string, string> = {}): TokenRequest {
  const body = new URLSearchParams({ ...FIELDS, ...fields }).toString();
  return { contentType: FORM_TYPE, authorization: undefined, body };
}

/** A form without credentials, which are in the Authorization header. */
function basic(credentials: string, fields: Record<string, string> = {}): TokenRequest {
  const authorization = `Basic ${Buffer.from(credentials).toString('base64')}`;
  const body = new URLSearchParams({ grant_type: 'client_credentials', ...fields }).toString();
  return { contentType: FORM_TYPE, authorization, body };
}

async function multipart(fields: Record<string, string>): Promise<TokenRequest> {
  const data = new FormData();
  for (const [name, value] of Object.entries(fields)) data.append(name, value);
  const message = new Response(data);
  const contentType = message.headers.get('content-type') ?? undefined;
  return { contentType, authorization: undefined, body: await message.text() };
}

const MULTIPART = await multipart(FIELDS);
const WRONG_MULTIPART = await multipart({ ...FIELDS, client_secret: 'wrong' });

function setUp(lifetimeSeconds = 3600) {
  const clock = new VirtualClock();
  return { clock, tokens: createTokenEndpoint(clock, credentials, lifetimeSeconds) };
}

describe('an access token', () => {
  it('is granted for correct credentials, with its lifetime', async () => {
    const { tokens } = setUp(120);

    expect(await tokens.grant(form())).toEqual({
      access_token: expect.stringMatching(/^.{20,}$/),
      expires_in: 120,
      token_type: 'Bearer',
    });
  });

  it('is accepted until its lifetime is over', async () => {
    const { clock, tokens } = setUp(120);
    const authorization = `Bearer ${(await tokens.grant(form())).access_token}`;

    clock.advance(119_999);
    expect(tokens.accepts(authorization)).toBe(true);
    clock.advance(1);
    expect(tokens.accepts(authorization)).toBe(false);
  });

  it('stays valid when another one is granted', async () => {
    const { tokens } = setUp();
    const { access_token: first } = await tokens.grant(form());
    const { access_token: second } = await tokens.grant(form());

    expect([first, second].map((token) => tokens.accepts(`Bearer ${token}`))).toEqual([true, true]);
    expect(first).not.toBe(second);
  });

  it.each([[undefined], [''], ['Bearer '], ['Bearer unknown'], ['Basic aWQ6c2VjcmV0']])(
    'is not accepted as %j',
    async (authorization) => {
      const { tokens } = setUp();
      await tokens.grant(form());

      expect(tokens.accepts(authorization)).toBe(false);
    },
  );

  it.each([
    ['a multipart form', MULTIPART],
    ['Basic authentication', basic('id:secret')],
    ['encoded Basic authentication', basic('%69d:%73ecret')],
    ['Basic authentication and the id in the form', basic('id:secret', { client_id: 'id' })],
  ])('is granted for %s', async (_, request) => {
    const { tokens } = setUp();

    expect(await tokens.grant(request)).toMatchObject({ token_type: 'Bearer' });
  });

  it('is granted for a secret of any characters in Basic authentication', async () => {
    const clientSecret = 'a&b:c d+é%';
    const tokens = createTokenEndpoint(new VirtualClock(), { clientId: 'id', clientSecret }, 60);
    const encoded = encodeURIComponent(clientSecret).replaceAll('%20', '+');

    expect(await tokens.grant(basic(`id:${encoded}`))).toMatchObject({ token_type: 'Bearer' });
  });

  it.each([
    ['a wrong secret', form({ client_secret: 'wrong' }), 400, 'invalid_client'],
    ['a wrong id', form({ client_id: 'wrong' }), 400, 'invalid_client'],
    ['no credentials', form({ client_id: '', client_secret: '' }), 400, 'invalid_client'],
    ['a wrong secret in a multipart form', WRONG_MULTIPART, 400, 'invalid_client'],
    ['a wrong secret in Basic authentication', basic('id:wrong'), 401, 'invalid_client'],
    ['Basic authentication without a colon', basic('id'), 401, 'invalid_client'],
    ['two kinds of authentication', basic('id:secret', { client_secret: 'secret' }), 400, 'invalid_request'],
    ['another grant type', form({ grant_type: 'password' }), 400, 'unsupported_grant_type'],
    ['no grant type', form({ grant_type: '' }), 400, 'invalid_request'],
    ['a field twice', { ...form(), body: `${form().body}&client_id=id` }, 400, 'invalid_request'],
    [
      'JSON',
      { ...form(), contentType: 'application/json', body: JSON.stringify(FIELDS) },
      400,
      'invalid_request',
    ],
    ['no content type', { ...form(), contentType: undefined }, 400, 'invalid_request'],
    ['a broken multipart form', { ...form(), contentType: 'multipart/form-data' }, 400, 'invalid_request'],
  ])('is refused for %s', async (_, request, httpStatus, error) => {
    const { tokens } = setUp();

    const refusal = await tokens.grant(request).catch((reason: TokenError) => reason);

    expect(refusal).toMatchObject({
      httpStatus,
      headers: { 'cache-control': 'no-store', pragma: 'no-cache' },
    });
    const { error_description: description, ...body } = JSON.parse(JSON.stringify(refusal));
    expect(body).toEqual({ error });
    expect(description, 'the characters that RFC 6749 allows').toMatch(/^[\x20-\x21\x23-\x5b\x5d-\x7e]+$/);
    expect(Object(refusal).headers['www-authenticate']).toBe(
      httpStatus === 401 ? 'Basic realm="simulator"' : undefined,
    );
  });
});

describe('the lockout', () => {
  const wrong = form({ client_secret: 'wrong' });
  const headers = expect.objectContaining({ 'retry-after': '600' });
  const locked = expect.objectContaining({ httpStatus: 429, code: 'invalid_client', headers });

  async function fail(tokens: ReturnType<typeof createTokenEndpoint>, times: number, request = wrong) {
    for (let count = 0; count < times; count += 1) {
      await expect(tokens.grant(request)).rejects.toMatchObject({ httpStatus: 400 });
    }
  }

  it('starts after five failures and lasts ten minutes', async () => {
    const { clock, tokens } = setUp();
    await fail(tokens, 5);

    await expect(tokens.grant(wrong)).rejects.toEqual(locked);
    clock.advance(599_999);
    await expect(tokens.grant(wrong)).rejects.toEqual(locked);
    clock.advance(1);
    await fail(tokens, 5);
    await expect(tokens.grant(wrong)).rejects.toEqual(locked);
  });

  it('applies to one pair of id and secret only', async () => {
    const { tokens } = setUp();
    await fail(tokens, 5);

    await fail(tokens, 1, form({ client_secret: 'wrong too' }));
    expect(await tokens.grant(form())).toMatchObject({ token_type: 'Bearer' });
  });

  it('counts the failures of a pair in all kinds of authentication together', async () => {
    const { tokens } = setUp();
    await fail(tokens, 5);

    await expect(tokens.grant(basic('id:wrong'))).rejects.toEqual(locked);
  });
});

import { describe, expect, it } from 'vitest';
import { createTokenEndpoint } from '../../../local/aspose-simulator/token-endpoint.ts';
import { VirtualClock } from '../../../local/clock.ts';

const credentials = { clientId: 'id', clientSecret: 'secret' };

function form(fields: Record<string, string> = {}): URLSearchParams {
  return new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: 'id',
    client_secret: 'secret',
    ...fields,
  });
}

function setUp(lifetimeSeconds = 3600) {
  const clock = new VirtualClock();
  return { clock, tokens: createTokenEndpoint(clock, credentials, lifetimeSeconds) };
}

describe('an access token', () => {
  it('is granted for correct credentials, with its lifetime', () => {
    const { tokens } = setUp(120);

    expect(tokens.grant(form())).toEqual({
      access_token: expect.stringMatching(/^.{20,}$/),
      expires_in: 120,
      token_type: 'Bearer',
    });
  });

  it('is accepted until its lifetime is over', () => {
    const { clock, tokens } = setUp(120);
    const authorization = `Bearer ${tokens.grant(form()).access_token}`;

    clock.advance(119_999);
    expect(tokens.accepts(authorization)).toBe(true);
    clock.advance(1);
    expect(tokens.accepts(authorization)).toBe(false);
  });

  it('stays valid when another one is granted', () => {
    const { tokens } = setUp();
    const first = tokens.grant(form()).access_token;
    const second = tokens.grant(form()).access_token;

    expect([first, second].map((token) => tokens.accepts(`Bearer ${token}`))).toEqual([true, true]);
    expect(first).not.toBe(second);
  });

  it.each([[undefined], [''], ['Bearer '], ['Bearer unknown'], ['Basic aWQ6c2VjcmV0']])(
    'is not accepted as %j',
    (authorization) => {
      const { tokens } = setUp();
      tokens.grant(form());

      expect(tokens.accepts(authorization)).toBe(false);
    },
  );

  it.each([
    ['a wrong secret', { client_secret: 'wrong' }, /client_id, client_secret: got others/],
    ['a wrong id', { client_id: 'wrong' }, /client_id, client_secret: got others/],
    [
      'another grant type',
      { grant_type: 'password' },
      /grant_type: got "password"; allowed: "client_credentials"/,
    ],
    ['an empty form', undefined, /grant_type: got none/],
  ])('is refused with 400 for %s', (_, fields, message) => {
    const { tokens } = setUp();

    expect(() => tokens.grant(fields ? form(fields) : new URLSearchParams())).toThrow(
      expect.objectContaining({ httpStatus: 400, message: expect.stringMatching(message) }),
    );
  });
});

describe('the lockout', () => {
  const wrong = form({ client_secret: 'wrong' });
  const locked = expect.objectContaining({ httpStatus: 429, headers: { 'retry-after': '600' } });
  const rejected = expect.objectContaining({ httpStatus: 400 });

  function fail(tokens: ReturnType<typeof createTokenEndpoint>, times: number, fields = wrong) {
    for (let count = 0; count < times; count += 1) expect(() => tokens.grant(fields)).toThrow(rejected);
  }

  it('starts after five failures and lasts ten minutes', () => {
    const { clock, tokens } = setUp();
    fail(tokens, 5);

    expect(() => tokens.grant(wrong)).toThrow(locked);
    clock.advance(599_999);
    expect(() => tokens.grant(wrong)).toThrow(locked);
    clock.advance(1);
    fail(tokens, 5);
    expect(() => tokens.grant(wrong)).toThrow(locked);
  });

  it('applies to one pair of id and secret only', () => {
    const { tokens } = setUp();
    fail(tokens, 5);

    fail(tokens, 1, form({ client_secret: 'wrong too' }));
    expect(tokens.grant(form()).token_type).toBe('Bearer');
  });
});

import { randomBytes } from 'node:crypto';
import type { Credentials } from '../../functions/contracts/credentials.ts';
import type { Clock } from '../clock.ts';
import { RequestError } from './http-messages.ts';

/** The simulator's default credentials. They are not secret: they open nothing but a simulator. */
export const LOCAL_CREDENTIALS: Credentials = {
  clientId: 'local-client-id',
  clientSecret: 'local-client-secret',
};

const ALLOWED_FAILURES = 5;
const LOCK_SECONDS = 600;

/** Headers of every response with a token, and of every refusal (RFC 6749, 5.1 and 5.2). */
export const TOKEN_HEADERS = { 'cache-control': 'no-store', pragma: 'no-cache' };

/** A refused token request. The response has the error codes of RFC 6749, section 5.2. */
export class TokenError extends RequestError {
  override readonly name = 'TokenError';
  override readonly contentType = 'application/json';
  readonly code: 'invalid_request' | 'invalid_client' | 'unsupported_grant_type';

  constructor(
    httpStatus: number,
    code: TokenError['code'],
    description: string,
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(httpStatus, description, { ...TOKEN_HEADERS, ...headers });
    this.code = code;
  }

  override toJSON(): object {
    return { error: this.code, error_description: this.message };
  }
}

/** `POST /connect/token`, as received. */
export interface TokenRequest {
  readonly contentType: string | undefined;
  readonly authorization: string | undefined;
  readonly body: string;
}

export interface TokenEndpoint {
  /**
   * Grants a token for a form, which may be multipart, and for credentials in the form or in Basic
   * authentication.
   *
   * @throws TokenError 400 or 401 for a wrong request, 429 while the credentials are locked out
   */
  grant(request: TokenRequest): Promise<{ access_token: string; expires_in: number; token_type: 'Bearer' }>;
  /** Whether an Authorization header carries a token that was granted here and has not expired. */
  accepts(authorization: string | undefined): boolean;
}

/**
 * Aspose's OAuth 2.0 client-credentials grant. Wrong credentials in a form get 400, not 401. Five
 * failures lock a pair of id and secret out for ten minutes (source: Aspose Cloud's documentation
 * of authentication).
 */
export function createTokenEndpoint(
  clock: Clock,
  credentials: Credentials,
  lifetimeSeconds: number,
): TokenEndpoint {
  const expiries = new Map<string, number>();
  const failures = new Map<string, { count: number; lockedUntil: number }>();

  return {
    async grant(request) {
      const form = await readForm(request);
      const grantType = form.get('grant_type');
      if (grantType === undefined) {
        throw new TokenError(400, 'invalid_request', 'grant_type: got none; allowed: client_credentials');
      }
      if (grantType !== 'client_credentials') {
        const detail = 'grant_type: got another one; allowed: client_credentials';
        throw new TokenError(400, 'unsupported_grant_type', detail);
      }
      const basic = readBasic(request.authorization);
      if (basic !== undefined && form.has('client_secret')) {
        const detail = 'client_secret: got it in the form and in Basic authentication; allowed: one of them';
        throw new TokenError(400, 'invalid_request', detail);
      }
      const [id, secret] = basic ?? [form.get('client_id'), form.get('client_secret')];
      if (id !== credentials.clientId || secret !== credentials.clientSecret) {
        throw rejection(JSON.stringify([id, secret]), basic !== undefined);
      }
      const token = randomBytes(32).toString('base64url');
      expiries.set(token, clock.now() + lifetimeSeconds * 1000);
      return { access_token: token, expires_in: lifetimeSeconds, token_type: 'Bearer' };
    },

    accepts(authorization) {
      const token = /^Bearer (.+)$/i.exec(authorization ?? '')?.[1];
      const expiresAt = token === undefined ? undefined : expiries.get(token);
      return expiresAt !== undefined && clock.now() < expiresAt;
    },
  };

  function rejection(pair: string, usedBasic: boolean): TokenError {
    const earlier = failures.get(pair);
    if (earlier !== undefined && clock.now() < earlier.lockedUntil) {
      return new TokenError(
        429,
        'invalid_client',
        `These credentials failed ${ALLOWED_FAILURES} times and are locked out for ${LOCK_SECONDS} seconds.`,
        { 'retry-after': String(LOCK_SECONDS) },
      );
    }
    const count = earlier === undefined || earlier.count === ALLOWED_FAILURES ? 1 : earlier.count + 1;
    const lockedUntil = count === ALLOWED_FAILURES ? clock.now() + LOCK_SECONDS * 1000 : 0;
    failures.set(pair, { count, lockedUntil });
    const detail = 'client_id, client_secret: got others; allowed: those of this simulator';
    return usedBasic
      ? new TokenError(401, 'invalid_client', detail, { 'www-authenticate': 'Basic realm="simulator"' })
      : new TokenError(400, 'invalid_client', detail);
  }
}

const FORM_TYPES = ['application/x-www-form-urlencoded', 'multipart/form-data'];

/** Reads a form. No field may be repeated, and an empty one counts as absent (RFC 6749, 3.2). */
async function readForm({ contentType = '', body }: TokenRequest): Promise<ReadonlyMap<string, string>> {
  // Other types have no `formData`.
  const message = new Response(body, { headers: { 'content-type': contentType } });
  const entries = await message.formData().then(
    (form) => [...form].filter(([, value]) => value !== ''),
    () => undefined,
  );
  if (entries === undefined) {
    const allowed = FORM_TYPES.join(', ');
    throw new TokenError(400, 'invalid_request', `content-type, body: got no form; allowed: ${allowed}`);
  }
  const form = new Map(entries.map(([name, value]) => [name, String(value)]));
  if (form.size === entries.length) return form;
  throw new TokenError(400, 'invalid_request', 'form: got a field twice; allowed: each field once');
}

/** Reads id and secret of Basic authentication, which are form-encoded (RFC 6749, 2.3.1). */
function readBasic(authorization: string | undefined): readonly string[] | undefined {
  const [, encoded] = /^Basic (.*)$/i.exec(authorization ?? '') ?? [];
  if (encoded === undefined) return undefined;
  const [, id, secret] = /^([^:]*):(.*)$/s.exec(Buffer.from(encoded, 'base64').toString('utf8')) ?? [];
  return [id, secret].map((part = '') => {
    // Some clients do not encode, so a separator belongs to the secret.
    const encodedPart = part.replaceAll('&', '%26');
    return new URLSearchParams(`part=${encodedPart}`).get('part') ?? '';
  });
}

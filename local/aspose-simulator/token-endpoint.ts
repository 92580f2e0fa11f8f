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

export interface TokenEndpoint {
  /**
   * Grants a token for the form of `POST /connect/token`.
   *
   * @throws RequestError 400 for a wrong form, 429 while the credentials are locked out
   */
  grant(form: URLSearchParams): { access_token: string; expires_in: number; token_type: 'Bearer' };
  /** Whether an Authorization header carries a token that was granted here and has not expired. */
  accepts(authorization: string | undefined): boolean;
}

/**
 * Aspose's OAuth 2.0 client-credentials grant. Wrong credentials get 400, not 401. Five failures
 * lock a pair of id and secret out for ten minutes (source: Aspose Cloud's documentation of
 * authentication).
 */
export function createTokenEndpoint(
  clock: Clock,
  credentials: Credentials,
  lifetimeSeconds: number,
): TokenEndpoint {
  const expiries = new Map<string, number>();
  const failures = new Map<string, { count: number; lockedUntil: number }>();

  return {
    grant(form) {
      const grantType = form.get('grant_type');
      if (grantType !== 'client_credentials') {
        const got = grantType === null ? 'none' : JSON.stringify(grantType);
        throw new RequestError(400, `grant_type: got ${got}; allowed: "client_credentials"`);
      }
      const pair = JSON.stringify([form.get('client_id'), form.get('client_secret')]);
      if (pair !== JSON.stringify([credentials.clientId, credentials.clientSecret])) {
        throw rejection(pair);
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

  function rejection(pair: string): RequestError {
    const earlier = failures.get(pair);
    if (earlier !== undefined && clock.now() < earlier.lockedUntil) {
      return new RequestError(
        429,
        `These credentials failed ${ALLOWED_FAILURES} times and are locked out for ${LOCK_SECONDS} seconds.`,
        { 'retry-after': String(LOCK_SECONDS) },
      );
    }
    const count = earlier === undefined || earlier.count === ALLOWED_FAILURES ? 1 : earlier.count + 1;
    const lockedUntil = count === ALLOWED_FAILURES ? clock.now() + LOCK_SECONDS * 1000 : 0;
    failures.set(pair, { count, lockedUntil });
    return new RequestError(400, 'client_id, client_secret: got others; allowed: those of this simulator');
  }
}

import type { Credentials, ReadSecret } from '../../contracts/credentials.ts';
import { parseJson } from '../../core/parse-json.ts';
import {
  type FailedTrial,
  failedTrial,
  repeatedFailure,
  TOKEN_REQUEST_SECONDS,
  type TokenFailure,
  type TokenTrials,
} from '../../core/token-trials.ts';
import { withoutUndefined } from '../../core/without-undefined.ts';
import { RequestFailedError, request, retryAfterSeconds } from './http-request.ts';

/** The result of a token request. */
export type AccessTokenResult =
  | { readonly kind: 'Token'; readonly token: string }
  | TokenFailure
  /** The secret with the credentials cannot be read. */
  | Extract<ReadSecret, { kind: 'Unreadable' }>;

export interface AccessTokens {
  /** Returns the cached token, or requests a new one within the timeout. */
  get(timeoutSeconds: number): Promise<AccessTokenResult>;
  /** Discards a token that Aspose has rejected with 401, unless it has already been replaced. */
  drop(token: string): void;
}

export interface AccessTokenOptions {
  readonly baseUrl: string;
  readonly readSecret: () => Promise<ReadSecret>;
  /** @default - trials of this process only */
  readonly trials?: TokenTrials;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** Default when `expires_in` is missing or invalid. */
const DEFAULT_LIFETIME_SECONDS = 60;
/** A token is not used in its last seconds, because it could expire in transit. */
const EXPIRY_MARGIN_SECONDS = 30;
const UNUSABLE_SECRET =
  'the credentials secret holds something else; allowed: JSON { "clientId": "...", "clientSecret": "..." }';
/**
 * Maximum size after decompression. A token has one or two kilobytes; an endless response must not
 * fill the memory.
 */
const MAX_ANSWER_BYTES = 64 * 1024;
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

/**
 * Creates access tokens from client credentials and caches them until they expire. Concurrent polls
 * share one request. Every failure counts toward Aspose's lock-out, so rejected credentials and a
 * Retry-After are not retried early.
 */
export function createAccessTokens({
  baseUrl,
  readSecret,
  now,
  trials = createMemoryTrials(now),
}: AccessTokenOptions): AccessTokens {
  let cached: { readonly token: string; readonly until: number } | undefined;
  let pendingRequest: Promise<AccessTokenResult> | undefined;

  async function renew(timeoutSeconds: number): Promise<AccessTokenResult> {
    const secret = await readSecret();
    if (secret.kind === 'Unreadable') return secret;
    if (secret.kind === 'Unusable') return { kind: 'Rejected', detail: UNUSABLE_SECRET };
    const { credentials, version } = secret;
    const seconds = Math.min(timeoutSeconds, TOKEN_REQUEST_SECONDS);
    const end = now() + seconds * 1000;
    const known = await trials.admit(version, seconds);
    if (known !== undefined) return known;
    const leftSeconds = Math.max(1, (end - now()) / 1000);
    const response = await requestToken(baseUrl, credentials, leftSeconds, now);
    if (response.kind !== 'Token') {
      await trials.record(version, response);
      return response;
    }
    // First, so that it can be used even if the trial cannot be recorded.
    cached = { token: response.token, until: now() + response.lifetimeSeconds * 1000 };
    await trials.record(version, undefined);
    return response;
  }

  return {
    async get(timeoutSeconds) {
      if (cached !== undefined && cached.until > now()) return { kind: 'Token', token: cached.token };
      pendingRequest ??= renew(timeoutSeconds).finally(() => {
        pendingRequest = undefined;
      });
      return await pendingRequest;
    },
    drop(token) {
      if (cached?.token === token) cached = undefined;
    },
  };
}

function createMemoryTrials(now: () => number): TokenTrials {
  let failed: (FailedTrial & { readonly version: string }) | undefined;
  return {
    async admit(version) {
      return failed?.version === version && failed.until > now() ? repeatedFailure(failed, now()) : undefined;
    },
    async record(version, failure) {
      failed = failure && { ...failedTrial(failure, now()), version };
    },
  };
}

type NewToken = { readonly kind: 'Token'; readonly token: string; readonly lifetimeSeconds: number };

async function requestToken(
  baseUrl: string,
  { clientId, clientSecret }: Credentials,
  timeoutSeconds: number,
  now: () => number,
): Promise<NewToken | TokenFailure> {
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: clientId,
    client_secret: clientSecret,
  });
  const limits = { headersSeconds: timeoutSeconds, totalSeconds: timeoutSeconds };
  try {
    return await request(
      new URL(`${baseUrl}/connect/token`),
      { method: 'POST', headers: FORM, body: form.toString() },
      limits,
      async ({ status, headers, body }) => {
        if (status === 200) return parseToken(await textOf(body));
        // Aspose rejects wrong credentials with 400, not 401 (vendor docs).
        if (status === 400 || status === 401 || status === 403) {
          return { kind: 'Rejected', detail: `Aspose rejected the credentials (HTTP ${status})` };
        }
        const seconds = retryAfterSeconds(headers, now());
        const detail = `no access token: HTTP ${status}`;
        return { kind: 'Unavailable', detail, ...withoutUndefined({ retryAfterSeconds: seconds }) };
      },
    );
  } catch (error) {
    if (!(error instanceof RequestFailedError)) throw error;
    return { kind: 'Unavailable', detail: `no access token: ${error.message}` };
  }
}

async function textOf(body: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > MAX_ANSWER_BYTES)
      throw new RequestFailedError(`the response is larger than ${MAX_ANSWER_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function parseToken(text: string): NewToken | TokenFailure {
  const response = parseJson(text);
  const token = property(response, 'access_token');
  // Anything else in a header would be an error of its own, with the token in its message.
  if (typeof token !== 'string' || !/^[\x21-\x7e]+$/.test(token)) {
    return { kind: 'Unavailable', detail: 'no access token: the response has none' };
  }
  const expiresIn = property(response, 'expires_in');
  const seconds = typeof expiresIn === 'number' && expiresIn > 0 ? expiresIn : DEFAULT_LIFETIME_SECONDS;
  // A very short-lived token is still used for half of its life.
  return { kind: 'Token', token, lifetimeSeconds: Math.max(seconds / 2, seconds - EXPIRY_MARGIN_SECONDS) };
}

function property(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

import { AwsV4Signer } from 'aws4fetch';
import { findDefaultCredentials, readVariable } from './default-credentials.ts';
import { InvalidOption } from './invalid-option.ts';
import type { AwsCredentials, ClientOptions } from './types.ts';

/** A request to the HTTP API. */
export interface ApiRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

/** Returns the headers of a request, with those that authorize it. */
export type Authorize = (request: ApiRequest) => Promise<Readonly<Record<string, string>>>;

const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/;
/** A host name such as `a1b2c3.execute-api.eu-west-1.amazonaws.com`. */
const EXECUTE_API_HOST = /\.execute-api\.([a-z0-9-]+)\.amazonaws\.com(\.cn)?$/;

/**
 * Checks the address of the API. Credentials and tokens must not be sent in clear.
 *
 * @returns the address without a trailing slash
 * @throws TypeError
 */
export function checkApiUrl(apiUrl: string): URL {
  const url = URL.canParse(apiUrl) ? new URL(apiUrl) : undefined;
  const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && LOOPBACK.test(url.hostname));
  if (url !== undefined && isSafe && url.username + url.password + url.search + url.hash === '') return url;
  // A URL with credentials must not be quoted.
  const got = url === undefined ? 'no URL' : `${url.protocol}//${url.host}${url.pathname}`;
  const hasMore = url !== undefined && url.username + url.password + url.search + url.hash !== '';
  throw new InvalidOption(
    'apiUrl',
    hasMore ? `${got} with credentials, a query or a fragment` : got,
    'an https URL, or http on the loopback interface, without credentials, query or fragment',
  );
}

/**
 * Chooses how requests are authorized.
 *
 * @throws TypeError for a combination of options that is not allowed
 */
export function createAuthorization(
  apiUrl: URL,
  { token, credentials, region }: Pick<ClientOptions, 'token' | 'credentials' | 'region'>,
): Authorize {
  if (token !== undefined) {
    if (credentials !== undefined) throw new InvalidOption('token', 'a token and credentials', 'one of them');
    return async ({ headers }) => ({ ...headers, authorization: `Bearer ${await currentToken(token)}` });
  }
  if (credentials === undefined && LOOPBACK.test(apiUrl.hostname)) return async ({ headers }) => headers;
  const signingRegion = region ?? EXECUTE_API_HOST.exec(apiUrl.hostname)?.[1] ?? readVariable('AWS_REGION');
  if (signingRegion === undefined)
    throw new InvalidOption(
      'region',
      `none, and ${apiUrl.hostname} does not name it`,
      'a region such as eu-west-1',
    );
  if (!/^[a-z0-9-]+$/.test(signingRegion))
    throw new InvalidOption('region', `'${signingRegion}'`, 'a region such as eu-west-1');
  const provide = providerOf(credentials);
  return async (request) => await sign(request, await provide(), signingRegion);
}

async function currentToken(token: NonNullable<ClientOptions['token']>): Promise<string> {
  const current = typeof token === 'function' ? await token() : token;
  // A function without types may return anything.
  if (typeof current === 'string' && /^[\w.~+/=-]+$/.test(current)) return current;
  throw new InvalidOption('token', 'text that is no token', 'a JSON Web Token');
}

function providerOf(credentials: ClientOptions['credentials']): () => Promise<AwsCredentials> {
  if (typeof credentials === 'function') return credentials;
  if (credentials !== undefined) return async () => credentials;
  let found: Promise<() => Promise<AwsCredentials>> | undefined;
  return async () => {
    found ??= findDefaultCredentials();
    return await (await found)();
  };
}

/** Signs a request with AWS Signature Version 4. */
async function sign(
  { method, url, headers, body }: ApiRequest,
  { accessKeyId, secretAccessKey, sessionToken }: AwsCredentials,
  region: string,
): Promise<Readonly<Record<string, string>>> {
  const signer = new AwsV4Signer({
    method,
    url,
    headers: { ...headers },
    ...(body !== undefined && { body }),
    accessKeyId,
    secretAccessKey,
    ...(sessionToken !== undefined && { sessionToken }),
    service: 'execute-api',
    region,
  });
  const signed = await signer.sign();
  return Object.fromEntries(signed.headers);
}

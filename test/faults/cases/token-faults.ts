import { completed, pending } from '../../support/responses.ts';
import { type FaultyTokenResponse, WHALE } from '../layers/faulty-courier.ts';
import { bytes, bytesThenReset, withLength } from '../layers/raw-replies.ts';
import { type FaultCase, faultCase, type TokenFaultCase } from './fault-case.ts';

const grant = { grant: {} };
const busy = { httpStatus: 429, headers: { 'retry-after': '100' } };
const rejected = { outcome: 'Failed', reason: 'CredentialsRejected' } as const;
const collected = { outcome: 'Completed', documents: [WHALE] } as const;
/** The end when only the second token request returns a token. */
const collectedLater = { ...collected, attempts: 2, fetches: 1, tokenRequests: 2 } as const;

function tokenFault(
  title: string,
  token: TokenFaultCase['token'],
  expected: TokenFaultCase['expected'],
  responses: FaultCase['responses'] = [completed(WHALE)],
): TokenFaultCase {
  return { ...faultCase(title, responses, expected), token, expected };
}

const invalidTokens: readonly (readonly [string, FaultyTokenResponse | string])[] = [
  ['an empty body', ''],
  ['HTML', '<html>canary-client-secret</html>'],
  ['a string', '"canary-client-secret"'],
  ['no access_token', '{"expires_in":3600}'],
  ['an access_token that is an object', '{"access_token":{"a":1}}'],
  ['an empty access_token', '{"access_token":""}'],
  ['an access_token with a line break', '{"access_token":"canary-client-secret\\r\\nx: y"}'],
  ['an access_token that is not ASCII', '{"access_token":"canary-client-secret\\u20ac"}'],
  ['a reset', bytesThenReset()],
  ['half a response', bytes(withLength('{"access_token":"canary-client', 400))],
  ['another protocol', bytes('nonsense\r\n\r\n')],
];

/** The H rows of docs/design/faults.md about access tokens. */
export const TOKEN_FAULTS: readonly TokenFaultCase[] = [
  ...[400, 401, 403].map((httpStatus) =>
    tokenFault(
      `H4: HTTP ${httpStatus} from the token endpoint, with no second request`,
      [{ httpStatus, body: '{"error":"invalid_client"}' }, grant],
      { ...rejected, attempts: 1, fetches: 0, tokenRequests: 1 },
    ),
  ),
  tokenFault(
    'H4: HTTP 400 from the token endpoint after HTTP 401 to a fetch',
    [grant, { httpStatus: 400 }],
    { ...rejected, attempts: 2, tokenRequests: 2 },
    [pending, { httpStatus: 401 }, completed(WHALE)],
  ),
  tokenFault(
    'H2: HTTP 401 to a fetch, with one new token',
    [grant],
    { ...rejected, attempts: 2, fetches: 3, tokenRequests: 2 },
    [pending, { httpStatus: 401 }],
  ),
  tokenFault(
    'H3: HTTP 403 to a fetch, with no new token',
    [grant],
    { ...rejected, attempts: 2, fetches: 2, tokenRequests: 1 },
    [pending, { httpStatus: 403 }],
  ),
  tokenFault(
    'H5: HTTP 429 from the token endpoint with Retry-After 600',
    [{ httpStatus: 429, headers: { 'retry-after': '600' } }, grant],
    { ...collectedLater, seconds: { from: 600, to: 660 } },
  ),
  ...[429, 500, 502, 503, 504, 404, 405, 302, 307, 204].map((httpStatus) =>
    tokenFault(
      `H5: HTTP ${httpStatus} from the token endpoint`,
      [{ httpStatus, headers: { location: 'https://example.org/connect/token' } }, grant],
      { ...collectedLater, record: { faults: 1 } },
    ),
  ),
  ...invalidTokens.map(([content, reply]) =>
    tokenFault(
      `H5: ${content} from the token endpoint`,
      [typeof reply === 'string' ? { httpStatus: 200, body: reply } : reply, grant],
      { ...collectedLater, record: { faults: 1 } },
    ),
  ),
  tokenFault('H5: HTTP 503 from the token endpoint at twelve polls', [{ httpStatus: 503 }], {
    ...{ outcome: 'Failed', reason: 'UpstreamUnavailable', attempts: 12, fetches: 0 },
    tokenRequests: 12,
  }),
  ...[undefined, null, 0, -1, 'soon', 1e300].map((expires_in) =>
    tokenFault(
      `H5: a token with an expires_in of ${expires_in}`,
      [{ grant: { expires_in } }],
      // Without a usable lifetime a token lives a minute; one of 1e300 seconds never expires.
      { ...collected, attempts: 4, tokenRequests: expires_in === 1e300 ? 1 : 2 },
      [pending, pending, busy, completed(WHALE)],
    ),
  ),
  tokenFault(
    'H5: a token that would expire in the middle of a long task, renewed before it does',
    [{ grant: { expires_in: 60 } }],
    { ...collected, attempts: 3, fetches: 3, tokenRequests: 2 },
    [pending, busy, completed(WHALE)],
  ),
  tokenFault(
    'H5: a token that lasts a second',
    [{ grant: { expires_in: 1 } }],
    { ...collected, attempts: 3, tokenRequests: 3 },
    [pending, pending, completed(WHALE)],
  ),
];

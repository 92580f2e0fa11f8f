import { completed, pending } from '../../support/responses.ts';
import { WHALE } from '../layers/faulty-courier.ts';
import { bytes, bytesThenReset, withLength } from '../layers/raw-replies.ts';
import type { TokenFaultCase } from './fault-case.ts';

const grant = { grant: {} };
const responses = [completed(WHALE)];
const collected = { outcome: 'Completed', documents: [WHALE] } as const;
const rejected = { outcome: 'Failed', reason: 'CredentialsRejected', attempts: 1, fetches: 0 } as const;
const token = (value: string) => ({ httpStatus: 200, body: value });

/** The H rows of docs/design/faults.md about access tokens. */
export const TOKEN_FAULTS: readonly TokenFaultCase[] = [
  ...[400, 401, 403].map(
    (httpStatus): TokenFaultCase => ({
      row: 'H4',
      when: `HTTP ${httpStatus} from the token endpoint, with no second request`,
      token: [{ httpStatus, body: '{"error":"invalid_client"}' }, grant],
      tokenRequests: 1,
      responses,
      expected: rejected,
    }),
  ),
  {
    row: 'H4',
    when: 'HTTP 400 from the token endpoint after HTTP 401 to a fetch',
    token: [grant, { httpStatus: 400 }],
    tokenRequests: 2,
    responses: [pending, { httpStatus: 401 }, completed(WHALE)],
    expected: { outcome: 'Failed', reason: 'CredentialsRejected', attempts: 2 },
  },
  ...[401, 403].map(
    (httpStatus): TokenFaultCase => ({
      row: httpStatus === 401 ? 'H2' : 'H3',
      when: `HTTP ${httpStatus} to a fetch, with ${httpStatus === 401 ? 'one' : 'no'} new token`,
      token: [grant],
      tokenRequests: httpStatus === 401 ? 2 : 1,
      responses: [pending, { httpStatus }],
      expected: {
        outcome: 'Failed',
        reason: 'CredentialsRejected',
        attempts: 2,
        fetches: httpStatus === 401 ? 3 : 2,
      },
    }),
  ),
  {
    row: 'H5',
    when: 'HTTP 429 from the token endpoint with Retry-After 600',
    token: [{ httpStatus: 429, headers: { 'retry-after': '600' } }, grant],
    tokenRequests: 2,
    responses,
    expected: { ...collected, attempts: 2, fetches: 1, seconds: { from: 600, to: 660 } },
  },
  ...[429, 500, 502, 503, 504, 404, 405, 302, 307, 204].map(
    (httpStatus): TokenFaultCase => ({
      row: 'H5',
      when: `HTTP ${httpStatus} from the token endpoint`,
      token: [{ httpStatus, headers: { location: 'https://example.org/connect/token' } }, grant],
      tokenRequests: 2,
      responses,
      expected: { ...collected, attempts: 2, fetches: 1, record: { faults: 1 } },
    }),
  ),
  ...[
    ['an empty body', token('')],
    ['HTML', token('<html>canary-client-secret</html>')],
    ['a string', token('"canary-client-secret"')],
    ['no access_token', token('{"expires_in":3600}')],
    ['an access_token that is an object', token('{"access_token":{"a":1}}')],
    ['an empty access_token', token('{"access_token":""}')],
    ['an access_token with a line break', token('{"access_token":"canary-client-secret\\r\\nx: y"}')],
    ['an access_token that is not ASCII', token('{"access_token":"canary-client-secret\\u20ac"}')],
    ['a reset', bytesThenReset()],
    ['half a response', bytes(withLength('{"access_token":"canary-client', 400))],
    ['another protocol', bytes('nonsense\r\n\r\n')],
  ].map(
    ([content, first]): TokenFaultCase => ({
      row: 'H5',
      when: `${content} from the token endpoint`,
      token: typeof first === 'string' || first === undefined ? [] : [first, grant],
      tokenRequests: 2,
      responses,
      expected: { ...collected, attempts: 2, fetches: 1, record: { faults: 1 } },
    }),
  ),
  {
    row: 'H5',
    when: 'HTTP 503 from the token endpoint at twelve polls',
    token: [{ httpStatus: 503 }],
    tokenRequests: 12,
    responses,
    expected: { outcome: 'Failed', reason: 'UpstreamUnavailable', attempts: 12, fetches: 0 },
  },
  ...[undefined, null, 0, -1, 'soon', 1e300].map(
    (expires_in): TokenFaultCase => ({
      row: 'H5',
      when: `a token with an expires_in of ${expires_in}`,
      token: [{ grant: { expires_in } }],
      // Without a usable lifetime a token lives a minute; one of 1e300 seconds never expires.
      tokenRequests: expires_in === 1e300 ? 1 : 2,
      responses: [pending, pending, { httpStatus: 429, headers: { 'retry-after': '100' } }, completed(WHALE)],
      expected: { ...collected, attempts: 4 },
    }),
  ),
  {
    row: 'H5',
    when: 'a token that would expire in the middle of a long task, renewed before it does',
    token: [{ grant: { expires_in: 60 } }],
    tokenRequests: 2,
    responses: [pending, { httpStatus: 429, headers: { 'retry-after': '100' } }, completed(WHALE)],
    expected: { ...collected, attempts: 3, fetches: 3 },
  },
  {
    row: 'H5',
    when: 'a token that lasts a second',
    token: [{ grant: { expires_in: 1 } }],
    tokenRequests: 3,
    responses: [pending, pending, completed(WHALE)],
    expected: { ...collected, attempts: 3 },
  },
];

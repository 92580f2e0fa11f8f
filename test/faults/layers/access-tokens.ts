import type { TokenFaultCase } from '../cases/fault-case.ts';
import { completed, document } from './faulty-courier.ts';
import { bytes, bytesThenReset, withLength } from './raw-replies.ts';

const pending = { taskStatus: 'Pending' };
const grant = { grant: {} };
const answers = [completed('whale')];
const collected = { outcome: 'Completed', documents: [document('whale')] } as const;
const rejected = { outcome: 'Failed', reason: 'CredentialsRejected', attempts: 1, fetches: 0 } as const;
const token = (value: string) => ({ httpStatus: 200, body: value });

/** The rows H of docs/design/faults.md that are about the token endpoint. */
export const ACCESS_TOKENS: readonly TokenFaultCase[] = [
  ...[400, 401, 403].map(
    (httpStatus): TokenFaultCase => ({
      row: 'H4',
      when: `the token endpoint answers ${httpStatus}: never repeated`,
      token: [{ httpStatus, body: '{"error":"invalid_client"}' }, grant],
      tokenRequests: 1,
      answers,
      expected: rejected,
    }),
  ),
  {
    row: 'H4',
    when: 'the token endpoint answers 400 to the renewal after a 401',
    token: [grant, { httpStatus: 400 }],
    tokenRequests: 2,
    answers: [pending, { httpStatus: 401 }, completed('whale')],
    expected: { outcome: 'Failed', reason: 'CredentialsRejected', attempts: 2 },
  },
  ...[401, 403].map(
    (httpStatus): TokenFaultCase => ({
      row: httpStatus === 401 ? 'H2' : 'H3',
      when: `a fetch is answered with ${httpStatus}: ${httpStatus === 401 ? 'one new token' : 'none'}`,
      token: [grant],
      tokenRequests: httpStatus === 401 ? 2 : 1,
      answers: [pending, { httpStatus }],
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
    when: 'the token endpoint answers 429 with Retry-After: 600',
    token: [{ httpStatus: 429, headers: { 'retry-after': '600' } }, grant],
    tokenRequests: 2,
    answers,
    expected: { ...collected, attempts: 2, fetches: 1, seconds: { from: 600, to: 660 } },
  },
  ...[429, 500, 502, 503, 504, 404, 405, 302, 307, 204].map(
    (httpStatus): TokenFaultCase => ({
      row: 'H5',
      when: `the token endpoint answers ${httpStatus}`,
      token: [{ httpStatus, headers: { location: 'https://example.org/connect/token' } }, grant],
      tokenRequests: 2,
      answers,
      expected: { ...collected, attempts: 2, fetches: 1, record: { faults: 1 } },
    }),
  ),
  ...[
    ['nothing', token('')],
    ['HTML', token('<html>canary-client-secret</html>')],
    ['no object', token('"canary-client-secret"')],
    ['no access_token', token('{"expires_in":3600}')],
    ['an access_token that is no text', token('{"access_token":{"a":1}}')],
    ['an empty access_token', token('{"access_token":""}')],
    ['an access_token that would be two headers', token('{"access_token":"canary-client-secret\\r\\nx: y"}')],
    [
      'an access_token with a character beyond ASCII',
      token('{"access_token":"canary-client-secret\\u20ac"}'),
    ],
    ['a reset', bytesThenReset()],
    ['half an answer', bytes(withLength('{"access_token":"canary-client', 400))],
    ['no HTTP', bytes('nonsense\r\n\r\n')],
  ].map(
    ([what, first]): TokenFaultCase => ({
      row: 'H5',
      when: `the token endpoint answers with ${what}`,
      token: typeof first === 'string' || first === undefined ? [] : [first, grant],
      tokenRequests: 2,
      answers,
      expected: { ...collected, attempts: 2, fetches: 1, record: { faults: 1 } },
    }),
  ),
  {
    row: 'H5',
    when: 'the token endpoint is out of order for ever',
    token: [{ httpStatus: 503 }],
    tokenRequests: 12,
    answers,
    expected: { outcome: 'Failed', reason: 'UpstreamUnavailable', attempts: 12, fetches: 0 },
  },
  ...[undefined, null, 0, -1, 'soon', 1e300].map(
    (expires_in): TokenFaultCase => ({
      row: 'H5',
      when: `the token has an expires_in of ${expires_in}`,
      token: [{ grant: { expires_in } }],
      // Some minutes later the short life is over that it has instead; 1e300 is a life that never is.
      tokenRequests: expires_in === 1e300 ? 1 : 2,
      answers: [pending, pending, { httpStatus: 429, headers: { 'retry-after': '100' } }, completed('whale')],
      expected: { ...collected, attempts: 4 },
    }),
  ),
  {
    row: 'H5',
    when: 'the token expires in the middle of a long task: renewed before it does',
    token: [{ grant: { expires_in: 60 } }],
    tokenRequests: 2,
    answers: [pending, { httpStatus: 429, headers: { 'retry-after': '100' } }, completed('whale')],
    expected: { ...collected, attempts: 3, fetches: 3 },
  },
  {
    row: 'H5',
    when: 'the token lasts a second',
    token: [{ grant: { expires_in: 1 } }],
    tokenRequests: 3,
    answers: [pending, pending, completed('whale')],
    expected: { ...collected, attempts: 3 },
  },
];

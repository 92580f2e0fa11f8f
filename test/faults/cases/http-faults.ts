import { completed, pending } from '../../support/responses.ts';
import { completedBody, document, WHALE } from '../layers/faulty-courier.ts';
import {
  bytes,
  bytesThenReset,
  chunked,
  untilClose,
  withHeaders,
  withLength,
} from '../layers/raw-replies.ts';
import type { RawReply } from '../layers/vendor-front.ts';
import { type FaultCase, faultCase } from './fault-case.ts';

const whale = completed(WHALE);
const collected = { outcome: 'Completed', documents: [WHALE] } as const;
const rejected = { outcome: 'Failed', reason: 'CredentialsRejected', attempts: 1 } as const;
const quotaExceeded = { ...rejected, reason: 'QuotaExceeded', fetches: 1 } as const;
const body = completedBody(WHALE);
const half = body.slice(0, body.length / 2);

const CHUNKED = ['transfer-encoding: chunked'];

const broken: readonly (readonly [string, RawReply])[] = [
  ['a reset before anything', bytesThenReset()],
  ['a reset within the status line', bytesThenReset('HTTP/1.1 20')],
  ['a reset within the headers', bytesThenReset('HTTP/1.1 200 OK\r\ncontent-le')],
  ['a reset within the body', bytesThenReset(withLength(half, body.length))],
  ['a reset within a chunk', bytesThenReset(chunked([half], false))],
  ['a reset before the last chunk', bytesThenReset(chunked([body], false))],
  ['the end before anything', bytes()],
  ['the end within the status line', bytes('HTTP/1.1 20')],
  ['the end within the headers', bytes('HTTP/1.1 200 OK\r\ncontent-length: 1')],
  ['the end within the body', bytes(withLength(half, body.length))],
  ['the end before the last chunk', bytes(chunked([body], false))],
  ['a content-length longer than the body', bytes(withLength(body, body.length + 1))],
  ['a content-length that is a word', bytes(withLength(body, 'many'))],
  ['a negative content-length', bytes(withLength(body, -1))],
  ['two content-lengths', bytes(withHeaders([`content-length: ${body.length}`, 'content-length: 7'], body))],
  [
    'a content-length together with chunks',
    bytes(withHeaders([`content-length: ${body.length}`, 'transfer-encoding: chunked'], `7\r\n${body}`)),
  ],
  ['a chunk size that is a word', bytes(withHeaders(CHUNKED, `zz\r\n${body}\r\n0\r\n\r\n`))],
  ['a chunk longer than its size', bytes(withHeaders(CHUNKED, `7\r\n${body}\r\n0\r\n\r\n`))],
  ['an unknown transfer-encoding', bytes(withHeaders(['transfer-encoding: gzip'], body).slice(0, -1))],
  ['another protocol', bytes('SSH-2.0-OpenSSH_9.6\r\n')],
  ['HTTP/2 that was not negotiated', bytes(Buffer.of(0, 0, 6, 4, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0xff, 0xff))],
  ['a TLS alert', bytes(Buffer.of(21, 3, 3, 0, 2, 2, 40))],
  ['zero bytes', bytes(Buffer.alloc(1000))],
  ['headers of 70 KB', bytes(withHeaders([`x-long: ${'a'.repeat(70_000)}`], body))],
  ['a header line without a colon', bytes(withHeaders(['nonsense line'], body))],
  ['a line feed within a header', bytes(withHeaders(['x: a\rb'], body))],
  [
    'a body that is gzip in its header only',
    bytes(withHeaders(['content-encoding: gzip', `content-length: ${body.length}`], body)),
  ],
  ['a hundred times 100 Continue', bytes('HTTP/1.1 100 Continue\r\n\r\n'.repeat(100))],
  [
    '101 Switching Protocols',
    bytes(withHeaders(['upgrade: h2c', 'connection: upgrade'], '', '101 Switching Protocols')),
  ],
];

const cut: readonly (readonly [string, RawReply])[] = [
  ['a content-length shorter than the body', bytes(withLength(body, body.length - 3))],
  ['half a body that ends with the connection', bytes(untilClose(half))],
  ['half a body, in whole chunks', bytes(chunked([half]))],
  ['no body', bytes(withLength(''))],
];

const valid: readonly (readonly [string, RawReply])[] = [
  [
    '103 Early Hints before the response',
    bytes(`HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n${withLength(body)}`),
  ],
  ['HTTP/1.0 that ends with the connection', bytes(untilClose(body).replace('HTTP/1.1', 'HTTP/1.0'))],
  ['an odd reason phrase', bytes(withLength(body).replace('200 OK', '200 \t<canary>'))],
];

const retryAfter = (value: string, from: number, to: number, status = 429) =>
  faultCase(
    `H7: HTTP ${status} with Retry-After "${value}"`,
    [{ httpStatus: status, headers: { 'retry-after': value } }, whale],
    { ...collected, attempts: 2, seconds: { from, to } },
  );

/** The H rows of docs/design/faults.md about the response to a fetch. */
export const HTTP_FAULTS: readonly FaultCase[] = [
  ...[400, 404, 405, 406, 409, 410, 413, 414, 415, 422, 451].map((httpStatus) =>
    faultCase(
      `H1: HTTP ${httpStatus}, with no second call`,
      [{ httpStatus, body: 'canary-document' }, whale],
      { outcome: 'Failed', reason: 'ContractViolation', attempts: 1, fetches: 1 },
    ),
  ),
  faultCase(
    'H2: HTTP 401 at the first call, with one new token and one repeat',
    [{ httpStatus: 401 }, whale],
    { ...collected, attempts: 1, fetches: 2 },
  ),
  faultCase(
    'H2: HTTP 401 once in the middle of a long task',
    [pending, pending, { httpStatus: 401 }, pending, whale],
    { ...collected, attempts: 4, fetches: 5, record: { faults: 0 } },
  ),
  faultCase(
    'H2: HTTP 401 once at each of three polls',
    [{ httpStatus: 401 }, pending, { httpStatus: 401 }, pending, { httpStatus: 401 }, whale],
    { ...collected, attempts: 3, fetches: 6 },
  ),
  faultCase('H2: HTTP 401 twice', [{ httpStatus: 401 }], { ...rejected, fetches: 2 }),
  faultCase(
    'H2: HTTP 401 to a trial operation, which sends no token',
    [{ httpStatus: 401 }],
    { ...rejected, fetches: 1 },
    { operation: 'RecognizeImageTrial' },
  ),
  faultCase('H3: HTTP 403, with no new token', [{ httpStatus: 403 }, whale], { ...rejected, fetches: 1 }),
  faultCase('H13: HTTP 402', [{ httpStatus: 402, body: 'canary-document' }, whale], quotaExceeded),
  faultCase(
    'H13: HTTP 403 with a message about a quota',
    [{ httpStatus: 403, body: '{"message":"canary-document: your quota is used up"}' }, whale],
    quotaExceeded,
  ),
  retryAfter('100', 100, 130),
  retryAfter('100', 100, 130, 503),
  retryAfter('Sun, 01 Mar 2026 11:00:00 GMT', 0, 30),
  retryAfter('0', 0, 30),
  retryAfter('-60', 0, 30),
  retryAfter('1.5', 0, 30),
  retryAfter('soon', 0, 30),
  retryAfter('', 0, 30),
  retryAfter('3600, 7200', 0, 30),
  retryAfter('in 2 hours', 0, 30),
  retryAfter('12/31/2099', 0, 30),
  retryAfter('1e5', 0, 30),
  retryAfter('0x7fff', 0, 30),
  retryAfter('99999999999999999999', 0, 30),
  faultCase(
    'H7: HTTP 429 with a Retry-After beyond the deadline, polled at the deadline',
    [{ httpStatus: 429, headers: { 'retry-after': '999999999' } }, whale],
    { ...collected, attempts: 2, seconds: { from: 895, to: 901 } },
    { polling: { timeoutSeconds: 900 } },
  ),
  faultCase(
    'H7: HTTP 200 with Retry-After, which is ignored',
    [{ httpStatus: 200, headers: { 'retry-after': '3600' }, body: '{"taskStatus":"Pending"}' }, whale],
    { ...collected, attempts: 2, seconds: { to: 30 } },
  ),
  ...[408, 425, 429, 500, 501, 502, 503, 504, 507, 520, 599].map((httpStatus) =>
    faultCase(
      `H8: HTTP ${httpStatus} twice`,
      [{ httpStatus, body: '<html>canary-document</html>' }, { httpStatus }, whale],
      { ...collected, attempts: 3, record: { faults: 2 } },
    ),
  ),
  faultCase(
    'H8: HTTP 503, a reset, HTML and HTTP 429 in turn',
    [
      { httpStatus: 503 },
      { fault: 'reset' },
      { httpStatus: 200, body: '<html>gateway</html>' },
      { httpStatus: 429, headers: { 'retry-after': '5' } },
      whale,
    ],
    { ...collected, attempts: 5 },
  ),
  faultCase('H8: HTTP 500 at twelve polls', [{ httpStatus: 500 }], {
    outcome: 'Failed',
    reason: 'UpstreamUnavailable',
    attempts: 12,
  }),
  faultCase(
    'H8: HTTP 500 until the deadline, after Pending',
    [pending, { httpStatus: 500 }],
    { outcome: 'TimedOut', reason: 'Deadline' },
    { polling: { timeoutSeconds: 60 } },
  ),
  ...broken.map(([when, reply]) =>
    faultCase(`H9: ${when}`, [reply, reply, whale], { ...collected, attempts: 3, record: { faults: 2 } }),
  ),
  ...cut.map(([when, reply]) =>
    faultCase(`H9: ${when}`, [reply, whale], { ...collected, attempts: 2, record: { faults: 1 } }),
  ),
  ...valid.map(([when, reply]) =>
    faultCase(`H9: ${when}, which is valid`, [reply], { ...collected, attempts: 1 }),
  ),
  faultCase(
    'H9: a second response that was not requested, which is ignored',
    [
      (socket) => {
        const first = '{"taskStatus":"Pending"}';
        socket.write(withHeaders([`content-length: ${first.length}`], first));
        socket.write(withHeaders([`content-length: ${body.length}`], completedBody(document('wrong'))));
      },
      whale,
    ],
    { ...collected, attempts: 2 },
  ),
  ...[201, 202, 204, 205, 206, 226].map((httpStatus) =>
    faultCase(
      `H10: HTTP ${httpStatus} at three polls`,
      [{ httpStatus, ...(httpStatus > 203 && httpStatus < 206 ? {} : { body }) }],
      { outcome: 'Failed', reason: 'ContractViolation', attempts: 3 },
    ),
  ),
];

import type { FaultCase } from '../cases/fault-case.ts';
import { completed, completedBody, document } from './faulty-courier.ts';
import { bytes, bytesThenReset, chunked, untilClose, withHeaders, withLength } from './raw-replies.ts';
import type { RawReply } from './vendor-front.ts';

const pending = { taskStatus: 'Pending' };
const whale = completed('whale');
const collected = { outcome: 'Completed', documents: [document('whale')] } as const;
const body = completedBody('whale');
const half = body.slice(0, body.length / 2);

const endless = 'a'.repeat(70_000);

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
  ['a content-length that is no number', bytes(withLength(body, 'many'))],
  ['a negative content-length', bytes(withLength(body, -1))],
  ['two content-lengths', bytes(withHeaders([`content-length: ${body.length}`, 'content-length: 7'], body))],
  [
    'a content-length and chunks at once',
    bytes(withHeaders([`content-length: ${body.length}`, 'transfer-encoding: chunked'], `7\r\n${body}`)),
  ],
  [
    'a chunk size that is no number',
    bytes(withHeaders(['transfer-encoding: chunked'], `zz\r\n${body}\r\n0\r\n\r\n`)),
  ],
  [
    'a chunk longer than its size',
    bytes(withHeaders(['transfer-encoding: chunked'], `7\r\n${body}\r\n0\r\n\r\n`)),
  ],
  ['an unknown transfer-encoding', bytes(withHeaders(['transfer-encoding: gzip'], body).slice(0, -1))],
  ['no HTTP at all', bytes('SSH-2.0-OpenSSH_9.6\r\n')],
  ['HTTP/2 unasked', bytes(Buffer.of(0, 0, 6, 4, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0xff, 0xff))],
  ['a TLS alert', bytes(Buffer.of(21, 3, 3, 0, 2, 2, 40))],
  ['zero bytes', bytes(Buffer.alloc(1000))],
  ['headers of 70 KB', bytes(withHeaders([`x-long: ${endless}`], body))],
  ['a header line without a colon', bytes(withHeaders(['nonsense line'], body))],
  ['a line feed within a header', bytes(withHeaders(['x: a\rb'], body))],
  [
    'a body that says gzip and is none',
    bytes(withHeaders(['content-encoding: gzip', `content-length: ${body.length}`], body)),
  ],
  ['100 Continue for ever', bytes('HTTP/1.1 100 Continue\r\n\r\n'.repeat(100))],
  [
    '101 Switching Protocols',
    bytes(withHeaders(['upgrade: h2c', 'connection: upgrade'], '', '101 Switching Protocols')),
  ],
];

const cut: readonly (readonly [string, RawReply])[] = [
  ['a content-length shorter than the body', bytes(withLength(body, body.length - 3))],
  ['half a body whose end is the end of the connection', bytes(untilClose(half))],
  ['half a body, in whole chunks', bytes(chunked([half]))],
  ['no body', bytes(withLength(''))],
];

const retryAfter = (value: string, from: number, to: number, status = 429): FaultCase => ({
  row: 'H7',
  when: `${status} with Retry-After: ${value}`,
  answers: [{ httpStatus: status, headers: { 'retry-after': value } }, whale],
  expected: { ...collected, attempts: 2, seconds: { from, to } },
});

/** The rows H of docs/design/faults.md that are about an answer to a fetch. */
export const HTTP_ANSWERS: readonly FaultCase[] = [
  ...[400, 402, 404, 405, 406, 409, 410, 413, 414, 415, 422, 451].map(
    (httpStatus): FaultCase => ({
      row: 'H1',
      when: `HTTP ${httpStatus}: no second call`,
      answers: [{ httpStatus, body: 'canary-document' }, whale],
      expected: { outcome: 'Failed', reason: 'ContractViolation', attempts: 1, fetches: 1 },
    }),
  ),
  {
    row: 'H2',
    when: '401 at the first call: one new token, one repeat at once',
    answers: [{ httpStatus: 401 }, whale],
    expected: { ...collected, attempts: 1, fetches: 2 },
  },
  {
    row: 'H2',
    when: '401 in the middle of a long task',
    answers: [pending, pending, { httpStatus: 401 }, pending, whale],
    expected: { ...collected, attempts: 4, fetches: 5, record: { faults: 0 } },
  },
  {
    row: 'H2',
    when: '401 again and again, each time once',
    answers: [{ httpStatus: 401 }, pending, { httpStatus: 401 }, pending, { httpStatus: 401 }, whale],
    expected: { ...collected, attempts: 3, fetches: 6 },
  },
  {
    row: 'H2',
    when: '401 twice',
    answers: [{ httpStatus: 401 }],
    expected: { outcome: 'Failed', reason: 'CredentialsRejected', attempts: 1, fetches: 2 },
  },
  {
    row: 'H2',
    when: '401 to an evaluation, which has no token',
    answers: [{ httpStatus: 401 }],
    input: { operation: 'RecognizeImageTrial' },
    expected: { outcome: 'Failed', reason: 'CredentialsRejected', attempts: 1, fetches: 1 },
  },
  {
    row: 'H3',
    when: '403: no refresh loop',
    answers: [{ httpStatus: 403 }, whale],
    expected: { outcome: 'Failed', reason: 'CredentialsRejected', attempts: 1, fetches: 1 },
  },
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
  {
    row: 'H7',
    when: '429 with Retry-After: 999999999, which leads to the deadline and no further',
    answers: [{ httpStatus: 429, headers: { 'retry-after': '999999999' } }, whale],
    input: { polling: { timeoutSeconds: 900 } },
    expected: { ...collected, attempts: 2, seconds: { from: 895, to: 901 } },
  },
  {
    row: 'H7',
    when: "200 with Retry-After, which is nobody's business",
    answers: [
      { httpStatus: 200, headers: { 'retry-after': '3600' }, body: '{"taskStatus":"Pending"}' },
      whale,
    ],
    expected: { ...collected, attempts: 2, seconds: { to: 30 } },
  },
  ...[408, 425, 429, 500, 501, 502, 503, 504, 507, 520, 599].map(
    (httpStatus): FaultCase => ({
      row: 'H8',
      when: `HTTP ${httpStatus} twice`,
      answers: [{ httpStatus, body: '<html>canary-document</html>' }, { httpStatus }, whale],
      expected: { ...collected, attempts: 3, record: { faults: 2 } },
    }),
  ),
  {
    row: 'H8',
    when: 'HTTP 500 for ever',
    answers: [{ httpStatus: 500 }],
    expected: { outcome: 'Failed', reason: 'UpstreamUnavailable', attempts: 12 },
  },
  {
    row: 'H8',
    when: 'HTTP 500 until the deadline, after it was seen alive',
    answers: [pending, { httpStatus: 500 }],
    input: { polling: { timeoutSeconds: 60 } },
    expected: { outcome: 'TimedOut', reason: 'Deadline' },
  },
  ...broken.map(
    ([when, reply]): FaultCase => ({
      row: 'H9',
      when,
      answers: [reply, reply, whale],
      expected: { ...collected, attempts: 3, record: { faults: 2 } },
    }),
  ),
  ...cut.map(
    ([when, reply]): FaultCase => ({
      row: 'H9',
      when,
      answers: [reply, whale],
      expected: { ...collected, attempts: 2, record: { faults: 1 } },
    }),
  ),
  ...[
    [
      '103 Early Hints before the answer',
      bytes(`HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n${withLength(body)}`),
    ],
    ['HTTP/1.0, its end that of the connection', bytes(untilClose(body).replace('HTTP/1.1', 'HTTP/1.0'))],
    ['an odd reason phrase', bytes(withLength(body).replace('200 OK', '200 \t<canary>'))],
  ].map(
    ([when, reply]): FaultCase => ({
      row: 'H9',
      when: `${when}: odd, but right`,
      answers: typeof reply === 'function' ? [reply] : [],
      expected: { ...collected, attempts: 1 },
    }),
  ),
  {
    row: 'H9',
    when: 'a second answer on the same connection, unasked: never taken',
    answers: [
      (socket) => {
        const first = '{"taskStatus":"Pending"}';
        socket.write(withHeaders([`content-length: ${first.length}`], first));
        socket.write(withHeaders([`content-length: ${body.length}`], completedBody('wrong')));
      },
      whale,
    ],
    expected: { ...collected, attempts: 2 },
  },
  ...[201, 202, 204, 205, 206, 226].map(
    (httpStatus): FaultCase => ({
      row: 'H10',
      when: `HTTP ${httpStatus}: no answer of the contract`,
      answers: [{ httpStatus, ...(httpStatus > 203 && httpStatus < 206 ? {} : { body }) }],
      expected: { outcome: 'Failed', reason: 'ContractViolation', attempts: 3 },
    }),
  ),
];

import {
  base64,
  completed,
  escapeAsDotNet,
  notExist,
  pending,
  processing,
  result,
} from '../../support/responses.ts';
import { completedBody, document, WHALE } from '../layers/faulty-courier.ts';
import { bytes, chunked, inPieces, withLength } from '../layers/raw-replies.ts';
import type { FaultCase } from './fault-case.ts';

const raw = (body: string | Uint8Array) => ({ httpStatus: 200, body });
const json = (envelope: object) => raw(JSON.stringify(envelope));

const collected = (...documents: string[]) =>
  ({ outcome: 'Completed', documents: documents.map(document) }) as const;
const failed = (reason: NonNullable<FaultCase['expected']['reason']>, attempts: number) =>
  ({ outcome: 'Failed', reason, attempts }) as const;

const LONG = completedBody(document('x'.repeat(3000)), document('y'.repeat(100)));

/** The V rows of docs/design/faults.md. */
export const VENDOR_RESPONSES: readonly FaultCase[] = [
  {
    row: 'V1',
    when: 'Pending until the poll budget is used up',
    responses: [pending],
    input: { polling: { maxPolls: 3 } },
    expected: { outcome: 'TimedOut', reason: 'PollBudget', attempts: 3 },
  },
  {
    row: 'V1',
    when: 'Pending until the deadline',
    responses: [pending],
    expected: { outcome: 'TimedOut', reason: 'Deadline' },
  },
  {
    row: 'V1',
    when: 'Processing until a deadline of an hour',
    responses: [pending, processing],
    input: { polling: { timeoutSeconds: 3600 } },
    expected: { outcome: 'TimedOut', reason: 'Deadline' },
  },
  {
    row: 'V1',
    when: 'Pending and Processing in turn',
    responses: [pending, processing, pending, processing, pending, completed(document('late'))],
    expected: { ...collected('late'), attempts: 6 },
  },
  {
    row: 'V2',
    when: 'NotExist at once',
    responses: [notExist],
    expected: { outcome: 'NotFound', attempts: 2 },
  },
  {
    row: 'V2',
    when: 'NotExist once',
    responses: [notExist, completed(WHALE)],
    expected: { ...collected('whale'), attempts: 2 },
  },
  {
    row: 'V2',
    when: 'NotExist after Pending',
    responses: [pending, notExist],
    expected: { outcome: 'Expired', attempts: 2 },
  },
  {
    row: 'V2',
    when: 'NotExist after a Completed that could not be decoded',
    responses: [json({ taskStatus: 'Completed', results: [{ data: '*' }] }), notExist],
    expected: { outcome: 'Expired', attempts: 2 },
  },
  {
    row: 'V2',
    when: 'NotExist a day after the submission',
    responses: [notExist],
    input: { submittedAt: '2026-02-28T11:59:59Z' },
    expected: { outcome: 'Expired', attempts: 1 },
  },
  {
    row: 'V3',
    when: 'Error with messages',
    responses: [
      { taskStatus: 'Error', error: { messages: ['unreadable', 'too dark'], warnings: ['small'] } },
    ],
    expected: {
      ...failed('RecognitionError', 1),
      record: { messages: ['unreadable', 'too dark'], warnings: ['small'] },
    },
  },
  {
    row: 'V3',
    when: 'Error without messages',
    responses: [{ taskStatus: 'Error', error: null }],
    expected: { ...failed('RecognitionError', 1), record: { messages: [] } },
  },
  ...[
    '"boom"',
    '7',
    '[]',
    '{"messages":"boom"}',
    '{"messages":[null,7,{"a":1},"kept"]}',
    '{"messages":{"0":"x"}}',
  ].map(
    (error): FaultCase => ({
      row: 'V3',
      when: `Error of the shape ${error}`,
      responses: [raw(`{"taskStatus":"Error","error":${error}}`)],
      expected: {
        ...failed('RecognitionError', 1),
        record: { messages: error.includes('kept') ? ['kept'] : [] },
      },
    }),
  ),
  {
    row: 'V3',
    when: 'Error with a megabyte of messages that start with half a character',
    responses: [
      {
        taskStatus: 'Error',
        error: { messages: Array(1000).fill(`\ud83d${'x'.repeat(1000)}`), warnings: null },
      },
    ],
    expected: {
      ...failed('RecognitionError', 1),
      // 4 KB; the replacement of half a character takes three bytes.
      record: { messages: [...Array(4).fill(`\ufffd${'x'.repeat(1000)}`), `\ufffd${'x'.repeat(81)}`] },
    },
  },
  {
    row: 'V4',
    when: 'Completed with messages and warnings',
    responses: [{ ...completed(WHALE), error: { messages: ['low contrast'], warnings: ['trial'] } }],
    expected: { ...collected('whale'), record: { messages: ['low contrast'], warnings: ['trial'] } },
  },
  ...[null, []].map(
    (results): FaultCase => ({
      row: 'V5',
      when: `Completed with results ${JSON.stringify(results)}`,
      responses: [{ taskStatus: 'Completed', results }],
      expected: { outcome: 'Completed', record: { empty: true, partial: false } },
    }),
  ),
  {
    row: 'V5',
    when: 'Completed with some results empty, whose indices it keeps',
    responses: [
      {
        taskStatus: 'Completed',
        results: [result(document('a')), result(''), result(null), result(document('d'))],
      },
    ],
    expected: {
      outcome: 'Completed',
      documents: [document('a'), '', null, document('d')],
      warning: 'results[2]: Aspose sent no data',
      record: { partial: true, empty: false },
    },
  },
  {
    row: 'V5',
    when: 'Completed with empty regions only',
    responses: [completed('', '')],
    expected: { outcome: 'Completed', documents: ['', ''], record: { empty: true } },
  },
  {
    row: 'V5',
    when: 'Completed with an entry that is null',
    responses: [
      raw(`{"taskStatus":"Completed","results":[null,{"type":"Text","data":"${base64(document('b'))}"}]}`),
    ],
    expected: { outcome: 'Completed', documents: [null, document('b')], record: { partial: true } },
  },
  ...['NoAnyResultData', 'ResultDataLost', 'PartiallyNotFound'].map(
    (responseStatusCode): FaultCase => ({
      row: 'V5',
      when: `Completed without results and the code ${responseStatusCode}`,
      responses: [{ taskStatus: 'Completed', responseStatusCode, results: null }],
      expected: failed('ResultDataLost', 1),
    }),
  ),
  {
    row: 'V5',
    when: 'Completed with a result and the code PartiallyNotFound',
    responses: [{ ...completed(WHALE), responseStatusCode: 'PartiallyNotFound' }],
    expected: { ...collected('whale'), record: { partial: true } },
  },
  ...['pending', 'COMPLETED', ' Completed', 'Cancelled', '', '__proto__', null].map(
    (taskStatus): FaultCase => ({
      row: 'V6',
      when: `the task status ${JSON.stringify(taskStatus)}`,
      responses: [{ ...completed(WHALE), taskStatus }],
      expected: failed('UnknownTaskStatus', 3),
    }),
  ),
  { row: 'V6', when: 'no task status', responses: [raw('{}')], expected: failed('UnknownTaskStatus', 3) },
  {
    row: 'V6',
    when: 'a task status that is a list',
    responses: [json({ ...completed(WHALE), taskStatus: ['Completed'] })],
    expected: failed('UnknownTaskStatus', 3),
  },
  {
    row: 'V6',
    when: 'an unknown task status once',
    responses: [{ taskStatus: 'Cancelled' }, completed(WHALE)],
    expected: { ...collected('whale'), attempts: 2 },
  },
  {
    row: 'V7 S5',
    when: 'Completed, which is its last poll',
    responses: [completed(WHALE), pending],
    expected: { ...collected('whale'), attempts: 1 },
  },
  {
    row: 'V8 S5',
    when: "another task's id",
    responses: [{ ...completed(document('of someone else')), id: 'someone-elses' }],
    expected: failed('ContractViolation', 1),
  },
  {
    row: 'V8 S5',
    when: "Pending with another task's id",
    responses: [{ ...pending, id: 'someone-elses' }],
    expected: failed('ContractViolation', 1),
  },
  {
    row: 'V8 S5',
    when: 'no id',
    responses: [{ ...completed(WHALE), id: null }],
    expected: collected('whale'),
  },
  {
    row: 'V9 S8',
    when: 'several results of equal, unknown and hostile types',
    responses: [
      {
        taskStatus: 'Completed',
        results: [
          'Text',
          'Text',
          'Hologram',
          '../../../etc/passwd',
          'Text\r\nx-amz-acl: public-read',
          '\0',
          'x'.repeat(5000),
          null,
        ].map((type, index) => result(document(String(index)), type)),
      },
    ],
    expected: collected('0', '1', '2', '3', '4', '5', '6', '7'),
  },
  ...[
    ['spaces', (data: string) => `${data.slice(0, 8)} ${data.slice(8)}`],
    ['a line feed', (data: string) => `${data}\n`],
    ['the URL alphabet', () => 'canary-_canary-_'],
    ['a stray =', (data: string) => `${data.slice(0, 4)}=${data.slice(5)}`],
    ['a wrong length', (data: string) => data.slice(0, -1).replace(/=+$/, '').slice(0, 21)],
    ['bits left over', () => 'QR=='],
    ['plain text', () => 'All men live'],
    ['a character that JSON does not allow', (data: string) => `${data}\u0001`],
  ].map(([defect, spoil]): FaultCase => {
    const data = typeof spoil === 'function' ? spoil(base64(WHALE)) : '';
    return {
      row: 'V10',
      when: `base64 with ${defect}, twice`,
      responses: [
        json({ taskStatus: 'Completed', results: [result(document('good')), { type: 'Text', data }] }),
      ],
      expected: {
        ...failed('UndecodableResult', 2),
        documents: [document('good'), null],
        undecoded: { 1: data },
      },
    };
  }),
  {
    row: 'V10',
    when: 'invalid base64 once',
    responses: [
      json({ taskStatus: 'Completed', results: [{ type: 'Text', data: 'a b' }] }),
      completed(WHALE),
    ],
    expected: { ...collected('whale'), attempts: 2 },
  },
  {
    row: 'V11',
    when: 'data and keys with JSON escapes',
    responses: [
      raw(
        escapeAsDotNet(
          JSON.stringify({
            taskStatus: 'Completed',
            results: [{ type: 'Other', data: Buffer.from([0xfb, 0xef, 0xbe, 0xff]).toString('base64') }],
          }),
        ).replace('"results"', '"r\\u0065sults"'),
      ),
    ],
    expected: { outcome: 'Completed', documents: [Buffer.from([0xfb, 0xef, 0xbe, 0xff])] },
  },
  ...[
    ['text with a BOM', 'Text', Buffer.from(`\ufeff${WHALE}`), 'byte order mark'],
    [
      'text that is not UTF-8',
      'Text',
      Buffer.concat([Buffer.from(document('')), Buffer.of(0xff, 0xe9)]),
      'not valid UTF-8',
    ],
    [
      'text cut within a character',
      'Text',
      Buffer.concat([Buffer.from(document('')), Buffer.of(0xf0, 0x9f)]),
      'not valid UTF-8',
    ],
    ['a PDF without %PDF-', 'Pdf', Buffer.from(document('no PDF')), 'does not begin as application/pdf'],
  ].map(
    ([when, type, content, warning]): FaultCase => ({
      row: 'V12',
      when: String(when),
      responses: [
        {
          taskStatus: 'Completed',
          results: [{ type: String(type), data: Buffer.from(content ?? '').toString('base64') }],
        },
      ],
      expected: {
        outcome: 'Completed',
        documents: [Buffer.from(content ?? '')],
        warning: String(warning),
      },
    }),
  ),
  ...[
    ['HTML', '<html>canary-document</html>'],
    ['an empty body', ''],
    ['white space', ' \r\n\t '],
    ['malformed JSON', '{"taskStatus":"Completed","results":[{"data":"canary-document"}'],
    ['two envelopes', `${completedBody(document('one'))}${completedBody(document('two'))}`],
    ['a trailing comma', '{"taskStatus":"Completed",}'],
    ['a lone value', '"Completed"'],
    ['null', 'null'],
    ['a list', '[{"taskStatus":"Completed"}]'],
    ['deep nesting', `${'['.repeat(100_000)}${']'.repeat(100_000)}`],
    [
      'deep nesting of objects next to the results',
      `{"taskStatus":"Completed","x":${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}}`,
    ],
    ['results that are an object', '{"taskStatus":"Completed","results":{"0":{"data":"QQ=="}}}'],
    ['data that is a number', '{"taskStatus":"Completed","results":[{"data":7}]}'],
    ['data that is an object', '{"taskStatus":"Completed","results":[{"data":{"data":"QQ=="}}]}'],
    ['megabytes next to the results', JSON.stringify({ ...completed(WHALE), x: 'x'.repeat(5_000_000) })],
    ['UTF-16', Buffer.from(`\ufeff${completedBody(WHALE)}`, 'utf16le')],
  ].map(
    ([content, body]): FaultCase => ({
      row: 'V13',
      when: `HTTP 200 with ${content}, three times`,
      responses: [raw(body ?? '')],
      expected: failed('ContractViolation', 3),
    }),
  ),
  {
    row: 'V13',
    when: 'HTTP 200 with HTML, once',
    responses: [raw('<html>'), completed(WHALE)],
    expected: { ...collected('whale'), attempts: 2 },
  },
  {
    row: 'V13',
    when: 'garbage twice before and twice after Pending',
    responses: [raw('<'), raw('<'), pending, raw('<'), raw('<'), completed(WHALE)],
    expected: { ...collected('whale'), attempts: 6 },
  },
  {
    row: 'V14 S7',
    when: 'duplicate keys, of which the last counts',
    responses: [
      raw(
        `{"taskStatus":"Pending","taskStatus":"Completed","results":[],"results":[{"type":"Text","data":"QQ==","data":"${base64(document('last'))}"}]}`,
      ),
    ],
    expected: collected('last'),
  },
  {
    row: 'V14 S7',
    when: 'keys that name prototypes',
    responses: [
      raw(
        `{"__proto__":{"taskStatus":"Completed","polluted":1},"constructor":{"prototype":{"polluted":1}},"taskStatus":"Completed","results":[{"__proto__":{"data":"QQ=="},"toString":"x","type":"Text","data":"${base64(WHALE)}"}]}`,
      ),
      completed(WHALE),
    ],
    expected: { ...collected('whale'), attempts: 1 },
  },
  {
    row: 'V14 S7',
    when: 'unknown fields, and known fields of another type',
    responses: [
      raw(
        `{"taskStatus":"Completed","id":7,"responseStatusCode":{"a":1},"error":[1],"results":[{"type":7,"data":"${base64(WHALE)}","extra":[]}],"more":{"results":[{"data":"QQ=="}]}}`,
      ),
    ],
    expected: { ...collected('whale'), record: { partial: false } },
  },
  {
    row: 'V14 S7',
    when: 'a BOM before the JSON',
    responses: [raw(`\ufeff${completedBody(WHALE)}`), completed(WHALE)],
    expected: collected('whale'),
  },
  ...[1, 2, 7, 64].map(
    (length): FaultCase => ({
      row: 'V15',
      when: `a valid response in pieces of ${length} bytes`,
      responses: [inPieces(completedBody(WHALE, document('and another')), length)],
      expected: { ...collected('whale', 'and another'), attempts: 1 },
    }),
  ),
  {
    row: 'V15',
    when: 'a valid response in chunks',
    responses: [bytes(chunked([...completedBody(WHALE)]))],
    expected: { ...collected('whale'), attempts: 1 },
  },
  ...[0.1, 0.5, 0.9, 0.99].map(
    (share): FaultCase => ({
      row: 'V16',
      when: `two responses that end after ${share * 100} % of the body`,
      responses: [
        bytes(withLength(LONG, LONG.length).slice(0, Math.trunc(share * LONG.length))),
        bytes(withLength(LONG.slice(0, Math.trunc(share * LONG.length)))),
        completed(WHALE),
      ],
      expected: { ...collected('whale'), attempts: 3 },
    }),
  ),
  {
    row: 'V16',
    when: 'truncated responses only',
    responses: [{ ...completed(document('x'.repeat(3000))), fault: 'truncate' }],
    expected: failed('UpstreamUnavailable', 12),
  },
];

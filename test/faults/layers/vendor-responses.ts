import { escapedAsDotNet } from '../../../local/aspose-simulator/scripted-responses.ts';
import { base64 } from '../../support/responses.ts';
import type { FaultCase } from '../cases/fault-case.ts';
import { completed, completedBody, document, result } from './faulty-courier.ts';
import { bytes, chunked, inPieces, withLength } from './raw-replies.ts';

const pending = { taskStatus: 'Pending' };
const processing = { taskStatus: 'Processing' };
const notExist = { taskStatus: 'NotExist' };
const raw = (body: string | Uint8Array) => ({ httpStatus: 200, body });
const json = (envelope: object) => raw(JSON.stringify(envelope));

const collected = (...documents: string[]) =>
  ({ outcome: 'Completed', documents: documents.map(document) }) as const;
const failed = (reason: NonNullable<FaultCase['expected']['reason']>, attempts: number) =>
  ({ outcome: 'Failed', reason, attempts }) as const;

const LONG = completedBody('x'.repeat(3000), 'y'.repeat(100));

/** The rows V of docs/design/faults.md. */
export const VENDOR_ANSWERS: readonly FaultCase[] = [
  {
    row: 'V1',
    when: 'Pending until the poll budget is used up',
    answers: [pending],
    input: { polling: { maxPolls: 3 } },
    expected: { outcome: 'TimedOut', reason: 'PollBudget', attempts: 3 },
  },
  {
    row: 'V1',
    when: 'Pending for ever',
    answers: [pending],
    expected: { outcome: 'TimedOut', reason: 'Deadline' },
  },
  {
    row: 'V1',
    when: 'Processing for ever, with an hour to spare',
    answers: [pending, processing],
    input: { polling: { timeoutSeconds: 3600 } },
    expected: { outcome: 'TimedOut', reason: 'Deadline' },
  },
  {
    row: 'V1',
    when: 'Pending and Processing in turn, a result at the last moment',
    answers: [pending, processing, pending, processing, pending, completed('late')],
    expected: { ...collected('late'), attempts: 6 },
  },
  {
    row: 'V2',
    when: 'NotExist at once',
    answers: [notExist],
    expected: { outcome: 'NotFound', attempts: 2 },
  },
  {
    row: 'V2',
    when: 'NotExist once, as the queue lags',
    answers: [notExist, completed('whale')],
    expected: { ...collected('whale'), attempts: 2 },
  },
  {
    row: 'V2',
    when: 'NotExist after Pending',
    answers: [pending, notExist],
    expected: { outcome: 'Expired', attempts: 2 },
  },
  {
    row: 'V2',
    when: 'NotExist after a Completed that could not be decoded',
    answers: [json({ taskStatus: 'Completed', results: [{ data: '*' }] }), notExist],
    expected: { outcome: 'Expired', attempts: 2 },
  },
  {
    row: 'V2',
    when: 'NotExist a day after the submission',
    answers: [notExist],
    input: { submittedAt: '2026-02-28T11:59:59Z' },
    expected: { outcome: 'Expired', attempts: 1 },
  },
  {
    row: 'V3',
    when: 'Error with messages',
    answers: [{ taskStatus: 'Error', error: { messages: ['unreadable', 'too dark'], warnings: ['small'] } }],
    expected: {
      ...failed('RecognitionError', 1),
      record: { messages: ['unreadable', 'too dark'], warnings: ['small'] },
    },
  },
  {
    row: 'V3',
    when: 'Error without messages',
    answers: [{ taskStatus: 'Error', error: null }],
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
      answers: [raw(`{"taskStatus":"Error","error":${error}}`)],
      expected: {
        ...failed('RecognitionError', 1),
        record: { messages: error.includes('kept') ? ['kept'] : [] },
      },
    }),
  ),
  {
    row: 'V3',
    when: 'Error with a megabyte of messages, and half a character',
    answers: [
      {
        taskStatus: 'Error',
        error: { messages: Array(1000).fill(`\ud83d${'x'.repeat(1000)}`), warnings: null },
      },
    ],
    expected: {
      ...failed('RecognitionError', 1),
      // 4 KB of them, where half a character has become one of three bytes.
      record: { messages: [...Array(4).fill(`\ufffd${'x'.repeat(1000)}`), `\ufffd${'x'.repeat(81)}`] },
    },
  },
  {
    row: 'V4',
    when: 'Completed with messages and warnings',
    answers: [{ ...completed('whale'), error: { messages: ['low contrast'], warnings: ['trial'] } }],
    expected: { ...collected('whale'), record: { messages: ['low contrast'], warnings: ['trial'] } },
  },
  ...[null, []].map(
    (results): FaultCase => ({
      row: 'V5',
      when: `Completed with results ${JSON.stringify(results)}`,
      answers: [{ taskStatus: 'Completed', results }],
      expected: { outcome: 'Completed', record: { empty: true, partial: false } },
    }),
  ),
  {
    row: 'V5',
    when: 'Completed with results that are empty in part: indices are kept',
    answers: [
      {
        taskStatus: 'Completed',
        results: [result('a'), { type: 'Text', data: '' }, { type: 'Text', data: null }, result('d')],
      },
    ],
    expected: {
      outcome: 'Completed',
      documents: [document('a'), '', null, document('d')],
      record: { partial: true, empty: false },
    },
  },
  {
    row: 'V5',
    when: 'Completed with an entry that is null',
    answers: [
      raw(`{"taskStatus":"Completed","results":[null,{"type":"Text","data":"${base64(document('b'))}"}]}`),
    ],
    expected: { outcome: 'Completed', documents: [null, document('b')], record: { partial: true } },
  },
  ...['NoAnyResultData', 'ResultDataLost', 'PartiallyNotFound'].map(
    (responseStatusCode): FaultCase => ({
      row: 'V5',
      when: `Completed without results, ${responseStatusCode}`,
      answers: [{ taskStatus: 'Completed', responseStatusCode, results: null }],
      expected: failed('ResultDataLost', 1),
    }),
  ),
  {
    row: 'V5',
    when: 'Completed with a result, PartiallyNotFound',
    answers: [{ ...completed('whale'), responseStatusCode: 'PartiallyNotFound' }],
    expected: { ...collected('whale'), record: { partial: true } },
  },
  ...['pending', 'COMPLETED', ' Completed', 'Cancelled', '', '__proto__', null].map(
    (taskStatus): FaultCase => ({
      row: 'V6',
      when: `the task status ${JSON.stringify(taskStatus)}`,
      answers: [{ ...completed('whale'), taskStatus }],
      expected: failed('UnknownTaskStatus', 3),
    }),
  ),
  { row: 'V6', when: 'no task status', answers: [raw('{}')], expected: failed('UnknownTaskStatus', 3) },
  {
    row: 'V6',
    when: 'a task status that is no text',
    answers: [json({ ...completed('whale'), taskStatus: ['Completed'] })],
    expected: failed('UnknownTaskStatus', 3),
  },
  {
    row: 'V6',
    when: 'an unknown task status once',
    answers: [{ taskStatus: 'Cancelled' }, completed('whale')],
    expected: { ...collected('whale'), attempts: 2 },
  },
  {
    row: 'V7',
    when: 'Pending after Completed: the record stands, and nobody asks again',
    answers: [completed('whale'), pending],
    expected: { ...collected('whale'), attempts: 1 },
  },
  {
    row: 'V8',
    when: "another task's id",
    answers: [{ ...completed('of someone else'), id: 'someone-elses' }],
    expected: failed('ContractViolation', 1),
  },
  {
    row: 'V8',
    when: "another task's id, Pending",
    answers: [{ ...pending, id: 'someone-elses' }],
    expected: failed('ContractViolation', 1),
  },
  { row: 'V8', when: 'no id', answers: [{ ...completed('whale'), id: null }], expected: collected('whale') },
  {
    row: 'V9',
    when: 'several results of equal, unknown and hostile types',
    answers: [
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
        ].map((type, index) => result(String(index), type)),
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
  ].map(([what, spoil]): FaultCase => {
    const data = typeof spoil === 'function' ? spoil(base64(document('whale'))) : '';
    return {
      row: 'V10',
      when: `bad base64: ${what}`,
      answers: [json({ taskStatus: 'Completed', results: [result('good'), { type: 'Text', data }] })],
      expected: {
        ...failed('UndecodableResult', 2),
        documents: [document('good'), null],
        undecoded: { 1: data },
      },
    };
  }),
  {
    row: 'V10',
    when: 'bad base64 once',
    answers: [
      json({ taskStatus: 'Completed', results: [{ type: 'Text', data: 'a b' }] }),
      completed('whale'),
    ],
    expected: { ...collected('whale'), attempts: 2 },
  },
  {
    row: 'V11',
    when: 'data with the escapes of .NET, and every character escaped',
    answers: [
      raw(
        escapedAsDotNet(
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
    ['text with a BOM', 'Text', Buffer.from(`\ufeff${document('whale')}`), 'byte order mark'],
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
      answers: [
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
    ['two answers in one', `${completedBody('one')}${completedBody('two')}`],
    ['a trailing comma', '{"taskStatus":"Completed",}'],
    ['a lone value', '"Completed"'],
    ['null', 'null'],
    ['a list', '[{"taskStatus":"Completed"}]'],
    ['deep nesting', `${'['.repeat(100_000)}${']'.repeat(100_000)}`],
    [
      'deep nesting of objects beside the results',
      `{"taskStatus":"Completed","x":${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}}`,
    ],
    ['results that are no list', '{"taskStatus":"Completed","results":{"0":{"data":"QQ=="}}}'],
    ['data that is a number', '{"taskStatus":"Completed","results":[{"data":7}]}'],
    ['data that is an object', '{"taskStatus":"Completed","results":[{"data":{"data":"QQ=="}}]}'],
    ['megabytes beside the results', JSON.stringify({ ...completed('whale'), x: 'x'.repeat(5_000_000) })],
    ['UTF-16', Buffer.from(`\ufeff${completedBody('whale')}`, 'utf16le')],
  ].map(
    ([what, body]): FaultCase => ({
      row: 'V13',
      when: `${what} with 200`,
      answers: [raw(body ?? '')],
      expected: failed('ContractViolation', 3),
    }),
  ),
  {
    row: 'V13',
    when: 'HTML with 200, once',
    answers: [raw('<html>'), completed('whale')],
    expected: { ...collected('whale'), attempts: 2 },
  },
  {
    row: 'V13',
    when: 'garbage twice, then Pending, then twice again: counted anew',
    answers: [raw('<'), raw('<'), pending, raw('<'), raw('<'), completed('whale')],
    expected: { ...collected('whale'), attempts: 6 },
  },
  {
    row: 'V14',
    when: 'duplicate keys: the last counts, as JSON says',
    answers: [
      raw(
        `{"taskStatus":"Pending","taskStatus":"Completed","results":[],"results":[{"type":"Text","data":"QQ==","data":"${base64(document('last'))}"}]}`,
      ),
    ],
    expected: collected('last'),
  },
  {
    row: 'V14',
    when: 'keys of prototypes: none is touched',
    answers: [
      raw(
        `{"__proto__":{"taskStatus":"Completed","polluted":1},"constructor":{"prototype":{"polluted":1}},"taskStatus":"Completed","results":[{"__proto__":{"data":"QQ=="},"toString":"x","type":"Text","data":"${base64(document('whale'))}"}]}`,
      ),
      completed('whale'),
    ],
    expected: { ...collected('whale'), attempts: 1 },
  },
  {
    row: 'V14',
    when: 'unknown fields, and known ones of another type',
    answers: [
      raw(
        `{"taskStatus":"Completed","id":7,"responseStatusCode":{"a":1},"error":[1],"results":[{"type":7,"data":"${base64(document('whale'))}","extra":[]}],"more":{"results":[{"data":"QQ=="}]}}`,
      ),
    ],
    expected: { ...collected('whale'), record: { partial: false } },
  },
  {
    row: 'V14',
    when: 'a BOM before the JSON',
    answers: [raw(`\ufeff${completedBody('whale')}`), completed('whale')],
    expected: collected('whale'),
  },
  ...[1, 2, 7, 64].map(
    (length): FaultCase => ({
      row: 'V15',
      when: `a right answer in pieces of ${length}`,
      answers: [inPieces(completedBody('whale', 'and another'), length)],
      expected: { ...collected('whale', 'and another'), attempts: 1 },
    }),
  ),
  {
    row: 'V15',
    when: 'a right answer in chunks',
    answers: [bytes(chunked([...completedBody('whale')]))],
    expected: { ...collected('whale'), attempts: 1 },
  },
  ...[0.1, 0.5, 0.9, 0.99].map(
    (share): FaultCase => ({
      row: 'V16',
      when: `an answer whose body ends after ${share * 100} % of it`,
      answers: [
        bytes(withLength(LONG, LONG.length).slice(0, Math.trunc(share * LONG.length))),
        bytes(withLength(LONG.slice(0, Math.trunc(share * LONG.length)))),
        completed('whale'),
      ],
      expected: { ...collected('whale'), attempts: 3 },
    }),
  ),
  {
    row: 'V16',
    when: 'answers cut short for ever: nothing is published',
    answers: [{ ...completed('x'.repeat(3000)), fault: 'truncate' }],
    expected: failed('UpstreamUnavailable', 12),
  },
];

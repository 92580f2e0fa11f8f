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
import { type FaultCase, faultCase } from './fault-case.ts';

const raw = (body: string | Uint8Array) => ({ httpStatus: 200, body });
const json = (envelope: object) => raw(JSON.stringify(envelope));

const whale = completed(WHALE);
const foreign = { ...completed(document('of someone else')), id: 'someone-elses' };
const collected = (...documents: string[]) =>
  ({ outcome: 'Completed', documents: documents.map(document) }) as const;
const whaleAfter = (attempts: number) => ({ ...collected('whale'), attempts });
const failed = (reason: NonNullable<FaultCase['expected']['reason']>, attempts: number) =>
  ({ outcome: 'Failed', reason, attempts }) as const;

const KILOBYTE = 'x'.repeat(1000);
const LONG = completedBody(document('x'.repeat(3000)), document('y'.repeat(100)));

const DATA = base64(WHALE);

const invalidBase64: readonly (readonly [defect: string, data: string])[] = [
  ['spaces', `${DATA.slice(0, 8)} ${DATA.slice(8)}`],
  ['a line feed', `${DATA}\n`],
  ['the URL alphabet', 'canary-_canary-_'],
  ['a stray =', `${DATA.slice(0, 4)}=${DATA.slice(5)}`],
  ['a wrong length', DATA.slice(0, 21)],
  ['bits left over', 'QR=='],
  ['plain text', 'All men live'],
  ['a character that JSON does not allow', `${DATA}\u0001`],
];

const suspectDocuments: readonly (readonly [when: string, type: string, content: Buffer, warning: string])[] =
  [
    ['text with a BOM', 'Text', Buffer.from(`\ufeff${WHALE}`), 'byte order mark'],
    ['text that is not UTF-8', 'Text', endingWith(0xff, 0xe9), 'not valid UTF-8'],
    ['text cut within a character', 'Text', endingWith(0xf0, 0x9f), 'not valid UTF-8'],
    ['a PDF without %PDF-', 'Pdf', Buffer.from(document('no PDF')), 'does not begin as application/pdf'],
  ];

function endingWith(...bytes: readonly number[]): Buffer {
  return Buffer.concat([Buffer.from(document('')), Buffer.from(bytes)]);
}

const malformedBodies: readonly (readonly [content: string, body: string | Uint8Array])[] = [
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
  ['megabytes next to the results', JSON.stringify({ ...whale, x: 'x'.repeat(5_000_000) })],
  ['UTF-16', Buffer.from(`\ufeff${completedBody(WHALE)}`, 'utf16le')],
];

/** The V rows of docs/design/faults.md. */
export const VENDOR_RESPONSES: readonly FaultCase[] = [
  faultCase(
    'V1: Pending until the poll budget is used up',
    [pending],
    { outcome: 'TimedOut', reason: 'PollBudget', attempts: 3 },
    { polling: { maxPolls: 3 } },
  ),
  faultCase(
    'V1: Processing until a deadline of five minutes',
    [pending, processing],
    { outcome: 'TimedOut', reason: 'Deadline' },
    { polling: { timeoutSeconds: 300 } },
  ),
  faultCase(
    'V1: Pending and Processing in turn',
    [pending, processing, pending, processing, pending, completed(document('late'))],
    { ...collected('late'), attempts: 6 },
  ),
  faultCase('V2: NotExist in the first response', [notExist], { outcome: 'NotFound', attempts: 2 }),
  faultCase('V2: NotExist once', [notExist, whale], whaleAfter(2)),
  faultCase('V2: NotExist after Pending', [pending, notExist], { outcome: 'Expired', attempts: 2 }),
  faultCase(
    'V2: NotExist after a Completed that could not be decoded',
    [json({ taskStatus: 'Completed', results: [{ data: '*' }] }), notExist],
    { outcome: 'Expired', attempts: 2 },
  ),
  faultCase(
    'V3: Error with messages',
    [{ taskStatus: 'Error', error: { messages: ['unreadable', 'too dark'], warnings: ['small'] } }],
    {
      ...failed('RecognitionError', 1),
      record: { messages: ['unreadable', 'too dark'], warnings: ['small'] },
    },
  ),
  faultCase('V3: Error without messages', [{ taskStatus: 'Error', error: null }], {
    ...failed('RecognitionError', 1),
    record: { messages: [] },
  }),
  ...[
    '"boom"',
    '7',
    '[]',
    '{"messages":"boom"}',
    '{"messages":[null,7,{"a":1},"kept"]}',
    '{"messages":{"0":"x"}}',
  ].map((error) =>
    faultCase(`V3: Error of the shape ${error}`, [raw(`{"taskStatus":"Error","error":${error}}`)], {
      ...failed('RecognitionError', 1),
      record: { messages: error.includes('kept') ? ['kept'] : [] },
    }),
  ),
  faultCase(
    'V3: Error with a megabyte of messages that start with half a character',
    [{ taskStatus: 'Error', error: { messages: Array(1000).fill(`\ud83d${KILOBYTE}`), warnings: null } }],
    {
      ...failed('RecognitionError', 1),
      // 4 KB; the replacement of half a character takes three bytes.
      record: { messages: [...Array(4).fill(`\ufffd${KILOBYTE}`), `\ufffd${'x'.repeat(81)}`] },
    },
  ),
  faultCase(
    'V4: Completed with messages and warnings',
    [{ ...whale, error: { messages: ['low contrast'], warnings: ['trial'] } }],
    { ...collected('whale'), record: { messages: ['low contrast'], warnings: ['trial'] } },
  ),
  ...[null, []].map((results) =>
    faultCase(
      `V5: Completed with results ${JSON.stringify(results)}`,
      [{ taskStatus: 'Completed', results }],
      { outcome: 'Completed', record: { empty: true, partial: false } },
    ),
  ),
  faultCase(
    'V5: Completed with some results empty, whose indices it keeps',
    [completed(document('a'), '', null, document('d'))],
    {
      outcome: 'Completed',
      documents: [document('a'), '', null, document('d')],
      warning: 'results[2]: Aspose sent no data',
      record: { partial: true, empty: false },
    },
  ),
  faultCase('V5: Completed with empty regions only', [completed('', '')], {
    outcome: 'Completed',
    documents: ['', ''],
    record: { empty: true },
  }),
  faultCase(
    'V5: Completed with an entry that is null',
    [raw(`{"taskStatus":"Completed","results":[null,{"type":"Text","data":"${base64(document('b'))}"}]}`)],
    { outcome: 'Completed', documents: [null, document('b')], record: { partial: true } },
  ),
  ...['NoAnyResultData', 'ResultDataLost', 'PartiallyNotFound'].map((responseStatusCode) =>
    faultCase(
      `V5: Completed without results and the code ${responseStatusCode}`,
      [{ taskStatus: 'Completed', responseStatusCode, results: null }],
      failed('ResultDataLost', 1),
    ),
  ),
  faultCase(
    'V5: Completed with a result and the code PartiallyNotFound',
    [{ ...whale, responseStatusCode: 'PartiallyNotFound' }],
    { ...collected('whale'), record: { partial: true } },
  ),
  ...['pending', 'COMPLETED', ' Completed', 'Cancelled', '', '__proto__', null].map((taskStatus) =>
    faultCase(
      `V6: the task status ${JSON.stringify(taskStatus)}`,
      [{ ...whale, taskStatus }],
      failed('UnknownTaskStatus', 3),
    ),
  ),
  faultCase('V6: no task status', [raw('{}')], failed('UnknownTaskStatus', 3)),
  faultCase(
    'V6: a task status that is a list',
    [json({ ...whale, taskStatus: ['Completed'] })],
    failed('UnknownTaskStatus', 3),
  ),
  faultCase('V6: an unknown task status once', [{ taskStatus: 'Cancelled' }, whale], whaleAfter(2)),
  faultCase('V7 S5: Completed, which is its last poll', [whale, pending], whaleAfter(1)),
  faultCase("V8 S5: another task's id, three times", [foreign], failed('ContractViolation', 3)),
  faultCase("V8 S5: another task's id twice", [foreign, foreign, whale], whaleAfter(3)),
  faultCase(
    "V8 S5: another task's id twice before and twice after Pending",
    [foreign, foreign, pending, foreign, foreign, whale],
    whaleAfter(6),
  ),
  faultCase(
    "V8 S5: Pending with another task's id, three times",
    [{ ...pending, id: 'someone-elses' }],
    failed('ContractViolation', 3),
  ),
  faultCase('V8 S5: no id', [{ ...whale, id: null }], collected('whale')),
  faultCase(
    'V9 S8: several results of equal, unknown and hostile types',
    [
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
    collected('0', '1', '2', '3', '4', '5', '6', '7'),
  ),
  ...invalidBase64.map(([defect, data]) =>
    faultCase(
      `V10: base64 with ${defect}, twice`,
      [json({ taskStatus: 'Completed', results: [result(document('good')), { type: 'Text', data }] })],
      {
        ...failed('UndecodableResult', 2),
        documents: [document('good'), null],
        undecoded: { 1: data },
      },
    ),
  ),
  faultCase(
    'V10: invalid base64 once',
    [json({ taskStatus: 'Completed', results: [{ type: 'Text', data: 'a b' }] }), whale],
    whaleAfter(2),
  ),
  faultCase(
    'V11: data and keys with JSON escapes',
    [
      raw(
        escapeAsDotNet(
          JSON.stringify({
            taskStatus: 'Completed',
            results: [{ type: 'Other', data: Buffer.from([0xfb, 0xef, 0xbe, 0xff]).toString('base64') }],
          }),
        ).replace('"results"', '"r\\u0065sults"'),
      ),
    ],
    { outcome: 'Completed', documents: [Buffer.from([0xfb, 0xef, 0xbe, 0xff])] },
  ),
  ...suspectDocuments.map(([when, type, content, warning]) =>
    faultCase(`V12: ${when}`, [{ taskStatus: 'Completed', results: [result(content, type)] }], {
      outcome: 'Completed',
      documents: [content],
      warning,
    }),
  ),
  ...malformedBodies.map(([content, body]) =>
    faultCase(`V13: HTTP 200 with ${content}, three times`, [raw(body)], failed('ContractViolation', 3)),
  ),
  faultCase('V13: HTTP 200 with HTML, once', [raw('<html>'), whale], whaleAfter(2)),
  faultCase(
    'V13: garbage twice before and twice after Pending',
    [raw('<'), raw('<'), pending, raw('<'), raw('<'), whale],
    whaleAfter(6),
  ),
  faultCase(
    'V14 S7: duplicate keys, of which the last counts',
    [
      raw(
        `{"taskStatus":"Pending","taskStatus":"Completed","results":[],"results":[{"type":"Text","data":"QQ==","data":"${base64(document('last'))}"}]}`,
      ),
    ],
    collected('last'),
  ),
  faultCase(
    'V14 S7: keys that name prototypes',
    [
      raw(
        `{"__proto__":{"taskStatus":"Completed","polluted":1},"constructor":{"prototype":{"polluted":1}},"taskStatus":"Completed","results":[{"__proto__":{"data":"QQ=="},"toString":"x","type":"Text","data":"${base64(WHALE)}"}]}`,
      ),
      whale,
    ],
    whaleAfter(1),
  ),
  faultCase(
    'V14 S7: unknown fields, and known fields of another type',
    [
      raw(
        `{"taskStatus":"Completed","id":7,"responseStatusCode":{"a":1},"error":[1],"results":[{"type":7,"data":"${base64(WHALE)}","extra":[]}],"more":{"results":[{"data":"QQ=="}]}}`,
      ),
    ],
    { ...collected('whale'), record: { partial: false } },
  ),
  faultCase(
    'V14 S7: a BOM before the JSON',
    [raw(`\ufeff${completedBody(WHALE)}`), whale],
    collected('whale'),
  ),
  ...[1, 2, 7, 64].map((length) =>
    faultCase(
      `V15: a valid response in pieces of ${length} bytes`,
      [inPieces(completedBody(WHALE, document('and another')), length)],
      { ...collected('whale', 'and another'), attempts: 1 },
    ),
  ),
  faultCase('V15: a valid response in chunks', [bytes(chunked([...completedBody(WHALE)]))], whaleAfter(1)),
  ...['null', '{}', '{"type":"Text","data":"QQ=="}'].map((entry) =>
    faultCase(
      `V18: 50,000 results ${entry}`,
      [raw(`{"taskStatus":"Completed","results":[${Array(50_000).fill(entry).join()}]}`)],
      failed('ResultTooLarge', 1),
    ),
  ),
  ...[0.1, 0.5, 0.9, 0.99].map((share) =>
    faultCase(
      `V16: two responses that end after ${share * 100} % of the body`,
      [
        bytes(withLength(LONG, LONG.length).slice(0, Math.trunc(share * LONG.length))),
        bytes(withLength(LONG.slice(0, Math.trunc(share * LONG.length)))),
        whale,
      ],
      whaleAfter(3),
    ),
  ),
  faultCase(
    'V16: truncated responses only',
    [{ ...completed(document('x'.repeat(3000))), fault: 'truncate' }],
    failed('UpstreamUnavailable', 12),
  ),
];

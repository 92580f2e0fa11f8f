import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { ScriptedResponse } from '../../../local/aspose-simulator/scripted-responses.ts';
import { CAN_SCRIPT, courier, EAGER_POLLING } from './deployed-courier.ts';

const pending = { taskStatus: 'Pending' };
const text = (data: string | null) => ({ type: 'Text', data });
const completed = { taskStatus: 'Completed', results: [text('d2hhbGU=')] };
const undecodable = { taskStatus: 'Completed', results: [text('d2h hbGU=')] };

/** A body that exceeds the limit of 128 MiB after decompression. */
function compressOversizedBody(): Buffer {
  const data = Buffer.alloc(140_000_000, 'A');
  return gzipSync(
    Buffer.concat([
      Buffer.from('{"taskStatus":"Completed","results":[{"type":"Text","data":"'),
      data,
      Buffer.from('"}]}'),
    ]),
  );
}

interface OutcomeCase {
  readonly when: string;
  readonly responses: readonly ScriptedResponse[];
  readonly input?: object;
  /** Fields of the event's detail and of the record. */
  readonly facts: { readonly outcome: string; readonly reason?: string; readonly [field: string]: unknown };
  readonly detailType: string;
  /** The execution's error; undefined when it succeeds. */
  readonly error?: string;
}

const COMPLETED = { detailType: 'OCR Task Completed' };
const FAILED = { detailType: 'OCR Task Failed', error: 'OcrTaskFailed' };
const failed = (reason: string) => ({ facts: { outcome: 'Failed', reason }, ...FAILED });

const CASES: readonly OutcomeCase[] = [
  {
    when: 'Aspose completes it',
    responses: [pending, completed],
    facts: { outcome: 'Completed', attempts: 2 },
    ...COMPLETED,
  },
  {
    when: 'an entry has no data',
    responses: [{ taskStatus: 'Completed', results: [text('d2hhbGU='), text(null)] }],
    facts: { outcome: 'Completed', partial: true },
    ...COMPLETED,
  },
  {
    when: 'there are no results',
    responses: [{ taskStatus: 'Completed', results: [] }],
    facts: { outcome: 'Completed', empty: true },
    ...COMPLETED,
  },
  {
    when: 'faults precede its end',
    responses: [{ httpStatus: 503 }, { fault: 'reset' }, completed],
    facts: { outcome: 'Completed', attempts: 3 },
    ...COMPLETED,
  },
  {
    when: 'Aspose has lost its data',
    responses: [{ taskStatus: 'Completed', responseStatusCode: 'ResultDataLost', results: null }],
    ...failed('ResultDataLost'),
  },
  {
    when: 'recognition fails',
    responses: [pending, { taskStatus: 'Error', error: { messages: ['no text found'], warnings: null } }],
    facts: { outcome: 'Failed', reason: 'RecognitionError', messages: ['no text found'] },
    ...FAILED,
  },
  {
    when: 'Aspose rejects the credentials',
    responses: [{ httpStatus: 403 }],
    ...failed('CredentialsRejected'),
  },
  { when: 'Aspose rejects the request', responses: [{ httpStatus: 404 }], ...failed('ContractViolation') },
  {
    when: "the response has another task's id",
    responses: [{ ...completed, id: 'another' }],
    ...failed('ContractViolation'),
  },
  { when: 'its data is not base64, twice', responses: [undecodable], ...failed('UndecodableResult') },
  { when: 'its status is unknown', responses: [{ taskStatus: 'Paused' }], ...failed('UnknownTaskStatus') },
  {
    when: 'the response is too large',
    responses: [
      {
        httpStatus: 200,
        headers: { 'content-encoding': 'gzip' },
        body: compressOversizedBody(),
      },
    ],
    ...failed('ResultTooLarge'),
  },
  {
    when: 'Aspose deletes it during recognition',
    responses: [pending, { taskStatus: 'NotExist' }],
    facts: { outcome: 'Expired' },
    detailType: 'OCR Task Expired',
    error: 'OcrTaskExpired',
  },
  {
    when: 'Aspose does not know it',
    responses: [{ taskStatus: 'NotExist' }],
    facts: { outcome: 'NotFound', attempts: 2 },
    detailType: 'OCR Task Not Found',
    error: 'OcrTaskNotFound',
  },
  {
    when: 'its polls are used up',
    responses: [pending],
    input: { polling: { ...EAGER_POLLING, maxPolls: 2 } },
    facts: { outcome: 'TimedOut', reason: 'PollBudget', attempts: 2 },
    detailType: 'OCR Task Timed Out',
    error: 'OcrTaskTimedOut',
  },
  {
    when: 'its deadline has passed',
    responses: [pending],
    input: { polling: { ...EAGER_POLLING, timeoutSeconds: 3 } },
    facts: { outcome: 'TimedOut', reason: 'Deadline' },
    detailType: 'OCR Task Timed Out',
    error: 'OcrTaskTimedOut',
  },
];

describe.runIf(CAN_SCRIPT)('record, event and execution have the same outcome', () => {
  it.each(CASES)('when $when', async ({ responses, input, facts, detailType, error }) => {
    const taskId = courier.createTask(...responses);

    const execution = await courier.collect({ taskId, polling: EAGER_POLLING, ...input });
    const events = await courier.eventsOf(taskId);

    expect(execution.error).toBe(error);
    expect(execution.status).toBe(error === undefined ? 'SUCCEEDED' : 'FAILED');
    expect(await courier.record(taskId)).toMatchObject({ status: facts.outcome, ...facts });
    expect(events).toMatchObject([
      {
        'detail-type': detailType,
        detail: { taskId, idempotencyKey: `RecognizeImage/${taskId}/1`, ...facts },
      },
    ]);
  });
});

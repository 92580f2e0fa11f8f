import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { ScriptedAnswer } from '../../../local/aspose-simulator/scripted-responses.ts';
import { completed, pending } from '../../support/responses.ts';
import { courier, QUICKLY, SCRIPTED } from './courier.ts';

const text = (data: string | null) => ({ type: 'Text', data });
const undecodable = { taskStatus: 'Completed', results: [text('d2h hbGU=')] };

/** Past the 128 MiB allowed, once it is inflated. */
function tooLarge(): Buffer {
  const data = Buffer.alloc(140_000_000, 'A');
  return gzipSync(
    Buffer.concat([
      Buffer.from('{"taskStatus":"Completed","results":[{"type":"Text","data":"'),
      data,
      Buffer.from('"}]}'),
    ]),
  );
}

interface End {
  readonly when: string;
  readonly answers: readonly ScriptedAnswer[];
  readonly input?: object;
  /** Of the event's detail and of the record. */
  readonly facts: { readonly outcome: string; readonly reason?: string; readonly [field: string]: unknown };
  readonly detailType: string;
  /** What the execution fails with; none of one that succeeds. */
  readonly error?: string;
}

const COMPLETED = { detailType: 'OCR Task Completed' };
const FAILED = { detailType: 'OCR Task Failed', error: 'OcrTaskFailed' };
const failed = (reason: string) => ({ facts: { outcome: 'Failed', reason }, ...FAILED });

const ENDS: readonly End[] = [
  {
    when: 'Aspose completes it',
    answers: [pending, completed('whale')],
    facts: { outcome: 'Completed', attempts: 2 },
    ...COMPLETED,
  },
  {
    when: 'an entry has no data',
    answers: [completed('whale', null)],
    facts: { outcome: 'Completed', partial: true },
    ...COMPLETED,
  },
  {
    when: 'there are no results',
    answers: [{ taskStatus: 'Completed', results: [] }],
    facts: { outcome: 'Completed', empty: true },
    ...COMPLETED,
  },
  {
    when: 'faults came before its end',
    answers: [{ httpStatus: 503 }, { fault: 'reset' }, completed('whale')],
    facts: { outcome: 'Completed', attempts: 3 },
    ...COMPLETED,
  },
  {
    when: 'its data has been lost',
    answers: [{ taskStatus: 'Completed', responseStatusCode: 'ResultDataLost', results: null }],
    ...failed('ResultDataLost'),
  },
  {
    when: 'recognition failed',
    answers: [pending, { taskStatus: 'Error', error: { messages: ['no text found'], warnings: null } }],
    facts: { outcome: 'Failed', reason: 'RecognitionError', messages: ['no text found'] },
    ...FAILED,
  },
  { when: 'the credentials are rejected', answers: [{ httpStatus: 403 }], ...failed('CredentialsRejected') },
  { when: 'Aspose refuses the request', answers: [{ httpStatus: 404 }], ...failed('ContractViolation') },
  {
    when: "another task's id comes back",
    answers: [{ ...completed('whale'), id: 'another' }],
    ...failed('ContractViolation'),
  },
  { when: 'its data is no base64, twice', answers: [undecodable], ...failed('UndecodableResult') },
  { when: 'its status is unknown', answers: [{ taskStatus: 'Paused' }], ...failed('UnknownTaskStatus') },
  {
    when: 'the answer is too large',
    answers: [
      {
        httpStatus: 200,
        headers: { 'content-encoding': 'gzip' },
        body: tooLarge(),
      },
    ],
    ...failed('ResultTooLarge'),
  },
  {
    when: 'it is deleted while Aspose is at work',
    answers: [pending, { taskStatus: 'NotExist' }],
    facts: { outcome: 'Expired' },
    detailType: 'OCR Task Expired',
    error: 'OcrTaskExpired',
  },
  {
    when: 'nobody knows it',
    answers: [{ taskStatus: 'NotExist' }],
    facts: { outcome: 'NotFound', attempts: 2 },
    detailType: 'OCR Task Not Found',
    error: 'OcrTaskNotFound',
  },
  {
    when: 'its polls are used up',
    answers: [pending],
    input: { polling: { ...QUICKLY, maxPolls: 2 } },
    facts: { outcome: 'TimedOut', reason: 'PollBudget', attempts: 2 },
    detailType: 'OCR Task Timed Out',
    error: 'OcrTaskTimedOut',
  },
  {
    when: 'its deadline has come',
    answers: [pending],
    input: { polling: { ...QUICKLY, timeoutSeconds: 3 } },
    facts: { outcome: 'TimedOut', reason: 'Deadline' },
    detailType: 'OCR Task Timed Out',
    error: 'OcrTaskTimedOut',
  },
];

describe.runIf(SCRIPTED)('a task ends with record, event and execution alike', () => {
  it.each(ENDS)('when $when', async ({ answers, input, facts, detailType, error }) => {
    const taskId = courier.task(...answers);

    const execution = await courier.collect({ taskId, polling: QUICKLY, ...input });
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

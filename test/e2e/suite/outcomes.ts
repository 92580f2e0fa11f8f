import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { ScriptedResponse } from '../../../local/aspose-simulator/scripted-responses.ts';
import { completed, notExist, pending } from '../../support/responses.ts';
import { CAN_SCRIPT, courier, EAGER_POLLING } from './deployed-courier.ts';

const whale = completed('whale');
const undecodable = { taskStatus: 'Completed', results: [{ type: 'Text', data: 'd2h hbGU=' }] };

/** A body that exceeds the limit of 128 MiB after decompression. */
function compressOversizedBody(): Buffer {
  const data = Buffer.alloc(140_000_000, 'A');
  const [start = '', end = ''] = JSON.stringify(completed('')).split('"data":""');
  return gzipSync(Buffer.concat([Buffer.from(`${start}"data":"`), data, Buffer.from(`"${end}`)]));
}

/** The event's type and the execution's error; an execution without one succeeds. */
const ENDS: Readonly<Record<string, { readonly detailType: string; readonly error?: string }>> = {
  Completed: { detailType: 'OCR Task Completed' },
  Failed: { detailType: 'OCR Task Failed', error: 'OcrTaskFailed' },
  Expired: { detailType: 'OCR Task Expired', error: 'OcrTaskExpired' },
  NotFound: { detailType: 'OCR Task Not Found', error: 'OcrTaskNotFound' },
  TimedOut: { detailType: 'OCR Task Timed Out', error: 'OcrTaskTimedOut' },
};

/** Fields of the event's detail and of the record. */
interface Facts {
  readonly outcome: string;
  readonly [field: string]: unknown;
}

const failed = (reason: string): Facts => ({ outcome: 'Failed', reason });
const lost = { taskStatus: 'Completed', responseStatusCode: 'ResultDataLost', results: null };
const error = { taskStatus: 'Error', error: { messages: ['no text found'], warnings: null } };
const tooLarge = { httpStatus: 200, headers: { 'content-encoding': 'gzip' }, body: compressOversizedBody() };

const CASES: [when: string, responses: ScriptedResponse[], facts: Facts, polling?: object][] = [
  ['Aspose completes it', [pending, whale], { outcome: 'Completed', attempts: 2 }],
  ['an entry has no data', [completed('whale', null)], { outcome: 'Completed', partial: true }],
  ['there are no results', [completed()], { outcome: 'Completed', empty: true }],
  [
    'faults precede its end',
    [{ httpStatus: 503 }, { fault: 'reset' }, whale],
    { outcome: 'Completed', attempts: 3 },
  ],
  ['Aspose has lost its data', [lost], failed('ResultDataLost')],
  ['recognition fails', [pending, error], { ...failed('RecognitionError'), messages: ['no text found'] }],
  ['Aspose rejects the credentials', [{ httpStatus: 403 }], failed('CredentialsRejected')],
  ['Aspose rejects the request', [{ httpStatus: 404 }], failed('ContractViolation')],
  ["three responses have another task's id", [{ ...whale, id: 'another' }], failed('ContractViolation')],
  ['its data is not base64, twice', [undecodable], failed('UndecodableResult')],
  ['its status is unknown', [{ taskStatus: 'Paused' }], failed('UnknownTaskStatus')],
  ['the quota is used up', [{ httpStatus: 402 }], failed('QuotaExceeded')],
  ['the response is too large', [tooLarge], failed('ResultTooLarge')],
  ['Aspose deletes it during recognition', [pending, notExist], { outcome: 'Expired' }],
  ['Aspose does not know it', [notExist], { outcome: 'NotFound', attempts: 2 }],
  [
    'its polls are used up',
    [pending],
    { outcome: 'TimedOut', reason: 'PollBudget', attempts: 2 },
    { maxPolls: 2 },
  ],
  ['its deadline has passed', [pending], { outcome: 'TimedOut', reason: 'Deadline' }, { timeoutSeconds: 3 }],
];

describe.runIf(CAN_SCRIPT)('record, event and execution have the same outcome', () => {
  it.each(CASES)('when %s', async (_, responses, facts, polling) => {
    const { detailType, error } = ENDS[facts.outcome] ?? {};
    const taskId = courier.createTask(...responses);

    const execution = await courier.collect({ taskId, polling: { ...EAGER_POLLING, ...polling } });
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

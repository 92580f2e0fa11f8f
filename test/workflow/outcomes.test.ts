import { describe, expect, it } from 'vitest';
import { escapedAsDotNet, type ScriptedResponse } from '../../local/aspose-simulator/scripted-responses.ts';
import { courierForAll, newTaskId } from '../support/courier.ts';
import { base64 } from '../support/responses.ts';

const courier = await courierForAll();

const text = (data: string | null) => ({ type: 'Text', data: data === null ? null : base64(data) });

describe('a completed task', () => {
  const completions: readonly {
    readonly when: string;
    readonly answers: readonly ScriptedResponse[];
    readonly attempts: number;
    readonly partial?: true;
    readonly empty?: true;
    readonly warnings?: readonly string[];
    readonly messages?: readonly string[];
  }[] = [
    {
      when: 'Aspose has the result at the first poll',
      answers: [{ taskStatus: 'Completed', results: [text('whale')] }],
      attempts: 1,
    },
    {
      when: 'Aspose is done after Pending and Processing',
      answers: [
        { taskStatus: 'Pending' },
        { taskStatus: 'Processing' },
        { taskStatus: 'Completed', results: [text('whale')] },
      ],
      attempts: 3,
    },
    {
      when: 'Aspose completes it with messages and warnings',
      answers: [
        {
          taskStatus: 'Completed',
          results: [text('whale')],
          error: { messages: ['low contrast'], warnings: ['trial'] },
        },
      ],
      attempts: 1,
      messages: ['low contrast'],
      warnings: ['trial'],
    },
    {
      when: 'an entry has no data',
      answers: [{ taskStatus: 'Completed', results: [text('whale'), text(null)] }],
      attempts: 1,
      partial: true,
      warnings: ['results[1]: Aspose sent no data'],
    },
    {
      when: 'the code is not Ok',
      answers: [
        { taskStatus: 'Completed', responseStatusCode: 'PartiallyNotFound', results: [text('whale')] },
      ],
      attempts: 1,
      partial: true,
    },
    {
      when: 'there are no results',
      answers: [{ taskStatus: 'Completed', results: [] }],
      attempts: 1,
      empty: true,
    },
    {
      when: 'results are null',
      answers: [{ taskStatus: 'Completed', results: null }],
      attempts: 1,
      empty: true,
    },
    {
      when: 'all regions are empty',
      answers: [{ taskStatus: 'Completed', results: [text(''), text('')] }],
      attempts: 1,
      empty: true,
    },
    {
      when: 'it was not known to the queue at once',
      answers: [{ taskStatus: 'NotExist' }, { taskStatus: 'Completed', results: [text('whale')] }],
      attempts: 2,
    },
    {
      when: 'faults came before it',
      answers: [
        { httpStatus: 503 },
        { fault: 'reset' },
        { httpStatus: 200, body: '<html>gateway</html>' },
        { httpStatus: 429, headers: { 'retry-after': '5' } },
        { taskStatus: 'Completed', results: [text('whale')] },
      ],
      attempts: 5,
    },
    {
      when: 'its answer was cut short once',
      answers: [
        { taskStatus: 'Completed', results: [text('whale'.repeat(100))], fault: 'truncate' },
        { taskStatus: 'Completed', results: [text('whale')] },
      ],
      attempts: 2,
    },
    {
      when: 'its data was not base64 once',
      answers: [
        { taskStatus: 'Completed', results: [{ type: 'Text', data: 'd2h hbGU=' }] },
        { taskStatus: 'Completed', results: [text('whale')] },
      ],
      attempts: 2,
    },
  ];

  it.each(completions)('is collected when $when', async (completion) => {
    const taskId = newTaskId();
    courier.simulator.script(taskId, completion.answers);

    const { execution, events, record } = await courier.collect({ taskId });

    const { partial = false, empty = false, warnings = [], messages = [], attempts } = completion;
    const facts = { outcome: 'Completed', attempts, partial, empty, warnings, messages };
    expect(execution).toMatchObject({ status: 'SUCCEEDED', output: { taskId, ...facts } });
    expect(record).toMatchObject({ status: 'Completed', taskStatus: 'Completed', ...facts });
    expect(events).toHaveLength(1);
    expect(events[0]).toMatchObject({ 'detail-type': 'OCR Task Completed', detail: { taskId, ...facts } });
  });

  it('keeps every entry, in order, with the extension and content type of its kind', async () => {
    const taskId = newTaskId();
    const pdf = '%PDF-1.7 whale';
    const results = [
      text('whale'),
      { type: 'Pdf', data: base64(pdf) },
      text(''),
      { type: '../../etc/passwd\n', data: base64('odd') },
      text(null),
      { type: null, data: base64('typeless') },
    ];
    courier.simulator.script(taskId, [{ taskStatus: 'Completed', results }]);

    const { record } = await courier.collect({ taskId, operation: 'RecognizeRegions' });

    const folder = `results/RecognizeRegions/${taskId}`;
    expect(record?.results.map(({ key, contentType }) => [key, contentType])).toEqual([
      [`${folder}/0.txt`, 'text/plain; charset=utf-8'],
      [`${folder}/1.pdf`, 'application/pdf'],
      [`${folder}/2.txt`, 'text/plain; charset=utf-8'],
      [`${folder}/3.bin`, 'application/octet-stream'],
      [null, null],
      [`${folder}/5.bin`, 'application/octet-stream'],
    ]);
    expect(String(await courier.object(`${folder}/1.pdf`))).toBe(pdf);
    const manifest = JSON.parse(String(await courier.object(`${folder}/manifest.json`)));
    expect(manifest.results).toEqual(record?.results);
  });

  it('has the same bytes when its JSON is escaped as .NET escapes it', async () => {
    const taskId = newTaskId();
    const content = Buffer.from([0xfb, 0xef, 0xbe, 0xff, 0xff, 0xfe]);
    const body = escapedAsDotNet(
      JSON.stringify({
        taskStatus: 'Completed',
        results: [{ type: 'Other', data: content.toString('base64') }],
      }),
    );
    courier.simulator.script(taskId, [{ httpStatus: 200, body }]);

    await courier.collect({ taskId });

    expect(await courier.object(`results/RecognizeImage/${taskId}/0.bin`)).toEqual(content);
  });

  it('of an evaluation twin is fetched without Authorization and marked as trial', async () => {
    const taskId = newTaskId();
    courier.simulator.script(taskId, [{ taskStatus: 'Completed', results: [text('***')] }]);

    const { events } = await courier.collect({ taskId, operation: 'RecognizeImageTrial' });

    expect(events[0]?.detail).toMatchObject({ outcome: 'Completed', trial: true });
    const fetches = courier.simulator.requests.filter((request) => request.taskId === taskId);
    expect(fetches.map(({ authorization }) => authorization)).toEqual([false]);
  });
});

describe('a task that cannot be completed', () => {
  const data = base64('whale');
  const endings: readonly {
    readonly when: string;
    readonly answers: readonly ScriptedResponse[];
    readonly input?: object;
    readonly outcome: string;
    readonly reason?: string;
    readonly event: string;
    readonly error: string;
    readonly attempts?: number;
    readonly messages?: readonly string[];
  }[] = [
    {
      when: 'Aspose ends it with an error',
      answers: [{ taskStatus: 'Error', error: { messages: ['unreadable'], warnings: null } }],
      outcome: 'Failed',
      reason: 'RecognitionError',
      event: 'OCR Task Failed',
      error: 'OcrTaskFailed',
      attempts: 1,
      messages: ['unreadable'],
    },
    {
      when: 'Aspose ends it with an error of an odd shape',
      answers: [{ httpStatus: 200, body: '{"taskStatus":"Error","error":"boom"}' }],
      outcome: 'Failed',
      reason: 'RecognitionError',
      event: 'OCR Task Failed',
      error: 'OcrTaskFailed',
      attempts: 1,
    },
    ...['NoAnyResultData', 'ResultDataLost', 'PartiallyNotFound'].map((responseStatusCode) => ({
      when: `Aspose says Completed, and ${responseStatusCode}`,
      answers: [{ taskStatus: 'Completed', responseStatusCode, results: null }],
      outcome: 'Failed',
      reason: 'ResultDataLost',
      event: 'OCR Task Failed',
      error: 'OcrTaskFailed',
      attempts: 1,
    })),
    {
      when: 'Aspose does not know it, twice',
      answers: [{ taskStatus: 'NotExist' }],
      outcome: 'NotFound',
      event: 'OCR Task Not Found',
      error: 'OcrTaskNotFound',
      attempts: 2,
    },
    {
      when: 'Aspose has forgotten it after having worked on it',
      answers: [{ taskStatus: 'Pending' }, { taskStatus: 'NotExist' }],
      outcome: 'Expired',
      event: 'OCR Task Expired',
      error: 'OcrTaskExpired',
      attempts: 2,
    },
    {
      when: 'Aspose does not know it, and it was submitted more than a day ago',
      answers: [{ taskStatus: 'NotExist' }],
      input: { submittedAt: '2026-02-27T12:00:00Z' },
      outcome: 'Expired',
      event: 'OCR Task Expired',
      error: 'OcrTaskExpired',
      attempts: 1,
    },
    {
      when: 'it stays Pending until its deadline',
      answers: [{ taskStatus: 'Pending' }],
      outcome: 'TimedOut',
      reason: 'Deadline',
      event: 'OCR Task Timed Out',
      error: 'OcrTaskTimedOut',
    },
    {
      when: 'its poll budget is used up',
      answers: [{ taskStatus: 'Processing' }],
      input: { polling: { maxPolls: 4 } },
      outcome: 'TimedOut',
      reason: 'PollBudget',
      event: 'OCR Task Timed Out',
      error: 'OcrTaskTimedOut',
      attempts: 4,
    },
    {
      when: 'Aspose cannot be reached',
      answers: [{ httpStatus: 502 }],
      outcome: 'Failed',
      reason: 'UpstreamUnavailable',
      event: 'OCR Task Failed',
      error: 'OcrTaskFailed',
      attempts: 12,
    },
    {
      when: 'Aspose answers HTML',
      answers: [{ httpStatus: 200, body: '<html>' }],
      outcome: 'Failed',
      reason: 'ContractViolation',
      event: 'OCR Task Failed',
      error: 'OcrTaskFailed',
      attempts: 3,
    },
    ...[400, 404, 405, 415].map((httpStatus) => ({
      when: `Aspose refuses the request with HTTP ${httpStatus}`,
      answers: [{ httpStatus }],
      outcome: 'Failed',
      reason: 'ContractViolation',
      event: 'OCR Task Failed',
      error: 'OcrTaskFailed',
      attempts: 1,
    })),
    {
      when: "the answer is another task's",
      answers: [{ taskStatus: 'Completed', id: 'someone-elses', results: [{ type: 'Text', data }] }],
      outcome: 'Failed',
      reason: 'ContractViolation',
      event: 'OCR Task Failed',
      error: 'OcrTaskFailed',
      attempts: 1,
    },
    {
      when: 'its data is not base64, twice',
      answers: [{ taskStatus: 'Completed', results: [{ type: 'Text', data: 'd2h_bGU-' }] }],
      outcome: 'Failed',
      reason: 'UndecodableResult',
      event: 'OCR Task Failed',
      error: 'OcrTaskFailed',
      attempts: 2,
    },
    ...['pending', 'COMPLETED', 'Cancelled', '', null].map((taskStatus) => ({
      when: `the task status is ${JSON.stringify(taskStatus)}`,
      answers: [{ taskStatus, results: [{ type: 'Text', data }] }],
      outcome: 'Failed',
      reason: 'UnknownTaskStatus',
      event: 'OCR Task Failed',
      error: 'OcrTaskFailed',
      attempts: 3,
    })),
    ...[401, 403].map((httpStatus) => ({
      when: `Aspose does not accept the token, with HTTP ${httpStatus}`,
      answers: [{ httpStatus }],
      outcome: 'Failed',
      reason: 'CredentialsRejected',
      event: 'OCR Task Failed',
      error: 'OcrTaskFailed',
      attempts: 1,
    })),
  ];

  it.each(endings)('ends as $outcome $reason when $when', async (ending) => {
    const taskId = newTaskId();
    courier.simulator.script(taskId, ending.answers);

    const { execution, events, record } = await courier.collect({ taskId, ...ending.input });

    const { outcome, reason, messages } = ending;
    const facts = { outcome, ...(reason !== undefined && { reason }) };
    expect(execution).toMatchObject({ status: 'FAILED', error: ending.error });
    expect(execution.cause).toContain(`ended as ${outcome}`);
    expect(record).toMatchObject({ status: outcome, ...facts, ...(messages !== undefined && { messages }) });
    expect(record?.attempts).toBe(ending.attempts ?? record?.attempts);
    expect(events).toHaveLength(1);
    expect(events[0]).toMatchObject({ 'detail-type': ending.event, detail: { taskId, ...facts } });
  });

  it('leaves no document of a body that was cut short', async () => {
    const taskId = newTaskId();
    courier.simulator.script(taskId, [
      {
        taskStatus: 'Completed',
        results: [{ type: 'Text', data: base64('x'.repeat(9000)) }],
        fault: 'truncate',
      },
    ]);

    const { record } = await courier.collect({ taskId, polling: { timeoutSeconds: 60 } });

    expect(record).toMatchObject({ outcome: 'Failed', reason: 'UpstreamUnavailable' });
    expect((await courier.keys()).filter((key) => key.includes(`/${taskId}/`))).toEqual([]);
  });

  it('keeps data that cannot be decoded exactly as it came', async () => {
    const taskId = newTaskId();
    const data = `${base64('a whale of a text')}*and more`;
    courier.simulator.script(taskId, [{ taskStatus: 'Completed', results: [{ type: 'Pdf', data }] }]);

    const { record } = await courier.collect({ taskId });

    expect(record?.results[0]).toMatchObject({ key: null, sha256: null });
    expect(String(await courier.object(record?.results[0]?.undecodedKey ?? ''))).toBe(data);
  });
});

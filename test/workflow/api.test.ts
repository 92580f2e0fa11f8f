import { DeleteObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { OPERATION_NAMES } from '../../functions/contracts/operations.ts';
import { openRecord } from '../../functions/core/task-record.ts';
import type { ScriptedResponse } from '../../local/aspose-simulator/scripted-responses.ts';
import { courierForAll, startTestCourier } from '../support/courier.ts';
import { completed, pending } from '../support/responses.ts';
import { publishSubmitted, startsOf } from '../support/submissions.ts';
import { openWaiting } from '../support/waiting.ts';

const courier = await courierForAll();

const { request } = courier;
const { untilWaiting, takeAllSlots } = openWaiting(courier);

/** A task with one document and one result without data. */
const responses = [completed('whale', null)];

/** Runs `work` while a task is being collected. The clock stands still, so the task cannot end. */
async function whileCollecting<T>(taskId: string, work: () => Promise<T>, by = courier): Promise<T> {
  by.simulator.script(taskId, [pending, ...responses]);
  return await by.clock.during(
    (async () => {
      await by.request('POST', '/tasks', { taskId });
      return await work();
    })(),
  );
}

async function collect(taskId: string, more: object = {}) {
  courier.simulator.script(taskId, responses);
  const started = await request('POST', '/tasks', { taskId, ...more });
  await courier.collected(started.body.executionArn, taskId);
  return started;
}

/** Returns the terminal events of a task, without those that a cancellation repeats. */
function endsOf(taskId: string): string[] {
  const ends = courier
    .eventsOf(taskId)
    .map((event) => `${event['detail-type']} ${Object(event.detail).idempotencyKey}`);
  return [...new Set(ends)];
}

/** Lets all existing records expire. */
function expireAll(): void {
  courier.clock.advance(25 * 3600 * 1000);
}

describe('POST /tasks', () => {
  it('starts a collection and returns its location', async () => {
    const { status, headers, body } = await collect('first', { correlation: 'order 7' });
    const { record } = await courier.collected(body.executionArn, 'first');

    expect(status).toBe(202);
    expect(headers.get('location')).toBe('/tasks/first');
    expect(body.executionArn).toMatch(/:first-1$/);
    expect(body.record).toMatchObject({ taskId: 'first', status: 'Collecting', correlation: 'order 7' });
    expect(record).toMatchObject({ status: 'Completed', executionArn: body.executionArn, generation: 1 });
    expect(courier.eventsOf('first')).toHaveLength(1);
  });

  it('returns the running execution, and later the stored record, for a repeated request', async () => {
    const repeat = () => request('POST', '/tasks', { taskId: 'twice', correlation: 'another' });

    const meanwhile = await whileCollecting('twice', repeat);
    await courier.collected(meanwhile.body.executionArn, 'twice');
    const afterwards = await repeat();

    expect(meanwhile).toMatchObject({ status: 200, body: { record: { status: 'Collecting' } } });
    expect(afterwards).toMatchObject({ status: 200, body: { record: { status: 'Completed' } } });
    expect([meanwhile, afterwards].map(({ body }) => body.record.correlation)).toEqual([
      undefined,
      undefined,
    ]);
    expect(afterwards.body.executionArn).toBe(meanwhile.body.executionArn);
    expect(startsOf(courier, 'twice')).toBe(1);
  });

  it('starts a new generation when the request asks to recollect', async () => {
    await collect('repeated');

    const { status, body } = await collect('repeated', { recollect: true });

    expect(status).toBe(202);
    expect(body.executionArn).toMatch(/:repeated-2$/);
    expect(body.record.generation).toBe(2);
    expect(courier.eventsOf('repeated').map(({ detail }) => Object(detail).idempotencyKey)).toEqual([
      'RecognizeImage/repeated/1',
      'RecognizeImage/repeated/2',
    ]);
  });

  it('refuses to recollect the last generation, and starts and claims nothing', async () => {
    courier.simulator.script('gen-max', responses);
    await publishSubmitted(courier, { taskId: 'gen-max', generation: 1_000_000 });
    await courier.stack.settled();
    const before = await courier.records.read('gen-max');

    const refused = await request('POST', '/tasks', { taskId: 'gen-max', recollect: true });

    expect(refused).toMatchObject({
      status: 400,
      body: { detail: 'generation: got 1000001; allowed: a whole number from 1 to 1000000' },
    });
    expect(before).toMatchObject({ status: 'Completed' });
    expect(await courier.records.read('gen-max')).toEqual(before);
  });

  it('S14: lets the owner recollect a task that another caller has claimed with other values', async () => {
    courier.simulator.script('spoiled', [pending, completed('whale')]);
    const claim = { taskId: 'spoiled', correlation: 'foreign', polling: { maxPolls: 1 } };
    const { body: foreign } = await request('POST', '/tasks', claim);
    await courier.collected(foreign.executionArn, 'spoiled');

    const task = { taskId: 'spoiled', correlation: 'own' };
    const repeated = await request('POST', '/tasks', task);
    const recollected = await request('POST', '/tasks', { ...task, recollect: true });

    expect(repeated).toMatchObject({
      status: 200,
      body: { record: { status: 'TimedOut', correlation: 'foreign' } },
    });
    const { record } = await courier.collected(recollected.body.executionArn, 'spoiled');
    expect(record).toMatchObject({ status: 'Completed', correlation: 'own', generation: 2 });
  });

  it('S14: returns 409 for the id of a task of another operation', async () => {
    await collect('other');

    const { status, body } = await request('POST', '/tasks', {
      taskId: 'other',
      operation: 'RecognizePdf',
    });

    expect(status).toBe(409);
    expect(body).toMatchObject({
      type: 'urn:ocr-courier:problem:TaskConflict',
      status: 409,
      detail: expect.stringContaining('for RecognizeImage; it cannot be collected for RecognizePdf'),
    });
  });

  it('O1: makes one collection of simultaneous starts by POST /tasks and StartExecution', async () => {
    const taskIds = Array.from({ length: 3 }, () => courier.createTask(pending, ...responses));

    await Promise.all(
      taskIds.map(async (taskId) => {
        const [posted, postedToo, started] = await Promise.all([
          request('POST', '/tasks', { taskId }),
          request('POST', '/tasks', { taskId, correlation: 'another body' }),
          courier.start({ taskId }),
        ]);
        await Promise.all(
          [posted.body.executionArn, postedToo.body.executionArn, started.executionArn].map((arn) =>
            courier.collected(arn, taskId),
          ),
        );
      }),
    );

    for (const taskId of taskIds) {
      expect(courier.eventsOf(taskId)).toHaveLength(1);
      expect(await courier.records.read(taskId)).toMatchObject({
        status: 'Completed',
        generation: 1,
        attempts: 2,
      });
    }
  });

  it('O8: starts a new generation when the record has expired', async () => {
    await collect('expired');
    expireAll();

    const { status, body } = await collect('expired');

    expect(status).toBe(202);
    expect(body.executionArn).toMatch(/:expired-2$/);
    expect(body.record).toMatchObject({ generation: 2 });
  });
});

describe('GET /tasks/{taskId}', () => {
  it('O8: returns the record until it expires, and then 404 even before DynamoDB deletes it', async () => {
    await collect('kept');
    const record = await courier.records.read('kept');

    const kept = await request('GET', '/tasks/kept');
    expireAll();
    const expired = await request('GET', '/tasks/kept');

    expect(kept).toMatchObject({ status: 200, body: record });
    expect(expired).toMatchObject({ status: 404, body: { type: 'urn:ocr-courier:problem:TaskNotFound' } });
  });
});

/** Starts a collection and, at the same instant of the clock, a GET that waits. */
async function collectAndWait(taskId: string, responses: readonly ScriptedResponse[], prefer: string) {
  courier.simulator.script(taskId, responses);
  return await courier.clock.during(
    (async () => {
      const started = await request('POST', '/tasks', { taskId });
      const waiting = request('GET', `/tasks/${taskId}`, undefined, { prefer });
      await untilWaiting();
      return { executionArn: started.body.executionArn, waiting };
    })(),
  );
}

/** Returns the line that the API logged about a response. */
function loggedAbout({ headers }: { readonly headers: Headers }): Record<string, unknown> {
  const requestId = headers.get('x-request-id') ?? '';
  const line = courier.logs.find((text) => text.includes('"Responded"') && text.includes(requestId));
  return JSON.parse(line ?? '{}');
}

describe('GET /tasks/{taskId} with Prefer: wait', () => {
  it('responds as soon as the task has ended', async () => {
    const { waiting } = await collectAndWait('awaited', [pending, pending, ...responses], 'wait=20');
    const response = await waiting;

    const { status, headers, body } = response;
    expect({ status, body }).toMatchObject({ status: 200, body: { status: 'Completed', attempts: 3 } });
    expect(headers.get('preference-applied')).toBe('wait=20');
    expect(headers.get('retry-after')).toBeNull();
    const endedAfter = (Date.parse(body.completedAt) - Date.parse(body.startedAt)) / 1000;
    const { waitedSeconds } = loggedAbout(response);
    expect(Number(waitedSeconds)).toBeGreaterThan(endedAfter - 0.1);
    expect(Number(waitedSeconds)).toBeLessThan(endedAfter + 2.1);
  });

  it('responds after the wait, of at most 25 seconds, when the task has not ended', async () => {
    const { waiting, executionArn } = await collectAndWait('slow', [pending], 'Wait="60"');
    const response = await waiting;
    await request('DELETE', '/tasks/slow');
    await courier.collected(executionArn, 'slow');

    const { status, headers, body } = response;
    expect({ status, body }).toMatchObject({ status: 200, body: { status: 'Collecting' } });
    expect(headers.get('preference-applied')).toBe('wait=25');
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    expect(loggedAbout(response)).toMatchObject({ waitedSeconds: 25 });
  });

  it('S40: responds immediately, without Preference-Applied, when all slots are taken', async () => {
    const freeAll = await takeAllSlots();

    const response = await whileCollecting('crowded', () =>
      request('GET', '/tasks/crowded', undefined, { prefer: 'wait=20' }),
    );
    await freeAll();

    const { status, headers, body } = response;
    expect({ status, body }).toMatchObject({ status: 200, body: { status: 'Collecting' } });
    expect(headers.get('preference-applied')).toBeNull();
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    expect(loggedAbout(response)).toMatchObject({ waitDeclined: true });
    expect(loggedAbout(response)).not.toHaveProperty('waitedSeconds');
  });

  it('responds immediately for an ended task, and with 404 for an unknown one', async () => {
    await collect('over');
    const get = (path: string) => request('GET', path, undefined, { prefer: 'wait=20' });

    const over = await courier.clock.during(get('/tasks/over'));
    const unknown = await courier.clock.during(get('/tasks/unknown'));

    expect(over).toMatchObject({ status: 200, body: { status: 'Completed' } });
    expect(over.headers.get('preference-applied')).toBe('wait=20');
    expect(unknown.status).toBe(404);
    expect(unknown.headers.get('preference-applied')).toBeNull();
  });
});

describe('GET /tasks', () => {
  it('S21: lists tasks newest first by page, with cursors that hold no ids', async () => {
    expireAll();
    for (const taskId of ['a', 'b', 'c', 'd', 'e']) {
      await collect(`listed-${taskId}`);
      courier.clock.advance(1000);
    }

    const listed: string[] = [];
    const cursors: string[] = [];
    for (let path = '/tasks?limit=2'; path !== ''; ) {
      const { body } = await request('GET', path);
      listed.push(...body.tasks.map(({ taskId }: { taskId: string }) => taskId));
      if (body.cursor !== undefined) cursors.push(body.cursor);
      path = body.cursor === undefined ? '' : `/tasks?limit=2&cursor=${body.cursor}`;
    }

    expect(listed).toEqual(['listed-e', 'listed-d', 'listed-c', 'listed-b', 'listed-a']);
    expect(cursors.map((cursor) => Buffer.from(cursor, 'base64url').toString()).join()).not.toContain(
      'listed',
    );
  });

  it('O8: filters by status and operation, and omits expired tasks', async () => {
    await collect('old');
    expireAll();
    await collect('image');
    await collect('pdf', { operation: 'RecognizePdf' });
    const ids = async (query: string) =>
      (await request('GET', `/tasks${query}`)).body.tasks.map(({ taskId }: { taskId: string }) => taskId);

    expect(await ids('')).toEqual(['pdf', 'image']);
    expect(await ids('?status=Completed&operation=RecognizePdf')).toEqual(['pdf']);
    expect(await ids('?status=Failed')).toEqual([]);
  });
});

describe('the results of a task', () => {
  it('S9 S10 U4: are returned with links that download attachments and are in no log', async () => {
    await collect('done');

    const { status, body } = await request('GET', '/tasks/done/results');
    const document = await fetch(body.results[0].url);
    const manifest = await fetch(body.manifestUrl);

    expect(status).toBe(200);
    expect(body).toMatchObject({
      status: 'Completed',
      resultCount: 2,
      results: [{ index: 0 }, { url: null }],
    });
    expect(new URL(body.results[0].url).searchParams.get('X-Amz-Expires')).toBe(String(body.linkSeconds));
    expect(await document.text()).toBe('whale');
    // The S3 emulator ignores this parameter.
    expect(new URL(body.results[0].url).searchParams.get('response-content-disposition')).toBe(
      'attachment; filename="done-0.txt"',
    );
    expect(await manifest.json()).toMatchObject({ taskId: 'done' });
    expect(body.results[0].url).toContain('X-Amz-Signature');
    expect(courier.logs.filter((line) => line.includes('X-Amz-Signature'))).toEqual([]);
  });

  it('redirect to the document of an index', async () => {
    await collect('one');

    const first = await request('GET', '/tasks/one/results/0');
    const withoutData = await request('GET', '/tasks/one/results/1');
    const beyond = await request('GET', '/tasks/one/results/2');

    expect(first.status).toBe(302);
    expect(await (await fetch(first.headers.get('location') ?? '')).text()).toBe('whale');
    expect(courier.logs.filter((line) => line.includes('X-Amz-Signature'))).toEqual([]);
    expect(withoutData).toMatchObject({
      status: 404,
      body: { detail: expect.stringContaining('sent no data') },
    });
    expect(beyond).toMatchObject({ status: 404, body: { detail: expect.stringContaining('has 2 results') } });
  });

  it('return 409 with Retry-After while the task is being collected', async () => {
    const early = await whileCollecting('early', async () => [
      await request('GET', '/tasks/early/results'),
      await request('GET', '/tasks/early/results/0'),
    ]);

    for (const response of early) {
      expect(response).toMatchObject({
        status: 409,
        body: { type: 'urn:ocr-courier:problem:TaskStillCollecting' },
      });
      expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
    }
  });

  it('O8: return 410 once the record has expired or the documents are deleted', async () => {
    await collect('deleted');
    const s3 = new S3Client(courier.stack.clientConfig('s3'));
    const Bucket = courier.stack.resource('AWS::S3::Bucket').name;
    const deleteKey = (name: string) =>
      s3.send(new DeleteObjectCommand({ Bucket, Key: `results/RecognizeImage/deleted/${name}` }));

    await deleteKey('0.txt');
    const document = await request('GET', '/tasks/deleted/results/0');
    await deleteKey('manifest.json');
    const manifest = await request('GET', '/tasks/deleted/results');
    expireAll();
    const expired = await request('GET', '/tasks/deleted/results');

    for (const response of [document, manifest, expired]) {
      expect(response).toMatchObject({
        status: 410,
        body: { type: 'urn:ocr-courier:problem:DocumentsGone' },
      });
    }
  });
});

describe('DELETE /tasks/{taskId}', () => {
  it('stops the execution, which ends the task as Cancelled with one event', async () => {
    const cancelled = await whileCollecting('unwanted', () => request('DELETE', '/tasks/unwanted'));
    const { execution, record } = await courier.collected(cancelled.body.executionArn, 'unwanted');
    const repeated = await request('DELETE', '/tasks/unwanted');

    expect([cancelled.status, repeated.status]).toEqual([202, 202]);
    expect(execution.error).toBe('OcrTaskCancelled');
    expect(record).toMatchObject({ status: 'Cancelled' });
    expect(endsOf('unwanted')).toEqual(['OCR Task Cancelled RecognizeImage/unwanted/1']);
    expect(courier.simulator.requests.filter(({ method }) => method === 'DELETE')).toEqual([]);
  });

  it('ends a task whose execution no longer exists, with its event', async () => {
    const gone = { executionArn: 'arn:aws:states:::execution:other:gone', startedAt: courier.clock.now() };
    const input = { taskId: 'orphan', operation: 'RecognizeImage', generation: 1 } as const;
    await courier.records.write(openRecord(input, gone, gone.startedAt));

    const { status } = await request('DELETE', '/tasks/orphan');

    expect(status).toBe(202);
    expect(endsOf('orphan')).toEqual(['OCR Task Cancelled RecognizeImage/orphan/1']);
  });

  it('publishes the Cancelled event even when the task is recollected immediately', async () => {
    const recollected = await whileCollecting('undecided', async () => {
      await request('DELETE', '/tasks/undecided');
      return await request('POST', '/tasks', { taskId: 'undecided', recollect: true });
    });
    await courier.collected(recollected.body.executionArn, 'undecided');

    expect(endsOf('undecided')).toEqual([
      'OCR Task Cancelled RecognizeImage/undecided/1',
      'OCR Task Completed RecognizeImage/undecided/2',
    ]);
  });

  it('cancels at Aspose, too, when configured', async () => {
    const CREDENTIALS_SECRET = courier.stack.outputs['CredentialsSecretArn'] ?? '';
    await using cancelling = await startTestCourier({
      environment: { CANCEL_AT_VENDOR: 'true', CREDENTIALS_SECRET },
    });

    const cancelled = await whileCollecting(
      'costly',
      () => cancelling.request('DELETE', '/tasks/costly'),
      cancelling,
    );

    expect(cancelled.status).toBe(202);
    expect(cancelling.simulator.requests.filter(({ method }) => method === 'DELETE')).toMatchObject([
      { operation: 'RecognizeImage', taskId: 'costly', authorization: true },
    ]);
  });

  it('returns 409 for a task that has ended, and 404 for an unknown task', async () => {
    await collect('ended');

    expect(await request('DELETE', '/tasks/ended')).toMatchObject({
      status: 409,
      body: { type: 'urn:ocr-courier:problem:TaskEnded' },
    });
    expect(await request('DELETE', '/tasks/never')).toMatchObject({ status: 404 });
  });
});

it('every response has a request id that is in the logs', async () => {
  for (const path of ['/tasks', '/tasks/never', '/openapi.json']) {
    const { headers } = await request('GET', path);
    const requestId = headers.get('x-request-id') ?? 'none';
    expect(courier.logs.filter((line) => line.includes(`"requestId":"${requestId}"`))).not.toEqual([]);
  }
});

it('GET /openapi.json returns the OpenAPI document', async () => {
  expect(await request('GET', '/openapi.json')).toMatchObject({
    status: 200,
    body: { openapi: '3.1.0' },
  });
});

describe('a bad request', () => {
  it.each([
    ['an unknown field', { taskId: 'x', tasks: 1 }, /^tasks: got a field that does not exist; allowed: /],
    ['no task id', {}, /^taskId: got nothing; allowed: 1 to 64 characters/],
    ['another operation', { taskId: 'x', operation: 'Read' }, /^operation: got 'Read'; allowed: one of Rec/],
    ['a generation', { taskId: 'x', generation: 2 }, /^generation: got a field that does not exist/],
    ['a submission in the future', { taskId: 'x', submittedAt: '2030-01-01T00:00:00Z' }, /^submittedAt: /],
    ['a bad policy', { taskId: 'x', polling: { maxPolls: 0 } }, /^polling.maxPolls: got 0; allowed: /],
    ['no JSON', '{canary', /^body: got 7 characters that are not JSON; allowed: a JSON object$/],
  ])('U1 S20: POST /tasks refuses %s with the name of the field', async (_, body, detail) => {
    const starts = startsOf(courier, '');

    const response = await request('POST', '/tasks', body);

    expect(response.status).toBe(400);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(response.body.detail).toMatch(detail);
    expect(startsOf(courier, '')).toBe(starts);
  });

  it.each([
    ['/tasks/never', 404, /^taskId: there is no task never, or its record has expired$/],
    ['/tasks/no%20id', 400, /^taskId: got a string of 5 characters, with " " at 3; allowed: /],
    [
      '/tasks/never?verbose=1',
      400,
      /^verbose: got a field that does not exist; allowed: no query parameters$/,
    ],
    ['/tasks/a%2Fb', 400, /^taskId: got a string of 3 characters, with "\/" at 2; allowed: /],
  ])('GET %s returns %i', async (path, status, detail) => {
    expect(await request('GET', path)).toMatchObject({
      status,
      body: { status, detail: expect.stringMatching(detail) },
    });
  });

  it.each([
    ['?status=Done', /^status: got 'Done'; allowed: one of Collecting, Completed, /],
    ['?operation=Read', new RegExp(`^operation: got 'Read'; allowed: one of ${OPERATION_NAMES.join(', ')}$`)],
    ['?limit=0', /^limit: got 0; allowed: a whole number from 1 to 100$/],
    ['?limit=ten', /^limit: got 'ten'; /],
    ['?cursor=bWU', /^cursor: got 'bWU'; allowed: the cursor of a page, unchanged$/],
    [
      `?cursor=${Buffer.from(`2026-03-01T12:00:00.000Z#${'0'.repeat(16)}`).toString('base64url')}`,
      /^cursor: /,
    ],
    ['?status=Failed&status=Completed', /^status: got 2 values; allowed: one value$/],
    ['?limit=1&limit=2', /^limit: got 2 values; allowed: one value$/],
    [
      '?page=2',
      /^page: got a field that does not exist; allowed: an object with any of status, operation, limit, cursor$/,
    ],
  ])('GET /tasks%s returns 400 with the name of the parameter', async (query, detail) => {
    expect(await request('GET', `/tasks${query}`)).toMatchObject({
      status: 400,
      body: { detail: expect.stringMatching(detail) },
    });
  });

  it.each(['x', '-1', '1.5', '1000000'])('GET /tasks/any/results/%s returns 400', async (index) => {
    expect(await request('GET', `/tasks/any/results/${index}`)).toMatchObject({
      status: 400,
      body: { detail: expect.stringMatching(/^index: got .*; allowed: a whole number from 0 to 999999$/) },
    });
  });
});

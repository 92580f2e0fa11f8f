import { DeleteObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { describe, expect, test } from 'vitest';
import { OPERATION_NAMES } from '../../functions/contracts/operations.ts';
import { openRecord } from '../../functions/core/task-record.ts';
import { courierForAll, newTaskId, startTestCourier } from '../support/courier.ts';
import { base64, pending } from '../support/responses.ts';
import { startsOf } from '../support/submissions.ts';

const courier = await courierForAll();

const completed = {
  taskStatus: 'Completed',
  results: [
    { type: 'Text', data: base64('whale') },
    { type: 'Text', data: null },
  ],
};

async function call(method: string, path: string, body?: unknown, { stack } = courier) {
  const response = await fetch(`${stack.outputs['ApiUrl']}${path}`, {
    method,
    redirect: 'manual',
    ...(body !== undefined && {
      body: typeof body === 'string' ? body : JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
    }),
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: text === '' ? undefined : JSON.parse(text),
  };
}

/** A task that is being collected, and stays so until time goes on: the clock stands still meanwhile. */
async function whileCollecting<T>(taskId: string, work: () => Promise<T>, by = courier): Promise<T> {
  by.simulator.script(taskId, [pending, completed]);
  return await by.clock.during(
    (async () => {
      await call('POST', '/tasks', { taskId }, by);
      return await work();
    })(),
  );
}

async function collect(taskId: string, more: object = {}) {
  courier.simulator.script(taskId, [completed]);
  const started = await call('POST', '/tasks', { taskId, ...more });
  await courier.collected(started.body.executionArn, taskId);
  return started;
}

/** The terminal events of a task, each once: a poll at the moment of a cancellation tells of it a second time. */
function endsOf(taskId: string): string[] {
  const ends = courier
    .eventsOf(taskId)
    .map((event) => `${event['detail-type']} ${Object(event.detail).idempotencyKey}`);
  return [...new Set(ends)];
}

/** Lets everything expire that other tests have left behind, or this one. */
function expireAll(): void {
  courier.clock.advance(25 * 3600 * 1000);
}

describe('POST /tasks', () => {
  test('starts a collection, and tells where to look', async () => {
    const { status, headers, body } = await collect('first', { correlation: 'order 7' });
    const { record } = await courier.collected(body.executionArn, 'first');

    expect(status).toBe(202);
    expect(headers.get('location')).toBe('/tasks/first');
    expect(body.executionArn).toMatch(/:first-1$/);
    expect(body.record).toMatchObject({ taskId: 'first', status: 'Collecting', correlation: 'order 7' });
    expect(record).toMatchObject({ status: 'Completed', executionArn: body.executionArn, generation: 1 });
    expect(courier.eventsOf('first')).toHaveLength(1);
  });

  test('gives the same execution again while it runs, and the stored record after it has ended', async () => {
    const again = () => call('POST', '/tasks', { taskId: 'twice', correlation: 'another' });

    const meanwhile = await whileCollecting('twice', again);
    await courier.collected(meanwhile.body.executionArn, 'twice');
    const afterwards = await again();

    expect(meanwhile).toMatchObject({ status: 200, body: { record: { status: 'Collecting' } } });
    expect(afterwards).toMatchObject({ status: 200, body: { record: { status: 'Completed' } } });
    expect(afterwards.body.executionArn).toBe(meanwhile.body.executionArn);
    expect(startsOf(courier, 'twice')).toBe(1);
  });

  test('collects once more if asked to: a new generation', async () => {
    await collect('again');

    const { status, body } = await collect('again', { recollect: true });

    expect(status).toBe(202);
    expect(body.executionArn).toMatch(/:again-2$/);
    expect(body.record.generation).toBe(2);
    expect(courier.eventsOf('again').map(({ detail }) => Object(detail).idempotencyKey)).toEqual([
      'RecognizeImage/again/1',
      'RecognizeImage/again/2',
    ]);
  });

  test('refuses the id of a task of another operation', async () => {
    await collect('other');

    const { status, body } = await call('POST', '/tasks', {
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

  test('and StartExecution at the same moment make one collection', async () => {
    const taskIds = Array.from({ length: 3 }, newTaskId);

    await Promise.all(
      taskIds.map(async (taskId) => {
        courier.simulator.script(taskId, [pending, completed]);
        const [posted, postedToo, started] = await Promise.all([
          call('POST', '/tasks', { taskId }),
          call('POST', '/tasks', { taskId, correlation: 'another body' }),
          courier.stack.startExecution({ input: { taskId } }),
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

  test('starts anew when the record has expired, under a name that is free', async () => {
    await collect('expired');
    expireAll();

    const { status, body } = await collect('expired');

    expect(status).toBe(202);
    expect(body.executionArn).toMatch(/:expired-2$/);
    expect(body.record).toMatchObject({ generation: 2 });
  });
});

describe('GET /tasks/{taskId}', () => {
  test('gives the record until it expires, whether or not DynamoDB has deleted it', async () => {
    await collect('kept');
    const record = await courier.records.read('kept');

    const kept = await call('GET', '/tasks/kept');
    expireAll();
    const expired = await call('GET', '/tasks/kept');

    expect(kept).toMatchObject({ status: 200, body: record });
    expect(expired).toMatchObject({ status: 404, body: { type: 'urn:ocr-courier:problem:TaskNotFound' } });
  });
});

describe('GET /tasks', () => {
  test('lists tasks newest first, page by page, with cursors that hold no ids', async () => {
    expireAll();
    for (const taskId of ['a', 'b', 'c', 'd', 'e']) {
      await collect(`listed-${taskId}`);
      courier.clock.advance(1000);
    }

    const listed: string[] = [];
    const cursors: string[] = [];
    for (let path = '/tasks?limit=2'; path !== ''; ) {
      const { body } = await call('GET', path);
      listed.push(...body.tasks.map(({ taskId }: { taskId: string }) => taskId));
      if (body.cursor !== undefined) cursors.push(body.cursor);
      path = body.cursor === undefined ? '' : `/tasks?limit=2&cursor=${body.cursor}`;
    }

    expect(listed).toEqual(['listed-e', 'listed-d', 'listed-c', 'listed-b', 'listed-a']);
    expect(cursors.map((cursor) => Buffer.from(cursor, 'base64url').toString()).join()).not.toContain(
      'listed',
    );
  });

  test('takes those of a status, or of an operation, and leaves out the expired', async () => {
    await collect('old');
    expireAll();
    await collect('image');
    await collect('pdf', { operation: 'RecognizePdf' });
    const ids = async (query: string) =>
      (await call('GET', `/tasks${query}`)).body.tasks.map(({ taskId }: { taskId: string }) => taskId);

    expect(await ids('')).toEqual(['pdf', 'image']);
    expect(await ids('?status=Completed&operation=RecognizePdf')).toEqual(['pdf']);
    expect(await ids('?status=Failed')).toEqual([]);
  });
});

describe('the results of a task', () => {
  test('come with links to the documents, as attachments', async () => {
    await collect('done');

    const { status, body } = await call('GET', '/tasks/done/results');
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
    // The emulator of S3 does not obey it.
    expect(new URL(body.results[0].url).searchParams.get('response-content-disposition')).toBe(
      'attachment; filename="done-0.txt"',
    );
    expect(await manifest.json()).toMatchObject({ taskId: 'done' });
    expect(body.results[0].url).toContain('X-Amz-Signature');
    expect(courier.logs.filter((line) => line.includes('X-Amz-Signature'))).toEqual([]);
  });

  test('lead one by one to their documents', async () => {
    await collect('one');

    const first = await call('GET', '/tasks/one/results/0');
    const withoutData = await call('GET', '/tasks/one/results/1');
    const beyond = await call('GET', '/tasks/one/results/2');

    expect(first.status).toBe(302);
    expect(await (await fetch(first.headers.get('location') ?? '')).text()).toBe('whale');
    expect(courier.logs.filter((line) => line.includes('X-Amz-Signature'))).toEqual([]);
    expect(withoutData).toMatchObject({
      status: 404,
      body: { detail: expect.stringContaining('sent no data') },
    });
    expect(beyond).toMatchObject({ status: 404, body: { detail: expect.stringContaining('has 2 results') } });
  });

  test('are to be asked for again while the task is being collected', async () => {
    const answers = await whileCollecting('early', async () => [
      await call('GET', '/tasks/early/results'),
      await call('GET', '/tasks/early/results/0'),
    ]);

    for (const answer of answers) {
      expect(answer).toMatchObject({
        status: 409,
        body: { type: 'urn:ocr-courier:problem:TaskStillCollecting' },
      });
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    }
  });

  test('are gone once the record has expired, or the documents have', async () => {
    await collect('deleted');
    const s3 = new S3Client(courier.stack.clientConfig('s3'));
    const Bucket = courier.stack.resource('AWS::S3::Bucket').name;
    const deleteKey = (name: string) =>
      s3.send(new DeleteObjectCommand({ Bucket, Key: `results/RecognizeImage/deleted/${name}` }));

    await deleteKey('0.txt');
    const document = await call('GET', '/tasks/deleted/results/0');
    await deleteKey('manifest.json');
    const manifest = await call('GET', '/tasks/deleted/results');
    expireAll();
    const expired = await call('GET', '/tasks/deleted/results');

    for (const answer of [document, manifest, expired]) {
      expect(answer).toMatchObject({ status: 410, body: { type: 'urn:ocr-courier:problem:DocumentsGone' } });
    }
  });
});

describe('DELETE /tasks/{taskId}', () => {
  test('stops the execution; the task ends as Cancelled, with its event', async () => {
    const cancelled = await whileCollecting('unwanted', () => call('DELETE', '/tasks/unwanted'));
    const { execution, record } = await courier.collected(cancelled.body.executionArn, 'unwanted');
    const repeated = await call('DELETE', '/tasks/unwanted');

    expect([cancelled.status, repeated.status]).toEqual([202, 202]);
    expect(execution.error).toBe('OcrTaskCancelled');
    expect(record).toMatchObject({ status: 'Cancelled' });
    expect(endsOf('unwanted')).toEqual(['OCR Task Cancelled RecognizeImage/unwanted/1']);
    expect(courier.simulator.requests.filter(({ method }) => method === 'DELETE')).toEqual([]);
  });

  test('ends a task whose execution is gone, and was never closed, with its event', async () => {
    const gone = { executionArn: 'arn:aws:states:::execution:other:gone', startedAt: courier.clock.now() };
    const input = { taskId: 'orphan', operation: 'RecognizeImage', generation: 1 } as const;
    await courier.records.write(openRecord(input, gone, gone.startedAt));

    const { status } = await call('DELETE', '/tasks/orphan');

    expect(status).toBe(202);
    expect(endsOf('orphan')).toEqual(['OCR Task Cancelled RecognizeImage/orphan/1']);
  });

  test('ends a task with its event even if it is collected anew at once', async () => {
    const anew = await whileCollecting('undecided', async () => {
      await call('DELETE', '/tasks/undecided');
      return await call('POST', '/tasks', { taskId: 'undecided', recollect: true });
    });
    await courier.collected(anew.body.executionArn, 'undecided');

    expect(endsOf('undecided')).toEqual([
      'OCR Task Cancelled RecognizeImage/undecided/1',
      'OCR Task Completed RecognizeImage/undecided/2',
    ]);
  });

  test('cancels at the vendor, too, if configured', async () => {
    const CREDENTIALS_SECRET = courier.stack.outputs['CredentialsSecretArn'] ?? '';
    await using cancelling = await startTestCourier({
      environment: { CANCEL_AT_VENDOR: 'true', CREDENTIALS_SECRET },
    });

    const cancelled = await whileCollecting(
      'costly',
      () => call('DELETE', '/tasks/costly', undefined, cancelling),
      cancelling,
    );

    expect(cancelled.status).toBe(202);
    expect(cancelling.simulator.requests.filter(({ method }) => method === 'DELETE')).toMatchObject([
      { operation: 'RecognizeImage', taskId: 'costly', authorization: true },
    ]);
  });

  test('has nothing to do for a task that has ended, or never was', async () => {
    await collect('ended');

    expect(await call('DELETE', '/tasks/ended')).toMatchObject({
      status: 409,
      body: { type: 'urn:ocr-courier:problem:TaskEnded' },
    });
    expect(await call('DELETE', '/tasks/never')).toMatchObject({ status: 404 });
  });
});

test('each answer has a request id that is also in the logs', async () => {
  for (const path of ['/tasks', '/tasks/never', '/openapi.json']) {
    const { headers } = await call('GET', path);
    const requestId = headers.get('x-request-id') ?? 'none';
    expect(courier.logs.filter((line) => line.includes(`"requestId":"${requestId}"`))).not.toEqual([]);
  }
});

test('GET /openapi.json gives the OpenAPI document', async () => {
  expect(await call('GET', '/openapi.json')).toMatchObject({
    status: 200,
    body: { openapi: '3.1.0' },
  });
});

describe('a bad request', () => {
  test.each([
    ['an unknown field', { taskId: 'x', tasks: 1 }, /^tasks: got a field that does not exist; allowed: /],
    ['no task id', {}, /^taskId: got nothing; allowed: 1 to 64 characters/],
    ['another operation', { taskId: 'x', operation: 'Read' }, /^operation: got 'Read'; allowed: one of Rec/],
    ['a generation', { taskId: 'x', generation: 2 }, /^generation: got a field that does not exist/],
    ['a submission in the future', { taskId: 'x', submittedAt: '2030-01-01T00:00:00Z' }, /^submittedAt: /],
    ['a bad policy', { taskId: 'x', polling: { maxPolls: 0 } }, /^polling.maxPolls: got 0; allowed: /],
    ['no JSON', '{canary', /^body: got 7 characters that are not JSON; allowed: a JSON object$/],
  ])('POST /tasks refuses %s', async (_, body, detail) => {
    const starts = startsOf(courier, '');

    const answer = await call('POST', '/tasks', body);

    expect(answer.status).toBe(400);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(answer.body.detail).toMatch(detail);
    expect(startsOf(courier, '')).toBe(starts);
  });

  test.each([
    ['/tasks/never', 404, /^taskId: there is no task never, or its record has expired$/],
    ['/tasks/no%20id', 400, /^taskId: got a string of 5 characters, with " " at 3; allowed: /],
    [
      '/tasks/never?verbose=1',
      400,
      /^verbose: got a field that does not exist; allowed: no query parameters$/,
    ],
    ['/tasks/a%2Fb', 404, /^path: got one that has no route$/],
  ])('GET %s is answered with %i', async (path, status, detail) => {
    expect(await call('GET', path)).toMatchObject({
      status,
      body: { status, detail: expect.stringMatching(detail) },
    });
  });

  test.each([
    ['?status=Done', /^status: got 'Done'; allowed: one of Collecting, Completed, /],
    ['?operation=Read', new RegExp(`^operation: got 'Read'; allowed: one of ${OPERATION_NAMES.join(', ')}$`)],
    ['?limit=0', /^limit: got 0; allowed: a whole number from 1 to 100$/],
    ['?limit=ten', /^limit: got 'ten'; /],
    ['?cursor=bWU', /^cursor: got 'bWU'; allowed: the cursor of a page, unchanged$/],
    [
      `?cursor=${Buffer.from(`2026-03-01T12:00:00.000Z#${'0'.repeat(16)}`).toString('base64url')}`,
      /^cursor: /,
    ],
    ['?status=Failed&status=Completed', /^status: got a string of 16 characters, with "," at 7; /],
    [
      '?page=2',
      /^page: got a field that does not exist; allowed: an object with any of status, operation, limit, cursor$/,
    ],
  ])('GET /tasks%s is refused', async (query, detail) => {
    const answer = await call('GET', `/tasks${query}`);

    expect(answer).toMatchObject({ status: 400, body: { detail: expect.stringMatching(detail) } });
  });

  test.each(['x', '-1', '1.5', '1000000'])('results have no index %s', async (index) => {
    expect(await call('GET', `/tasks/any/results/${index}`)).toMatchObject({
      status: 400,
      body: { detail: expect.stringMatching(/^index: got .*; allowed: a whole number from 0 to 999999$/) },
    });
  });
});

import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { OPERATION_NAMES, OPERATIONS } from '../../../functions/contracts/operations.ts';
import { type AsposeSimulator, startAsposeSimulator } from '../../../local/aspose-simulator/server.ts';
import { SUPPORTED_OPERATIONS } from '../../../local/aspose-simulator/supported-operations.ts';
import { VirtualClock } from '../../../local/clock.ts';
import { fakeRecognizer, PAGE } from '../../support/fake-recognizer.ts';
import { pdfOf } from '../../support/pdfs.ts';
import {
  call,
  fetchTask,
  headersFor,
  problemOf,
  readSample,
  recognize,
  requestToken,
  submit,
  textsOf,
} from '../../support/simulator-client.ts';
import { startUnfinishedUpload } from '../../support/unfinished-upload.ts';
import { UNTIL_TEST_HANGS } from '../../support/until.ts';

const AT_ONCE = { pendingSeconds: 0, processingSeconds: 0 };
const WHOLE_FORM = { rect: { topLeftX: 0, topLeftY: 0, bottomRightX: 1180, bottomRightY: 720 }, order: 0 };
const UNKNOWN_ID = 'c4b60313-4f78-45f8-b708-069eb98dc22e';

let simulator: AsposeSimulator;
beforeAll(async () => {
  simulator = await startAsposeSimulator({ recognizer: fakeRecognizer(), timeline: AT_ONCE });
});
afterAll(() => simulator.close());

describe.each(SUPPORTED_OPERATIONS)('%s', (operation) => {
  const settings = operation === 'RecognizeRegions' ? { regions: [WHOLE_FORM] } : {};

  it('returns a task id for a submission; the task can be fetched and cancelled', async () => {
    const image = OPERATIONS[operation].input === 'pdf' ? await pdfOf({}) : 'form';
    const submitted = await submit(simulator, operation, image, settings);
    expect(submitted.headers.get('content-type')).toMatch(/^text\/plain/);
    const taskId = await submitted.text();
    expect(taskId).toMatch(/^[A-Za-z0-9-]{1,64}$/);

    await vi.waitFor(async () => {
      expect(await fetchTask(simulator, operation, taskId)).toMatchObject({
        id: taskId,
        taskStatus: 'Completed',
        responseStatusCode: 'Ok',
        results: [expect.anything()],
        error: null,
      });
    }, UNTIL_TEST_HANGS);

    const cancelled = await call(simulator, operation, { method: 'DELETE', query: `?id=${taskId}` });
    expect(cancelled.status).toBe(200);
    expect(await fetchTask(simulator, operation, taskId)).toMatchObject({ taskStatus: 'NotExist' });
  });
});

describe.each(OPERATION_NAMES)('%s', (operation) => {
  const { trial } = OPERATIONS[operation];

  it.each([
    [`/v5.0/ocr/${operation}`],
    [`/v5.0/${operation}`],
    [`/V5.0/OCR/${operation.toUpperCase()}`],
    [`/v5.0/ocr/${operation.toLowerCase()}`],
  ])('returns NotExist for an unknown id at %s', async (path) => {
    const headers = await headersFor(simulator, operation);

    const response = await fetch(`${simulator.baseUrl}${path}?id=${UNKNOWN_ID}`, { headers });

    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toMatch(/^application\/json/);
    expect(await response.json()).toEqual({
      id: UNKNOWN_ID,
      taskStatus: 'NotExist',
      responseStatusCode: 'TaskNotFound',
      results: null,
      error: null,
    });
  });

  it.each(['POST', 'GET', 'DELETE'])(`%s ${trial ? 'ignores' : 'requires'} a token`, async (method) => {
    const url = `${simulator.baseUrl}/v5.0/ocr/${operation}?id=${UNKNOWN_ID}`;

    const none = await fetch(url, { method });
    const wrong = await fetch(url, { method, headers: { authorization: 'Bearer anything' } });

    if (trial) expect(wrong.status).toBe(none.status);
    else expect([none.status, wrong.status]).toEqual([401, 401]);
  });

  it('rejects a fetch and a cancellation without an id', async () => {
    for (const method of ['GET', 'DELETE']) {
      const problem = await problemOf(await call(simulator, operation, { method }));
      expect(problem).toEqual({ status: 400, detail: expect.stringMatching(/^id: /) });
    }
  });

  it('rejects other methods', async () => {
    const response = await call(simulator, operation, { method: 'PUT' });

    expect(response.headers.get('allow')).toBe('POST, GET, DELETE');
    expect((await problemOf(response)).status).toBe(405);
  });
});

const UNSUPPORTED = OPERATION_NAMES.filter(
  (name) => !SUPPORTED_OPERATIONS.some((supported) => supported === name),
);

it.each(UNSUPPORTED)('rejects %s with 501 instead of inventing results', async (operation) => {
  const problem = await problemOf(await call(simulator, operation, { method: 'POST', body: '{"text":"a"}' }));

  expect(problem).toEqual({ status: 501, detail: expect.stringContaining(`operation: got ${operation}, `) });
});

describe('a submission', () => {
  it.each([
    [501, 'a language that is not installed', { language: 'German' }, /^language: got German, whose data/],
    [
      400,
      'an unknown language',
      { language: 'Klingon' },
      /^settings\.language: got "Klingon"; allowed: English/,
    ],
    [400, 'a bad setting', { resultType: 'Word' }, /settings\.resultType/],
  ])('is rejected with %i for %s', async (status, _, settings, detail) => {
    const response = await submit(simulator, 'RecognizeImage', 'form', settings);

    expect(await problemOf(response)).toEqual({ status, detail: expect.stringMatching(detail) });
  });

  it.each([
    ['none', [], /at least one region/],
    [
      'one outside the image',
      [WHOLE_FORM, { rect: { ...WHOLE_FORM.rect, bottomRightX: 1181 }, order: 1 }],
      /^settings\.regions\.1: got .*1181, 720; allowed: .*1180 x 720/,
    ],
  ])('is rejected for these regions: %s', async (_, regions, detail) => {
    const response = await submit(simulator, 'RecognizeRegions', 'form', { regions });

    expect(await problemOf(response)).toEqual({ status: 400, detail: expect.stringMatching(detail) });
  });

  it.each(['RecognizeImage', 'RecognizeRegions'] as const)(
    'of other content is accepted, and the %s task ends in Error',
    async (operation) => {
      const task = await recognize(simulator, operation, Buffer.from('no image'), { regions: [WHOLE_FORM] });

      expect(task).toMatchObject({
        taskStatus: 'Error',
        responseStatusCode: 'Error',
        results: null,
        error: {
          messages: [expect.stringMatching(/image: got 8 bytes of other content; allowed: JPEG, PNG/)],
        },
      });
    },
  );

  it('ends in Error when its image is broken', async () => {
    const task = await recognize(
      simulator,
      'RecognizeImage',
      (await readSample('form.png')).subarray(0, 6000),
    );

    expect(task.error?.messages).toEqual([expect.stringContaining('image: got a broken PNG image')]);
  });
});

it('lets large submissions wait for the one before, but no small one', async () => {
  await using own = await startAsposeSimulator({ recognizer: fakeRecognizer(), timeline: AT_ONCE });
  const url = `${own.baseUrl}/v5.0/ocr/RecognizeImageTrial`;
  const order: string[] = [];
  const breakOff = await startUnfinishedUpload(url, 128 * 1024 * 1024);
  const image = Buffer.alloc(2 * 1024 * 1024);
  const large = submit(own, 'RecognizeImageTrial', image).then(() => order.push('large'));
  // Long enough for the large submission to be accepted if it did not wait.
  for (let count = 0; count < 10; count += 1) await recognize(own, 'RecognizeImageTrial', 'form');
  order.push('small');

  breakOff();
  await large;

  expect(order).toEqual(['small', 'large']);
});

describe('GetTaskStatus', () => {
  it.each(['/v5.0/ocr/Utilities/GetTaskStatus', '/v5.0/utilities/gettaskstatus'])(
    'at %s returns the status of a task of any operation, without its results',
    async (path) => {
      const { id } = await recognize(simulator, 'RecognizeReceipt', 'form');
      const headers = await headersFor(simulator, 'RecognizeReceipt');

      const response = await fetch(`${simulator.baseUrl}${path}?id=${id}`, { headers });

      expect(await response.json()).toMatchObject({ id, taskStatus: 'Completed', results: null });
    },
  );

  it('requires an id and GET, and no token', async () => {
    const url = `${simulator.baseUrl}/v5.0/ocr/Utilities/GetTaskStatus`;

    expect((await fetch(`${url}?id=${UNKNOWN_ID}`)).status).toBe(200);
    expect((await fetch(url)).status).toBe(400);
    expect((await fetch(`${url}?id=${UNKNOWN_ID}`, { method: 'DELETE' })).status).toBe(405);
  });
});

it.each([
  '/',
  '/v5.0/ocr/RecognizeRegionsTrial',
  '/v5.0/ocr',
  '/v3.0/ocr/RecognizeImage',
  '//',
  '/v5.0/ocr/%zz',
])('responds with 404 at %s', async (path) => {
  expect((await problemOf(await fetch(`${simulator.baseUrl}${path}`))).status).toBe(404);
});

describe('the token endpoint', () => {
  it('rejects wrong credentials with 400, and locks them out after five failures', async () => {
    const statuses: number[] = [];
    for (let count = 0; count < 6; count += 1) {
      statuses.push((await requestToken(simulator, { client_secret: 'wrong' })).status);
    }
    const locked = await requestToken(simulator, { client_secret: 'wrong' });

    expect(statuses).toEqual([400, 400, 400, 400, 400, 429]);
    expect(await locked.json()).toMatchObject({ error: 'invalid_client' });
    expect(locked.headers.get('cache-control')).toBe('no-store');
    expect(locked.headers.get('retry-after')).toBe('600');
  });

  it('grants a token for Basic authentication and for a multipart form, as official clients send', async () => {
    const { baseUrl, credentials } = simulator;
    const { clientId, clientSecret } = credentials;
    const multipart = new FormData();
    multipart.append('grant_type', 'client_credentials');
    multipart.append('client_id', clientId);
    multipart.append('client_secret', clientSecret);
    const basic = `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`;
    const grant = new URLSearchParams({ grant_type: 'client_credentials' });
    const url = `${baseUrl}/connect/token`;

    for (const init of [{ body: multipart }, { body: grant, headers: { authorization: basic } }]) {
      const response = await fetch(url, { method: 'POST', ...init });

      expect(response.status).toBe(200);
      expect(response.headers.get('cache-control')).toBe('no-store');
      expect(await response.json()).toMatchObject({ token_type: 'Bearer', expires_in: 3600 });
    }
  });

  it('accepts only POST', async () => {
    expect((await fetch(`${simulator.baseUrl}/connect/token`)).status).toBe(405);
  });
});

it('runs the timeline of a task on its clock, and stops time while the engine works', async () => {
  const clock = new VirtualClock();
  const started = Promise.withResolvers<void>();
  const engine = Promise.withResolvers<typeof PAGE>();
  const recognizer = fakeRecognizer({
    recognize() {
      started.resolve();
      return engine.promise;
    },
  });
  await using own = await startAsposeSimulator({
    clock,
    recognizer,
    timeline: { pendingSeconds: 5, processingSeconds: 10 },
  });
  const taskId = await (await submit(own, 'RecognizeImage', 'form')).text();
  const statusNow = async () => (await fetchTask(own, 'RecognizeImage', taskId)).taskStatus;
  const begin = clock.now();
  await started.promise;
  const wakeUp = clock.sleep(15_000);

  expect([await statusNow(), clock.now()]).toEqual(['Pending', begin]);
  engine.resolve(PAGE);
  await wakeUp;
  expect([await statusNow(), clock.now()]).toEqual(['Completed', begin + 15_000]);
});

it('records requests in order, without tokens and bodies', async () => {
  const clock = new VirtualClock();
  await using own = await startAsposeSimulator({ clock, recognizer: fakeRecognizer() });

  await submit(own, 'RecognizeImageTrial', 'form');
  await call(own, 'RecognizeImage', { query: `?id=${UNKNOWN_ID}` });

  const at = clock.now();
  const post = { method: 'POST', operation: undefined, taskId: undefined, authorization: false, at };
  expect(own.requests).toEqual([
    { ...post, path: '/v5.0/ocr/RecognizeImageTrial', operation: 'RecognizeImageTrial' },
    { ...post, path: '/connect/token' },
    {
      method: 'GET',
      path: '/v5.0/ocr/RecognizeImage',
      operation: 'RecognizeImage',
      taskId: UNKNOWN_ID,
      authorization: true,
      at,
    },
  ]);
});

it('DetectRegions returns the corners of all blocks of text', async () => {
  const task = await recognize(simulator, 'DetectRegions', 'form');

  expect(task.results).toMatchObject([{ type: 'Other' }]);
  expect(textsOf(task)).toEqual(['[[1,2,3,4]]']);
});

describe('a fetch that is held', () => {
  const HOLD = { clock: new VirtualClock(), holdGetSeconds: 60 };

  it('responds when the task has ended', async () => {
    const { clock } = HOLD;
    const timeline = { pendingSeconds: 10, processingSeconds: 20 };
    await using own = await startAsposeSimulator({ ...HOLD, timeline, recognizer: fakeRecognizer() });
    const taskId = await (await submit(own, 'RecognizeImage', 'form')).text();
    const begin = clock.now();

    expect((await fetchTask(own, 'RecognizeImage', taskId)).taskStatus).toBe('Completed');
    expect(clock.now()).toBe(begin + 30_000);
  });

  it('responds after the time that it is held for, at the latest', async () => {
    const { clock } = HOLD;
    const timeline = { pendingSeconds: 0, processingSeconds: 100 };
    await using own = await startAsposeSimulator({ ...HOLD, timeline, recognizer: fakeRecognizer() });
    const taskId = await (await submit(own, 'RecognizeImage', 'form')).text();
    const begin = clock.now();

    expect((await fetchTask(own, 'RecognizeImage', taskId)).taskStatus).toBe('Processing');
    expect(clock.now()).toBe(begin + 60_000);
  });

  it('responds immediately for an unknown task', async () => {
    await using own = await startAsposeSimulator({ ...HOLD, recognizer: fakeRecognizer() });
    const begin = HOLD.clock.now();

    expect((await fetchTask(own, 'RecognizeImage', UNKNOWN_ID)).taskStatus).toBe('NotExist');
    expect(HOLD.clock.now()).toBe(begin);
  });

  it('does not keep the simulator from closing', async () => {
    const recognizer = fakeRecognizer({ recognize: () => new Promise(() => {}) });
    await using own = await startAsposeSimulator({ holdGetSeconds: 3600, recognizer });
    const taskId = await (await submit(own, 'RecognizeImage', 'form')).text();
    const held = expect(fetchTask(own, 'RecognizeImage', taskId)).rejects.toThrow('fetch failed');
    await vi.waitFor(() => expect(own.requests.at(-1)?.method).toBe('GET'));

    await own.close();
    await held;
  });
});

import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import type { TaskRecord } from '../../../functions/contracts/task-record.ts';
import { createHandler, type TaskApiDependencies } from '../../../functions/task-api/handler.ts';
import { aBatchRecord, anEndedBatch, BATCH_ID } from '../../support/batch-builders.ts';
import { aRecord, aTerminalRecord, instantAfter, TASK_ID } from '../../support/builders.ts';
import { anHttpEvent } from '../../support/http-event.ts';
import { anImage } from '../../support/image-builders.ts';
import { aContext, captureLogs } from '../../support/invocation.ts';
import { memoryPorts } from '../../support/memory-ports.ts';

function setUp({
  records = [],
  ports,
  waiting,
  meanwhile = () => {},
}: {
  records?: readonly TaskRecord[];
  ports?: Partial<TaskApiDependencies['ports']>;
  waiting?: Partial<TaskApiDependencies['waiting']>;
  /** Called after each sleep of a waiting request. */
  meanwhile?: (memory: ReturnType<typeof memoryPorts>, sleeps: number) => void;
} = {}) {
  const logs = captureLogs();
  const memory = memoryPorts(records);
  let sleeps = 0;
  const { logger, metrics } = logs;
  const handler = createHandler({
    ports: { ...memory.ports, ...ports },
    waiting: {
      ...memory.waiting,
      async sleep(seconds) {
        await memory.waiting.sleep(seconds);
        sleeps += 1;
        meanwhile(memory, sleeps);
      },
      ...waiting,
    },
    ...{ logger, metrics },
  });
  async function call(method: string, path: string, details: Partial<APIGatewayProxyEventV2> = {}) {
    const response = await handler(anHttpEvent(method, path, details), aContext());
    return { ...response, json: JSON.parse(response.body ?? 'null') };
  }
  return { ...logs, ...memory, call, sleeps: () => sleeps };
}

const body = (value: unknown) => ({ body: JSON.stringify(value) });

const PROBLEM = { 'content-type': 'application/problem+json', 'cache-control': 'no-store' };

describe('a request body', () => {
  it('may be base64-encoded', async () => {
    const { call } = setUp();
    const encoded = Buffer.from(JSON.stringify({ taskId: TASK_ID })).toString('base64');

    expect(await call('POST', '/tasks', { body: encoded, isBase64Encoded: true })).toMatchObject({
      statusCode: 202,
    });
  });

  it.each([false, true])('may begin with a byte order mark, base64-encoded: %s', async (isBase64Encoded) => {
    const { call } = setUp();
    const text = `\ufeff${JSON.stringify({ taskId: TASK_ID })}`;
    const sent = isBase64Encoded ? Buffer.from(text).toString('base64') : text;

    expect(await call('POST', '/tasks', { body: sent, isBase64Encoded })).toMatchObject({ statusCode: 202 });
  });

  it.each([
    ['is missing', {}, 400, /^body: got 0 characters that are not JSON; allowed: a JSON object$/],
    ['is a list', body([]), 400, /^body: got an array of 0; allowed: an object with taskId/],
    [
      'is plain text',
      { headers: { 'content-type': 'text/plain; charset=utf-8' }, ...body({}) },
      415,
      /^content-type: got text\/plain; allowed: application\/json$/,
    ],
    [
      'has a content type that is none',
      { headers: { 'content-type': '<b>\n' }, ...body({}) },
      415,
      /^content-type: got a string of 4 characters, with "<" at 1; /,
    ],
    ['has no content type', { headers: {}, ...body({}) }, 415, /^content-type: got nothing; /],
  ])('is refused when it %s', async (_, details, statusCode, detail) => {
    const { call } = setUp();

    const response = await call('POST', '/tasks', details);

    expect(response).toMatchObject({ statusCode, headers: PROBLEM });
    expect(response.json).toEqual({
      type: expect.stringMatching(/^urn:ocr-courier:problem:\w+$/),
      title: expect.any(String),
      status: statusCode,
      detail: expect.stringMatching(detail),
      requestId: 'the-request',
    });
  });

  it('is not logged when it is refused', async () => {
    const { call, text } = setUp();

    await call('POST', '/tasks', { body: '{"taskId": "canary' });

    expect(text()).not.toContain('canary');
  });
});

describe('a request through a custom domain with a path mapping', () => {
  it.each([
    ['POST', '/tasks', body({ taskId: 'abc-1' })],
    ['DELETE', '/tasks/abc-1', {}],
  ])('gets a Location that works: %s %s', async (method, path, details) => {
    const { call } = setUp({ records: [aRecord({ taskId: 'abc-1' })] });

    expect(await call(method, path, { rawPath: `/ocr/v1${path}`, ...details })).toMatchObject({
      headers: { location: '/ocr/v1/tasks/abc-1' },
    });
  });

  it('is handled by the route that API Gateway has matched', async () => {
    const { call } = setUp({ records: [aRecord({ taskId: 'abc-1' })] });

    const read = await call('GET', '/tasks/abc-1', { rawPath: '/ocr/tasks/abc-1' });
    expect(read).toMatchObject({ statusCode: 200, json: { taskId: 'abc-1' } });

    const described = await call('GET', '/openapi.json', { rawPath: '/ocr/openapi.json' });
    expect(described.json).toMatchObject({ servers: [{ url: '/ocr' }] });
  });
});

describe('an internal fault', () => {
  it('S19: returns HTTP 500 with a request id, and logs the error under that id only', async () => {
    const read = () => Promise.reject(new Error('canary at arn:aws:dynamodb'));
    const { call, logged } = setUp({ ports: { records: { read, write: async () => false } } });

    const response = await call('GET', `/tasks/${TASK_ID}`);

    expect(response).toMatchObject({ statusCode: 500, headers: { 'x-request-id': 'the-request' } });
    expect(response.body).not.toMatch(/canary|arn:/);
    expect(logged()).toMatchObject([
      { level: 'ERROR', requestId: 'the-request', error: { message: 'canary at arn:aws:dynamodb' } },
    ]);
  });

  it('is logged and does not prevent a cancellation when it happens at Aspose', async () => {
    const { call, stopped, logged } = setUp({
      records: [aRecord()],
      ports: { cancelAtVendor: async () => 'Aspose returned HTTP 503' },
    });

    expect(await call('DELETE', `/tasks/${TASK_ID}`)).toMatchObject({ statusCode: 202 });
    expect(stopped).toEqual([aRecord().executionArn]);
    expect(logged()[0]).toMatchObject({
      level: 'WARN',
      taskId: TASK_ID,
      vendorFault: 'Aspose returned HTTP 503',
    });
  });
});

it('publishes and counts a cancelled task once, however often it is cancelled', async () => {
  const { call, counted, published, text } = setUp({ records: [aRecord({ attempts: 4 })] });

  await call('DELETE', `/tasks/${TASK_ID}`);
  await call('DELETE', `/tasks/${TASK_ID}`);

  expect(counted()).toMatchObject({ outcome: 'Cancelled', TasksEnded: 1, PollsPerTask: 4 });
  expect(text().match(/TasksEnded":1/g)).toHaveLength(1);
  expect(published).toMatchObject([{ outcome: 'Cancelled' }]);
});

it('sets Retry-After to the time of the next poll', async () => {
  const { call } = setUp({ records: [aRecord({ nextPollAt: instantAfter(89.5) })] });

  expect(await call('GET', `/tasks/${TASK_ID}/results`)).toMatchObject({
    statusCode: 409,
    headers: { 'retry-after': '90' },
  });
});

describe('a request that prefers to wait', () => {
  const prefer = { headers: { prefer: 'wait=20' } };

  it('for a lost task gets its record as soon as another task has replaced it', async () => {
    const texts = { messages: [''], warnings: [''], responseStatusCode: null };
    const lost = aRecord({ lostAs: { outcome: 'NotFound', ...texts } });
    const replaced = aTerminalRecord({ outcome: 'NotFound', replacedBy: 'another' });
    const { call } = setUp({
      records: [lost],
      meanwhile: ({ records }) => records.set(TASK_ID, replaced),
    });

    expect(await call('GET', `/tasks/${TASK_ID}`, prefer)).toMatchObject({
      statusCode: 200,
      headers: { 'preference-applied': 'wait=20' },
      json: { status: 'NotFound', replacedBy: 'another' },
    });
  });

  it('for an image gets its state when the image has ended, not when its task has', async () => {
    const image = anImage({ state: 'Submitted', taskIds: [TASK_ID] });
    const { call, images, sleeps } = setUp({
      records: [aRecord()],
      meanwhile(memory, count) {
        if (count === 2) memory.records.set(TASK_ID, aTerminalRecord());
        if (count === 4)
          memory.images.all.set(image.imageId, { ...image, state: 'Done', outcome: 'Completed' });
      },
    });
    images.all.set(image.imageId, image);

    expect(await call('GET', `/images/${image.imageId}`, prefer)).toMatchObject({
      statusCode: 200,
      headers: { 'preference-applied': 'wait=20' },
      json: { state: 'Done', outcome: 'Completed', task: { status: 'Completed' } },
    });
    expect(sleeps()).toBe(4);
  });

  it('for a refused image, or for 0 seconds, gets an immediate response', async () => {
    const { call, images, sleeps } = setUp({ records: [aRecord()] });
    const image = anImage({ state: 'Refused', reason: 'NotAnImage' });
    images.all.set(image.imageId, image);

    const refused = await call('GET', `/images/${image.imageId}`, prefer);
    const open = await call('GET', `/tasks/${TASK_ID}`, { headers: { prefer: 'wait=0' } });

    expect(refused.headers).toMatchObject({ 'preference-applied': 'wait=20' });
    expect(refused.headers).not.toHaveProperty('retry-after');
    expect(open.headers).toMatchObject({ 'preference-applied': 'wait=0', 'retry-after': '2' });
    expect(sleeps()).toBe(0);
  });

  it('for longer than 25 seconds waits for 25', async () => {
    const { call } = setUp({ records: [aRecord()] });

    expect(await call('GET', `/tasks/${TASK_ID}`, { headers: { prefer: 'wait=60' } })).toMatchObject({
      headers: { 'preference-applied': 'wait=25' },
    });
  });

  it('for an image without an upload gets its state and Retry-After after the wait', async () => {
    const { call, images } = setUp();
    const image = anImage({ state: 'Submitting', nextUploadAt: instantAfter(50) });
    images.all.set(image.imageId, image);

    expect(await call('GET', `/images/${image.imageId}`, prefer)).toMatchObject({
      headers: { 'preference-applied': 'wait=20', 'retry-after': '30' },
      json: { state: 'Submitting' },
    });
  });

  it('for a batch gets its state when it has ended', async () => {
    const { call, batches } = setUp({
      meanwhile: (memory) => memory.batches.all.set(BATCH_ID, anEndedBatch()),
    });
    batches.all.set(BATCH_ID, aBatchRecord({ status: 'Running' }));

    const response = await call('GET', `/batches/${BATCH_ID}`, prefer);

    expect(response).toMatchObject({
      statusCode: 200,
      headers: { 'preference-applied': 'wait=20' },
      json: { outcome: anEndedBatch().outcome },
    });
    expect(response.headers).not.toHaveProperty('retry-after');
  });

  it('O19: gets the last state, with one warning in the log, when AWS fails meanwhile', async () => {
    const fails = { read: () => Promise.reject(new TypeError('canary')) };
    const readers = { records: fails, images: fails, batches: fails };
    const { call, logged, text } = setUp({ records: [aRecord()], waiting: { readers } });

    expect(await call('GET', `/tasks/${TASK_ID}`, prefer)).toMatchObject({
      statusCode: 200,
      headers: { 'preference-applied': 'wait=20', 'retry-after': '2' },
    });
    expect(logged()).toMatchObject([
      { level: 'WARN', fault: 'TypeError', waitedSeconds: 20 },
      { level: 'INFO', status: 200, waitedSeconds: 20 },
    ]);
    expect(text()).not.toContain('canary');
  });

  it('O19: gets an immediate response when AWS fails to give it a slot', async () => {
    const take = () => Promise.reject(new TypeError('canary'));
    const { call, logged } = setUp({ records: [aRecord()], waiting: { slots: { take } } });

    const { statusCode, headers } = await call('GET', `/tasks/${TASK_ID}`, prefer);

    expect(statusCode).toBe(200);
    expect(headers).toMatchObject({ 'retry-after': '2' });
    expect(headers).not.toHaveProperty('preference-applied');
    expect(logged()).toMatchObject([
      { level: 'WARN', fault: 'TypeError', waitDeclined: true },
      { level: 'INFO', status: 200, waitDeclined: true },
    ]);
  });

  it('does not change what later requests log', async () => {
    const { call, logged } = setUp({ records: [aRecord()] });

    await call('GET', `/tasks/${TASK_ID}`, prefer);
    await call('GET', `/tasks/${TASK_ID}`);

    expect(logged().map(({ waitedSeconds }) => waitedSeconds)).toEqual([20, undefined]);
  });
});

it('logs each request under its own request id', async () => {
  const { call, logged } = setUp();
  await call('GET', '/tasks/one');
  const { requestContext } = anHttpEvent('GET', '/tasks/two');

  await call('GET', '/tasks/two', { requestContext: { ...requestContext, requestId: 'another' } });

  expect(logged().map(({ requestId }) => requestId)).toEqual(['the-request', 'another']);
});

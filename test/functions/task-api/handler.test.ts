import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { describe, expect, test } from 'vitest';
import type { TaskRecord } from '../../../functions/contracts/task-record.ts';
import { createHandler, type TaskApiDependencies } from '../../../functions/task-api/handler.ts';
import { aRecord, instantAfter, TASK_ID } from '../../support/builders.ts';
import { anHttpEvent } from '../../support/http-event.ts';
import { aContext, captureLogs } from '../../support/invocation.ts';
import { memoryPorts } from '../../support/memory-ports.ts';

function setUp({
  records = [],
  ports,
}: {
  records?: readonly TaskRecord[];
  ports?: Partial<TaskApiDependencies['ports']>;
} = {}) {
  const logs = captureLogs();
  const memory = memoryPorts(records);
  const { logger, metrics } = logs;
  const handler = createHandler({ ports: { ...memory.ports, ...ports }, logger, metrics });
  async function call(method: string, path: string, details: Partial<APIGatewayProxyEventV2> = {}) {
    const answer = await handler(anHttpEvent(method, path, details), aContext());
    return { ...answer, json: JSON.parse(answer.body ?? 'null') };
  }
  return { ...logs, ...memory, call };
}

const body = (value: unknown) => ({ body: JSON.stringify(value) });

const PROBLEM = { 'content-type': 'application/problem+json', 'cache-control': 'no-store' };

describe('a body', () => {
  test('is understood in base64, too', async () => {
    const { call } = setUp();
    const encoded = Buffer.from(JSON.stringify({ taskId: TASK_ID })).toString('base64');

    expect(await call('POST', '/tasks', { body: encoded, isBase64Encoded: true })).toMatchObject({
      statusCode: 202,
    });
  });

  test.each([
    ['is missing', {}, 400, /^body: got 0 characters that are not JSON; allowed: a JSON object$/],
    ['is a list', body([]), 400, /^input: got an array of 0; allowed: an object with taskId/],
    ['says it is a form', { headers: { 'content-type': 'text/plain' }, ...body({}) }, 415, /^content-type: /],
    ['does not say what it is', { headers: {}, ...body({}) }, 415, /^content-type: /],
  ])('is refused when it %s', async (_, details, statusCode, detail) => {
    const { call } = setUp();

    const answer = await call('POST', '/tasks', details);

    expect(answer).toMatchObject({ statusCode, headers: PROBLEM });
    expect(answer.json).toEqual({
      type: expect.stringMatching(/^urn:ocr-courier:problem:\w+$/),
      title: expect.any(String),
      status: statusCode,
      detail: expect.stringMatching(detail),
      requestId: 'the-request',
    });
  });

  test('that is refused is in no log', async () => {
    const { call, text } = setUp();

    await call('POST', '/tasks', { body: '{"taskId": "canary' });

    expect(text()).not.toContain('canary');
  });
});

describe('a fault of ours', () => {
  const broken = { records: { read: async () => Promise.reject(new Error('canary at arn:aws:dynamodb')) } };

  test('S19: is answered with a request id and nothing of the fault, which is in the log under that id', async () => {
    const { call, logged } = setUp({
      ports: { records: { ...broken.records, write: async () => false } },
    });

    const answer = await call('GET', `/tasks/${TASK_ID}`);

    expect(answer).toMatchObject({ statusCode: 500, headers: { 'x-request-id': 'the-request' } });
    expect(answer.body).not.toMatch(/canary|arn:/);
    expect(logged()).toMatchObject([
      { level: 'ERROR', requestId: 'the-request', error: { message: 'canary at arn:aws:dynamodb' } },
    ]);
  });

  test('at Aspose does not keep a task from being cancelled, but is logged', async () => {
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

test('counts a task that is cancelled, once', async () => {
  const { call, counted, published, text } = setUp({ records: [aRecord({ attempts: 4 })] });

  await call('DELETE', `/tasks/${TASK_ID}`);
  await call('DELETE', `/tasks/${TASK_ID}`);

  expect(counted()).toMatchObject({ outcome: 'Cancelled', TasksEnded: 1, PollsPerTask: 4 });
  expect(text().match(/TasksEnded":1/g)).toHaveLength(1);
  expect(published).toMatchObject([{ outcome: 'Cancelled' }, { outcome: 'Cancelled' }]);
});

test('tells when to come again: at the next poll', async () => {
  const { call } = setUp({ records: [aRecord({ nextPollAt: instantAfter(89.5) })] });

  expect(await call('GET', `/tasks/${TASK_ID}/results`)).toMatchObject({
    statusCode: 409,
    headers: { 'retry-after': '90' },
  });
});

test('keeps the request id of one request out of the next', async () => {
  const { call, logged } = setUp();
  await call('GET', '/tasks/one');
  const { requestContext } = anHttpEvent('GET', '/tasks/two');

  await call('GET', '/tasks/two', { requestContext: { ...requestContext, requestId: 'another' } });

  expect(logged().map(({ requestId }) => requestId)).toEqual(['the-request', 'another']);
});

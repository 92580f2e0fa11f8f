import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import type { BatchRecord } from '../../../functions/contracts/batch-record.ts';
import { createHandler } from '../../../functions/task-api/handler.ts';
import { aBatchRecord, anEndedBatch, BATCH_ID } from '../../support/batch-builders.ts';
import { anHttpEvent } from '../../support/http-event.ts';
import { aContext, captureLogs } from '../../support/invocation.ts';
import { memoryPorts } from '../../support/memory-ports.ts';

function setUp(...records: readonly BatchRecord[]) {
  const { logger, metrics } = captureLogs();
  const memory = memoryPorts();
  for (const record of records) memory.batches.all.set(record.batchId, record);
  const handler = createHandler({ ports: memory.ports, waiting: memory.waiting, logger, metrics });
  async function call(method: string, path: string, details: Partial<APIGatewayProxyEventV2> = {}) {
    const response = await handler(anHttpEvent(method, path, details), aContext());
    return { ...response, json: JSON.parse(response.body ?? 'null') };
  }
  const post = (path: string, body: unknown) => call('POST', path, { body: JSON.stringify(body) });
  return { ...memory, call, post };
}

const PATH = `/batches/${BATCH_ID}`;

describe('POST /batches', () => {
  it('starts a batch once, and returns its path', async () => {
    const { post, batchExecutions } = setUp();
    const request = { batchId: BATCH_ID, tasks: ['a', 'b'] };

    const first = await post('/batches', request);
    const second = await post('/batches', request);

    expect(first).toMatchObject({
      statusCode: 202,
      headers: { location: PATH },
      json: { batch: { batchId: BATCH_ID, status: 'Opening', progress: {} } },
    });
    expect(first.json).not.toHaveProperty('warning');
    expect(second).toMatchObject({ statusCode: 200, headers: { location: PATH }, json: first.json });
    expect(batchExecutions.size).toBe(1);
  });

  it('warns of a rate that costs delay', async () => {
    const { post } = setUp();

    expect(await post('/batches', { tasks: ['a'], requestsPerSecond: 19 })).toMatchObject({
      statusCode: 202,
      json: { warning: 'requestsPerSecond: below 20 requests a second the rate costs delay' },
    });
  });

  it('returns HTTP 409 when the id is in use for another request', async () => {
    const { post } = setUp();
    await post('/batches', { batchId: BATCH_ID, tasks: ['a'] });

    expect(await post('/batches', { batchId: BATCH_ID, tasks: ['b'] })).toMatchObject({
      statusCode: 409,
      json: { type: 'urn:ocr-courier:problem:BatchConflict' },
    });
  });

  it.each([
    [{ tasks: ['a', { taskId: 'b/c' }] }, /^tasks\.1\.taskId: got a string of 3 characters/],
    [{ tasks: ['a'], list: { bucket: 'scans', key: 'a.csv' } }, /^body: got tasks and list; /],
    [{ tasks: ['a'], concurrency: 0 }, /^concurrency: got 0; allowed: a whole number from 1 to 1000$/],
    [[], /^body: got an array of 0; allowed: an object with any of batchId, tasks, /],
  ])('returns HTTP 400 that names what is wrong: %j', async (body, detail) => {
    const { post } = setUp();

    const response = await post('/batches', body);

    expect(response.statusCode).toBe(400);
    expect(response.json.detail).toMatch(detail);
  });
});

describe('GET /batches/{batchId}', () => {
  it('says when to ask again until the batch has ended', async () => {
    const { call, advance, ports } = setUp(
      aBatchRecord({ status: 'Running', total: 60, duplicates: 0, chunks: 2 }),
    );
    ports.progress.ends.set(`${BATCH_ID}#1`, { tag: 'a', counts: { Completed: 10 } });
    advance(200);

    expect(await call('GET', PATH)).toMatchObject({
      statusCode: 200,
      headers: { 'retry-after': '10' },
      json: { status: 'Running', progress: { Completed: 10 }, pending: 50 },
    });
  });

  it('has no Retry-After once it has', async () => {
    const { call } = setUp(anEndedBatch());

    const { headers, json } = await call('GET', PATH);

    expect(headers).not.toHaveProperty('retry-after');
    expect(json).toMatchObject({ status: 'Completed', counts: { Completed: 1, Failed: 1 }, pending: 0 });
  });

  it('returns HTTP 404 for an unknown batch', async () => {
    expect(await setUp().call('GET', PATH)).toMatchObject({
      statusCode: 404,
      json: { type: 'urn:ocr-courier:problem:BatchNotFound' },
    });
  });
});

describe('DELETE /batches/{batchId}', () => {
  it('marks the batch as being cancelled, and never stops its execution', async () => {
    const { call, batches, stopped } = setUp(aBatchRecord());

    expect(await call('DELETE', PATH)).toMatchObject({ statusCode: 202, json: { status: 'Cancelling' } });
    expect(await call('DELETE', PATH)).toMatchObject({ statusCode: 202, json: { status: 'Cancelling' } });
    expect(batches.current()?.version).toBe(2);
    expect(stopped).toEqual([]);
  });

  it('returns HTTP 409 when it has ended', async () => {
    expect(await setUp(anEndedBatch()).call('DELETE', PATH)).toMatchObject({
      statusCode: 409,
      json: { type: 'urn:ocr-courier:problem:BatchEnded' },
    });
  });
});

describe('GET /batches/{batchId}/results', () => {
  it('returns links', async () => {
    expect(await setUp(anEndedBatch()).call('GET', `${PATH}/results`)).toMatchObject({
      statusCode: 200,
      json: { resultsUrl: `https://s3.example${PATH}/results.jsonl?as=${BATCH_ID}-results.jsonl` },
    });
  });

  it('returns HTTP 409 with Retry-After until the batch has ended', async () => {
    expect(await setUp(aBatchRecord()).call('GET', `${PATH}/results`)).toMatchObject({
      statusCode: 409,
      headers: { 'retry-after': '2' },
      json: { type: 'urn:ocr-courier:problem:BatchStillRunning' },
    });
  });
});

describe('POST /batches/{batchId}/retry', () => {
  it.each([
    ['no body', { headers: {} }, `${BATCH_ID}-r1`],
    ['an empty object', { body: '{}' }, `${BATCH_ID}-r1`],
    ['an id', { body: '{"batchId": "again"}' }, 'again'],
  ])('starts one batch when it is called twice with %s', async (_, details, batchId) => {
    const { call, batchExecutions } = setUp(anEndedBatch());

    const first = await call('POST', `${PATH}/retry`, details);
    const second = await call('POST', `${PATH}/retry`, details);

    expect([first, second]).toMatchObject([
      { statusCode: 202, headers: { location: `/batches/${batchId}` }, json: { batch: { batchId } } },
      { statusCode: 200, headers: { location: `/batches/${batchId}` }, json: { batch: { batchId } } },
    ]);
    expect([...batchExecutions.keys()]).toEqual([batchId]);
  });

  it.each([
    [aBatchRecord(), 'BatchStillRunning'],
    [anEndedBatch({ counts: { Completed: 2 } }), 'NothingToRetry'],
  ])('returns HTTP 409 when it cannot be retried (%#)', async (record, problem) => {
    expect(await setUp(record).call('POST', `${PATH}/retry`)).toMatchObject({
      statusCode: 409,
      json: { type: `urn:ocr-courier:problem:${problem}` },
    });
  });
});

describe('GET /batches', () => {
  it('lists batches of one status', async () => {
    const { call } = setUp(aBatchRecord(), anEndedBatch({ batchId: 'ended' }));

    const { statusCode, json } = await call('GET', '/batches', {
      queryStringParameters: { status: 'Completed', limit: '5' },
    });

    expect(statusCode).toBe(200);
    expect(json).toMatchObject({ batches: [{ batchId: 'ended', total: 2 }] });
  });

  it.each([
    [{ status: 'Collecting' }, "status: got 'Collecting'; allowed: one of Opening, Running, Cancelling, "],
    [{ status: 'Opening,Running' }, 'status: got 2 values; allowed: one value'],
    [{ operation: 'RecognizePdf' }, 'operation: got a field that does not exist; allowed: '],
    [{ limit: '101' }, 'limit: got 101; allowed: a whole number from 1 to 100'],
  ])('refuses the query %j', async (queryStringParameters, detail) => {
    const response = await setUp().call('GET', '/batches', { queryStringParameters });

    expect(response.statusCode).toBe(400);
    expect(response.json.detail).toContain(detail);
  });
});

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { CHUNK_ITEMS } from '../../../functions/contracts/batch-input.ts';
import { batchKeys, IMAGES_PREFIX, LISTS_PREFIX } from '../../../functions/contracts/batch-keys.ts';
import { type BatchResult, batchResultSchema } from '../../../functions/contracts/batch-record.ts';
import { batchResultsSchema, startedBatchSchema } from '../../../functions/contracts/batches-api.ts';
import { PROJECT } from '../../support/project-paths.ts';
import { completed, notExist, pending } from '../../support/responses.ts';
import { CAN_RECOGNIZE, CAN_SCRIPT, courier, EAGER_POLLING } from './deployed-courier.ts';

const LETTER = await readFile(join(PROJECT, 'local', 'samples', 'letter.png'));

const error = { taskStatus: 'Error', error: { messages: ['no text found'], warnings: null } };

const newBatchId = () => `e2e-${crypto.randomUUID()}`;

/** Starts a batch through the API. @returns its id */
async function startBatch(request: object, path = '/batches'): Promise<string> {
  const response = await courier.call('POST', path, request);
  expect(response).toMatchObject({ status: 202 });
  const { batchId } = startedBatchSchema.parse(response.body).batch;
  courier.adoptBatch(batchId);
  return batchId;
}

/** Reads the results of an ended batch through their links. */
async function readResults(batchId: string) {
  const { body } = await courier.call('GET', `/batches/${batchId}/results`);
  const { resultsUrl, resultsCsvUrl, summaryUrl } = batchResultsSchema.parse(body);
  const texts = [resultsUrl, resultsCsvUrl, summaryUrl].map(async (url) => {
    const response = await fetch(z.string().parse(url));
    expect(response.status).toBe(200);
    return await response.text();
  });
  const [lines = '', csv = '', summary = ''] = await Promise.all(texts);
  return { lines: lines.trimEnd().split('\n').map(parseLine), csv, summary: JSON.parse(summary) };
}

function parseLine(line: string): BatchResult {
  return batchResultSchema.parse(JSON.parse(line));
}

describe.runIf(CAN_SCRIPT)('a batch of task ids', () => {
  it('has a result line for each item, one event, and a retry of what is not Completed', async () => {
    // More items than one chunk has.
    const succeeding = Array.from({ length: CHUNK_ITEMS }, () =>
      courier.createTask(pending, completed('whale')),
    );
    const failing = courier.createTask(error, completed('whale'));
    const unknown = courier.createTask(notExist);
    const slow = courier.createTask(pending);
    const tasks = [
      ...succeeding,
      failing,
      unknown,
      { taskId: slow, polling: { ...EAGER_POLLING, maxPolls: 2 } },
      succeeding[0],
    ];
    const batchId = newBatchId();
    const request = { batchId, tasks, polling: EAGER_POLLING };

    await startBatch(request);
    const early = await courier.call('GET', `/batches/${batchId}/results`);
    const repeated = await courier.call('POST', '/batches', request);
    const batch = await courier.endedBatch(batchId);
    const [event] = await courier.eventsOfBatch(batchId);
    const [taskEvent] = await courier.eventsOf(failing);
    const { lines, csv, summary } = await readResults(batchId);
    const retryId = await startBatch({}, `/batches/${batchId}/retry`);
    const retry = await courier.endedBatch(retryId);
    const retried = await readResults(retryId);
    const execution = await courier.ended(String(batch['executionArn']));

    const counts = { Completed: CHUNK_ITEMS, Failed: 1, NotFound: 1, TimedOut: 1 };
    const total = CHUNK_ITEMS + 3;
    expect(early).toMatchObject({ status: 409 });
    expect(Number(early.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(repeated).toMatchObject({ status: 200, body: { batch: { batchId } } });
    expect(batch).toMatchObject({ outcome: 'Completed', total, duplicates: 1, pending: 0, counts });
    expect(event).toMatchObject({
      source: 'ocr-courier',
      detail: {
        batchId,
        idempotencyKey: `batch/${batchId}`,
        outcome: 'Completed',
        counts,
        results: batchKeys(batchId).lines,
      },
    });
    expect(taskEvent).toMatchObject({
      'detail-type': 'OCR Task Failed',
      detail: { taskId: failing, batchId, reason: 'RecognitionError' },
    });
    expect(lines.map(({ taskId }) => taskId)).toEqual([...succeeding, failing, unknown, slow]);
    const [document] = lines[0]?.results ?? [];
    expect((await courier.object(document?.key ?? '')).bytes.toString()).toBe('whale');
    expect(csv.trimEnd().split('\r\n')).toHaveLength(1 + total);
    expect(summary).toMatchObject({ batchId, outcome: 'Completed', counts });
    expect(execution).toMatchObject({ status: 'SUCCEEDED', name: batchId });
    expect(JSON.parse(execution.output ?? '')).toEqual(event?.detail);
    expect(retryId).toBe(`${batchId}-r1`);
    expect(retry).toMatchObject({ outcome: 'Completed', total: 3 });
    expect(retried.lines).toMatchObject([
      { taskId: failing, generation: 2, outcome: 'Completed' },
      { taskId: unknown, generation: 2, outcome: 'NotFound' },
      { taskId: slow, generation: 2, outcome: 'TimedOut' },
    ]);
  });
});

describe.runIf(CAN_SCRIPT)('a list below lists/', () => {
  it('starts a batch with its name, whose table of results has no formulas', async () => {
    const taskId = courier.createTask(completed('whale'));
    const batchId = newBatchId();
    courier.adoptBatch(batchId);

    await courier.store(
      `${LISTS_PREFIX}${batchId}.csv`,
      Buffer.from(`taskId,correlation\r\n${taskId},"=1+1, ü"\r\n`),
    );
    const [event] = await courier.eventsOfBatch(batchId);
    const { lines, csv } = await readResults(batchId);

    expect(event).toMatchObject({ detail: { outcome: 'Completed', total: 1, counts: { Completed: 1 } } });
    expect(lines).toMatchObject([{ taskId, outcome: 'Completed', correlation: '=1+1, ü' }]);
    expect(csv).toContain(`,"'=1+1, ü",`);
  });
});

describe('a list with a malformed item', () => {
  it('is refused: batch, event and execution name the item, and nothing is started', async () => {
    const taskId = `e2e-${crypto.randomUUID()}`;
    const batchId = newBatchId();
    courier.adoptBatch(batchId);

    await courier.store(
      `${LISTS_PREFIX}${batchId}.jsonl`,
      Buffer.from(`{"taskId": "${taskId}"}\n{"taskId": "a/b"}\n`),
    );
    const batch = await courier.endedBatch(batchId);
    const [event] = await courier.eventsOfBatch(batchId);
    const { body: results } = await courier.call('GET', `/batches/${batchId}/results`);
    const execution = await courier.ended(String(batch['executionArn']));

    const messages = [expect.stringContaining('line 2')];
    expect(batch).toMatchObject({ outcome: 'Refused', reason: 'ListInvalid', messages });
    expect(event).toMatchObject({
      detail: { outcome: 'Refused', reason: 'ListInvalid', total: 0, messages },
    });
    expect(results).toMatchObject({ status: 'Refused', resultsUrl: null, summaryUrl: null });
    expect(execution).toMatchObject({ status: 'FAILED', error: 'OcrBatchFailed' });
    expect(await courier.record(taskId)).toBeUndefined();
  });
});

describe.runIf(CAN_RECOGNIZE)('a batch of images', () => {
  it('recognizes the images below a prefix, and refuses what is no image', async () => {
    const prefix = `${IMAGES_PREFIX}e2e ${crypto.randomUUID()}/`;
    await courier.store(`${prefix}a b+c ü.png`, LETTER);
    await courier.store(`${prefix}notes.png`, Buffer.from('no picture'));
    const images = { bucket: courier.output('ResultsBucketName'), prefix };

    const batchId = await startBatch({ batchId: newBatchId(), images });
    const batch = await courier.endedBatch(batchId);
    const { lines } = await readResults(batchId);
    const [letter, notes] = lines;
    const [event] = await courier.eventsOfImage(letter?.imageId ?? '');

    expect(batch).toMatchObject({ outcome: 'Completed', total: 2, counts: { Completed: 1, Refused: 1 } });
    expect(letter).toMatchObject({
      outcome: 'Completed',
      uploads: 1,
      source: { key: `${prefix}a b+c ü.png` },
    });
    expect((await courier.object(letter?.results[0]?.key ?? '')).bytes.toString()).toMatch(/\w{3}/);
    expect(notes).toMatchObject({ outcome: 'Refused', reason: 'NotAnImage', uploads: 0 });
    expect(event).toMatchObject({
      'detail-type': 'OCR Task Completed',
      detail: { taskId: letter?.taskId, batchId },
    });
  });
});

describe.runIf(CAN_SCRIPT)('DELETE /batches/{batchId}', () => {
  it('ends the items of the batch as Cancelled, and its execution', async () => {
    const taskId = courier.createTask(pending);
    const batchId = await startBatch({ tasks: [taskId], polling: EAGER_POLLING });
    await courier.polled(taskId);

    const cancelled = await courier.call('DELETE', `/batches/${batchId}`);
    const batch = await courier.endedBatch(batchId);
    const [event] = await courier.eventsOfBatch(batchId);
    const [taskEvent] = await courier.eventsOf(taskId);
    const { lines } = await readResults(batchId);

    expect(cancelled).toMatchObject({ status: 202, body: { batchId, status: 'Cancelling' } });
    expect(batch).toMatchObject({ outcome: 'Cancelled', counts: { Cancelled: 1 } });
    expect(event).toMatchObject({ detail: { outcome: 'Cancelled' } });
    expect(taskEvent).toMatchObject({ 'detail-type': 'OCR Task Cancelled', detail: { batchId } });
    expect(lines).toMatchObject([{ taskId, outcome: 'Cancelled' }]);
    expect(await courier.ended(String(batch['executionArn']))).toMatchObject({
      status: 'FAILED',
      error: 'OcrBatchFailed',
    });
  });
});

describe('the HTTP API without a batch', () => {
  it('names the invalid field of a request, and responds with 404 to an unknown batch', async () => {
    const refused = await courier.call('POST', '/batches', { tasks: ['a/b'] });
    const unknown = await courier.call('GET', `/batches/${newBatchId()}`);

    expect(refused).toMatchObject({ status: 400, body: { detail: expect.stringContaining('tasks') } });
    expect(unknown).toMatchObject({ status: 404, body: { type: 'urn:ocr-courier:problem:BatchNotFound' } });
  });
});

import { describe, expect, it } from 'vitest';
import { type BatchRequest, batchRequestSchema } from '../../../../functions/contracts/batches-api.ts';
import { parseBatchInput } from '../../../../functions/core/batch/batch-input.ts';
import { batchRequestDigest } from '../../../../functions/core/batch/batch-record.ts';
import { batchWarning, requestBatch } from '../../../../functions/core/batch/request-batch.ts';
import { parseInput } from '../../../../functions/core/invalid-input.ts';
import { BATCH_ID } from '../../../support/batch-builders.ts';
import { BUCKET, instantAfter, TASK_ID } from '../../../support/builders.ts';
import { memoryPorts } from '../../../support/memory-ports.ts';

function setUp() {
  const memory = memoryPorts();
  const request = async (body: object) =>
    await requestBatch(parseInput(batchRequestSchema, body, 'body'), memory.ports);
  const inputs = () =>
    [...memory.batchExecutions.values()].map((execution) => 'input' in execution && execution.input);
  return { ...memory, request, inputs };
}

const image = { source: { bucket: 'scans', key: 'a.png' } };

describe('a request with tasks', () => {
  it('stores them as a list, which the input of the execution names', async () => {
    const { request, files, inputs } = setUp();

    await request({
      batchId: BATCH_ID,
      tasks: ['a', { taskId: 'b', operation: 'RecognizePdf' }, image],
      concurrency: 3,
    });

    const [[key, content] = []] = [...files.all];
    expect(key).toMatch(/^batches\/scans-2026\/request-[0-9a-f]{16}\.json$/);
    expect(JSON.parse(content ?? '')).toEqual([
      { taskId: 'a' },
      { taskId: 'b', operation: 'RecognizePdf', generation: 1 },
      { ...image, generation: 1 },
    ]);
    expect(inputs()).toEqual([
      { list: { bucket: BUCKET, key }, operation: 'RecognizeImage', concurrency: 3 },
    ]);
  });

  it('is the same request when it is repeated, and stores its tasks once', async () => {
    const { request, files } = setUp();
    await request({ batchId: BATCH_ID, tasks: ['a', 'b'] });
    files.all.clear();

    expect(await request({ batchId: BATCH_ID, tasks: ['a', 'b'] })).toMatchObject({ isNew: false });
    expect(files.all.size).toBe(0);
  });

  it.each([
    ['in another order', { tasks: ['b', 'a'] }],
    ['with another operation', { tasks: ['a', 'b'], operation: 'RecognizePdf' }],
    ['with fewer tasks', { tasks: ['a'] }],
  ])('is another request %s', async (_, different) => {
    const { request, files } = setUp();
    await request({ batchId: BATCH_ID, tasks: ['a', 'b'] });

    await expect(request({ batchId: BATCH_ID, ...different })).rejects.toMatchObject({
      name: 'BatchConflict',
    });
    expect(files.all.size).toBe(1);
  });

  it('gets a UUID without an id, and each time another', async () => {
    const { request, batches } = setUp();

    await request({ tasks: ['a'] });
    await request({ tasks: ['a'] });

    const ids = [...batches.all.keys()];
    expect(ids).toEqual([expect.stringMatching(/^[0-9a-f-]{36}$/), expect.stringMatching(/^[0-9a-f-]{36}$/)]);
    expect(ids[0]).not.toBe(ids[1]);
  });

  it.each([
    [['a', 'b/c'], 'tasks.1: got a string of 3 characters, with "/" at 2; allowed: 1 to 64 characters'],
    [[{ taskId: '' }], 'tasks.0.taskId: got a string of 0 characters; allowed: 1 to 64 characters'],
    [['a', { taskId: 5 }], 'tasks.1.taskId: got 5; allowed: 1 to 64 characters'],
    [[5], 'tasks.0: got 5; allowed: a task id, or an object with taskId or source'],
    [[null], 'tasks.0: got null; allowed: a task id, or an object with taskId or source'],
    [[{}], 'tasks.0: got neither taskId nor source; allowed: exactly one of taskId and source'],
    [[{ taskId: 'a', ...image }], 'tasks.0: got taskId and source; allowed: exactly one'],
    [
      [{ taskId: 'a', name: 1 }],
      'tasks.0.name: got a field that does not exist; allowed: an object with any',
    ],
    [
      [{ taskId: 'a', settings: {} }],
      'tasks.0.settings: got settings of a task; allowed: settings of images',
    ],
    [[{ ...image, settings: { dpi: 300 } }], 'tasks.0.settings.dpi: got a field that does not exist'],
    [[{ source: { bucket: 'other', key: 'a' } }], 'tasks.0.source.bucket: got a bucket that is not a source'],
    [
      [{ source: { bucket: BUCKET, key: 'results/a' } }],
      'tasks.0.source.key: got another place; allowed: inbox/ or images/ in this bucket',
    ],
    [
      [{ taskId: 'a', submittedAt: instantAfter(301) }],
      'tasks.0.submittedAt: got an instant more than 5 minutes in the future',
    ],
    [[], 'tasks: got an array of 0; allowed: an array of 1 to 1000 tasks'],
    [Array(1001).fill('a'), 'tasks: got an array of 1001; allowed: an array of 1 to 1000 tasks'],
    ['a', "tasks: got 'a'; allowed: an array of 1 to 1000 tasks"],
  ])('is refused with the place of what is wrong: %j', async (tasks, message) => {
    const { request, batchExecutions, files } = setUp();

    await expect(request({ tasks })).rejects.toThrow(message);
    expect(batchExecutions.size + files.all.size).toBe(0);
  });
});

describe('a request with a list or a prefix of images', () => {
  it.each([
    { list: { bucket: BUCKET, key: 'lists/a.csv', versionId: 'v1' } },
    { list: { bucket: BUCKET, key: 'batches/a/items.jsonl' } },
    { list: { bucket: 'scans', key: 'anywhere.jsonl' }, requestsPerSecond: 5 },
    { images: { bucket: BUCKET, prefix: 'images/monday/' }, settings: { language: 'English' } },
    { images: { bucket: BUCKET, prefix: 'inbox/' }, polling: { preset: 'frugal' } },
    { images: { bucket: 'scans', prefix: 'a' } },
  ])('starts with itself as the input of the execution: %j', async (body) => {
    const { request, inputs, files } = setUp();

    await request(body);

    expect(inputs()).toEqual([{ operation: 'RecognizeImage', concurrency: 10, ...body }]);
    expect(files.all.size).toBe(0);
  });

  it.each([
    [
      { list: { bucket: BUCKET, key: 'inbox/a' } },
      'list.key: got another place; allowed: lists/ or batches/ in',
    ],
    [
      { list: { bucket: 'other', key: 'a' } },
      'list.bucket: got a bucket that is not a source; allowed: one of',
    ],
    [
      { images: { bucket: BUCKET, prefix: 'results/' } },
      'images.prefix: got another place; allowed: inbox/ or',
    ],
    [{ images: { bucket: 'other', prefix: 'a' } }, 'images.bucket: got a bucket that is not a source'],
    [{ images: { bucket: 'scans', prefix: 'a' }, settings: { dpi: 1 } }, 'settings.dpi: got a field that'],
    [{}, 'body: got nothing; allowed: exactly one of tasks, list, images'],
    [
      { tasks: ['a'], images: { bucket: 'scans', prefix: 'a' } },
      'body: got tasks and images; allowed: exactly one of tasks, list, images',
    ],
    [{ retryOf: BATCH_ID }, 'retryOf: got a field that does not exist'],
    [{ tasks: ['a'], batchId: 'a/b' }, 'batchId: got a string of 3 characters, with "/" at 2'],
  ])('is refused when it is not allowed: %j', async (body, message) => {
    const { request, batchExecutions } = setUp();

    await expect(request(body)).rejects.toThrow(message);
    expect(batchExecutions.size).toBe(0);
  });
});

it('starts with an input whose digest the execution computes, too', async () => {
  const { request, batches, inputs } = setUp();
  await request({ requestsPerSecond: 30, concurrency: 5, tasks: [TASK_ID], polling: { maxPolls: 5 } });

  const [input] = inputs();

  const parsed = parseBatchInput(JSON.parse(JSON.stringify(input)));
  expect(await batchRequestDigest(parsed)).toBe(batches.current()?.requestDigest);
});

it.each<[BatchRequest['requestsPerSecond'], boolean]>([
  [undefined, false],
  [20, false],
  [19.9, true],
])('warns of the delay of a rate of %s: %s', (requestsPerSecond, warns) => {
  expect(batchWarning({ requestsPerSecond })).toBe(
    warns ? 'requestsPerSecond: below 20 requests a second the rate costs delay' : undefined,
  );
});

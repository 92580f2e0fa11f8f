import { describe, expect, it } from 'vitest';
import type { BatchInput } from '../../../../functions/contracts/batch-input.ts';
import type { LineOutcome } from '../../../../functions/contracts/batch-record.ts';
import { readBatchItems } from '../../../../functions/core/batch/batch-items.ts';
import { newBatch } from '../../../../functions/core/batch/batch-record.ts';
import { aBatchInput, inParts, openBatchWorld } from '../../../support/batch-world.ts';
import { BUCKET, claimant, START } from '../../../support/builders.ts';
import { toArray } from '../../../support/to-array.ts';

function read(input: Partial<BatchInput>, world: Parameters<typeof openBatchWorld>[0] = {}) {
  const { ports } = openBatchWorld(world);
  const batch = aBatchInput(input);
  const items = readBatchItems(batch, { batch, buckets: ports.buckets, startedAt: START }, ports);
  return toArray(items);
}

const refusal = (reason: string, message: string) =>
  expect.objectContaining({ name: 'UnusableListError', reason, message });

describe('tasks in the request', () => {
  it('are items', async () => {
    const tasks = ['a', { taskId: 'b', operation: 'RecognizePdf' }];

    expect(await read({ tasks })).toEqual([
      { item: { taskId: 'a', operation: 'RecognizeImage', generation: 1 }, place: 'item 1', imageBytes: 0 },
      { item: { taskId: 'b', operation: 'RecognizePdf', generation: 1 }, place: 'item 2', imageBytes: 0 },
    ]);
  });

  it('are refused with their place', async () => {
    await expect(read({ tasks: ['a', 'b c'] })).rejects.toEqual(
      refusal(
        'ListInvalid',
        expect.stringMatching(/^item 2: taskId: got a string of 3 characters, with " " at 2/),
      ),
    );
  });
});

describe('a list', () => {
  it.each([
    ['lists/a.jsonl', '"a"\n{"taskId":"b"}'],
    ['lists/a.JSON', '["a","b"]'],
    ['lists/a.csv', 'taskId\na\nb\n'],
  ])('is read from %s', async (key, content) => {
    const items = await read({ list: { bucket: BUCKET, key } }, { lists: { [key]: content } });

    expect(items.map(({ item }) => item)).toMatchObject([{ taskId: 'a' }, { taskId: 'b' }]);
  });

  it('is read only as far as its items are taken', async () => {
    let parts = 0;
    async function* endless() {
      for (;;) {
        parts += 1;
        yield* inParts(`task-${parts}\n`);
      }
    }
    const { ports } = openBatchWorld({ lists: { 'a.jsonl': endless() } });
    const batch = aBatchInput({ list: { bucket: BUCKET, key: 'a.jsonl' } });

    const items = readBatchItems(batch, { batch, buckets: ports.buckets, startedAt: START }, ports);
    for (const _ of [1, 2, 3]) await items.next();

    expect(parts).toBe(3);
  });

  it('is refused for an unknown format', async () => {
    await expect(read({ list: { bucket: BUCKET, key: 'lists/a.txt' } })).rejects.toEqual(
      refusal('ListInvalid', expect.stringMatching(/^list\.key: got a key with another ending; allowed: /)),
    );
  });

  it('is refused when it cannot be read', async () => {
    await expect(read({ list: { bucket: BUCKET, key: 'lists/a.json' } })).rejects.toEqual(
      refusal('ListUnreadable', 'there is no list'),
    );
  });
});

describe('images below a prefix', () => {
  const images = [
    { key: 'in/', etag: '0', bytes: 0 },
    { key: 'in/_settings.json', etag: '1', bytes: 10 },
    { key: 'in/a b+c ü.png', etag: '2', bytes: 1000 },
    { key: 'in/b_settings.json', etag: '3-2', bytes: 2000 },
    { key: 'in/deep/', etag: '4', bytes: 0 },
    { key: 'in/deep/empty.png', etag: '5', bytes: 0 },
  ];

  it('are items with their ETags, without folders and settings', async () => {
    const request = { images: { bucket: 'scans', prefix: 'in/' }, settings: { rotate: 90 } };

    expect(await read(request, { images })).toEqual(
      [
        ['in/a b+c ü.png', '2', 1000],
        ['in/b_settings.json', '3-2', 2000],
        ['in/deep/empty.png', '5', 0],
      ].map(([key, etag, imageBytes]) => ({
        item: {
          source: { bucket: 'scans', key, etag },
          operation: 'RecognizeImage',
          generation: 1,
          settings: { rotate: 90 },
        },
        place: 'images',
        imageBytes,
      })),
    );
  });

  it.each([
    [
      'secrets',
      'in/',
      'images.bucket: got a bucket that is not a source; allowed: one of results-bucket, scans',
    ],
    [BUCKET, 'results/', 'images.prefix: got another place; allowed: inbox/ or images/ in this bucket'],
    [BUCKET, 'image', 'images.prefix: got another place; allowed: inbox/ or images/ in this bucket'],
  ])('are refused in %s below %s', async (bucket, prefix, message) => {
    await expect(read({ images: { bucket, prefix } }, { images })).rejects.toEqual(
      refusal('ListUnreadable', message),
    );
  });

  it('are refused when the settings of the batch do not fit its operation', async () => {
    const request = { images: { bucket: 'scans', prefix: 'in/' }, settings: { rotate: 'left' } };

    await expect(read(request, { images })).rejects.toEqual(
      refusal('ListInvalid', expect.stringMatching(/^images: settings\.rotate: got 'left'; allowed: /)),
    );
  });
});

describe('a retry', () => {
  const task = (i: number) => ({ i, taskId: `task-${i}`, operation: 'RecognizeImage', generation: i + 1 });
  const result = (i: number, outcome: LineOutcome) => ({ i, outcome, generation: i + 1 });
  const lines = (values: readonly unknown[]) => values.map((value) => `${JSON.stringify(value)}\n`).join('');
  const image = { i: 4, source: { bucket: 'scans', key: 'a' }, operation: 'RecognizePdf', generation: 5 };
  const items = lines([task(0), task(1), task(2), task(3), image]);
  const results = lines([
    result(0, 'Failed'),
    result(1, 'Completed'),
    result(2, 'NotStarted'),
    result(3, 'Expired'),
    result(4, 'Refused'),
  ]);

  async function worldOf({
    record = {},
    objects = { 'batches/old/items.jsonl': items, 'batches/old/results.jsonl': results },
  }: {
    readonly record?: object;
    readonly objects?: Readonly<Record<string, string>>;
  } = {}) {
    const old = await newBatch('old', aBatchInput(), claimant);
    return { records: [{ ...old, status: 'Completed', outcome: 'Completed', ...record } as const], objects };
  }

  it('has what is not completed, with the next generation of what was started', async () => {
    const retried = await read({ retryOf: 'old', polling: { maxPolls: 3 } }, await worldOf());

    expect(retried).toEqual(
      [
        { taskId: 'task-0', operation: 'RecognizeImage', generation: 2, polling: { maxPolls: 3 } },
        { taskId: 'task-2', operation: 'RecognizeImage', generation: 3, polling: { maxPolls: 3 } },
        { taskId: 'task-3', operation: 'RecognizeImage', generation: 5, polling: { maxPolls: 3 } },
        {
          source: { bucket: 'scans', key: 'a' },
          operation: 'RecognizePdf',
          generation: 6,
          polling: { maxPolls: 3 },
        },
      ].map((item, index) => ({ item, place: `item ${[1, 3, 4, 5][index]}`, imageBytes: 0 })),
    );
  });

  it('has a later generation than the item and its record, whichever is later', async () => {
    const objects = {
      'batches/old/items.jsonl': lines([
        { ...task(0), generation: 7 },
        { ...image, i: 1, generation: 2 },
      ]),
      'batches/old/results.jsonl': lines([
        { i: 0, outcome: 'Failed', generation: 1 },
        { i: 1, outcome: 'Failed', generation: 9 },
      ]),
    };

    const retried = await read({ retryOf: 'old' }, await worldOf({ objects }));

    expect(retried.map(({ item }) => item.generation)).toEqual([8, 10]);
  });

  const missing = 'a batch that does not exist, or whose record has expired';
  const deleted = 'a batch without items, or whose results have been deleted';
  it.each([
    ['an unknown batch', missing, { retryOf: 'older' }, {}],
    ['an expired batch', missing, {}, { record: { expiresAt: START / 1000 } }],
    [
      'a batch that runs',
      'a batch that has not ended',
      {},
      { record: { status: 'Running', outcome: undefined } },
    ],
    ['a batch without items', deleted, {}, { objects: { 'batches/old/results.jsonl': results } }],
    ['a batch without results', deleted, {}, { objects: { 'batches/old/items.jsonl': items } }],
  ])('of %s is refused', async (_, got, request, world) => {
    await expect(read({ retryOf: 'old', ...request }, await worldOf(world))).rejects.toEqual(
      refusal('ListUnreadable', `retryOf: got ${got}; allowed: a batch that has ended`),
    );
  });

  it.each([
    ['is missing', lines([result(0, 'Failed')]), 'item 1 of the batch has no result line'],
    ['is of another item', lines([result(1, 'Failed')]), 'result line 1 of the batch is in the place of 0'],
  ])('fails when a result line %s', async (_, incomplete, message) => {
    const objects = { 'batches/old/items.jsonl': items, 'batches/old/results.jsonl': incomplete };

    await expect(read({ retryOf: 'old' }, await worldOf({ objects }))).rejects.toThrow(new Error(message));
  });
});

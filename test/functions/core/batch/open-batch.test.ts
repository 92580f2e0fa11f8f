import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type BatchInput,
  CHUNK_IMAGE_BYTES,
  CHUNK_ITEMS,
} from '../../../../functions/contracts/batch-input.ts';
import { changeBatch, endBatch, newBatch } from '../../../../functions/core/batch/batch-record.ts';
import { openBatch } from '../../../../functions/core/batch/open-batch.ts';
import {
  aBatchInput,
  BATCH_EXECUTION,
  BATCH_ID,
  inParts,
  openBatchWorld,
} from '../../../support/batch-world.ts';
import { START } from '../../../support/builders.ts';
import { reproducible } from '../../../support/reproducible.ts';

const claimant = { executionArn: BATCH_EXECUTION, startedAt: START };
const OUTPUT = { chunksKey: `batches/${BATCH_ID}/chunks.jsonl`, concurrency: 10 };
const LIST = { list: { bucket: 'scans', key: 'lists/monday.jsonl' } };

type World = Parameters<typeof openBatchWorld>[0];

function setUp(input: Partial<BatchInput>, world: World = {}) {
  const created = openBatchWorld(world);
  const batch = { batchId: BATCH_ID, input: aBatchInput(input) };
  return { ...created, open: (by = claimant) => openBatch(batch, by, created.ports) };
}

const ids = (count: number) => Array.from({ length: count }, (_, index) => `task-${index}`);
const listOf = (lines: readonly unknown[]) => ({
  lists: { 'lists/monday.jsonl': lines.map((line) => JSON.stringify(line)).join('\n') },
});
const imagesOf = (...sizes: readonly number[]) => ({
  images: sizes.map((bytes, index) => ({ key: `in/${index}.png`, etag: String(index), bytes })),
});
const A_SCAN = { bucket: 'scans', key: 'a.png', etag: '1' };
const IMAGES = { images: { bucket: 'scans', prefix: 'in/' } };

describe('an opened batch', () => {
  it('runs with its items and chunks', async () => {
    const { open, current, items, chunks } = setUp(LIST, listOf(ids(120)));

    expect(await open()).toEqual(OUTPUT);
    expect(current()).toMatchObject({ status: 'Running', total: 120, duplicates: 0, chunks: 2, version: 2 });
    expect(items().map((item) => item.i)).toEqual(Array.from({ length: 120 }, (_, index) => index));
    expect(chunks().map(({ n }) => n)).toEqual([0, 1]);
  });

  it('S35: has chunks that are ranges of bytes, whatever the correlations', async () => {
    const tasks = ids(130).map((taskId) => ({ taskId, correlation: `${taskId} ü\u2028\u0085 😀 "\n` }));
    const { open, stored, items, chunks } = setUp({ tasks });
    await open();

    const content = Buffer.from(stored.get(`batches/${BATCH_ID}/items.jsonl`) ?? '');
    const read = chunks().map(({ from, bytes }) =>
      content
        .subarray(from, from + bytes)
        .toString()
        .trimEnd()
        .split('\n')
        .map((line): unknown => JSON.parse(line)),
    );
    expect(read.map((lines) => lines.length)).toEqual([CHUNK_ITEMS, 130 - CHUNK_ITEMS]);
    expect(read.flat()).toEqual(items());
    expect(items()[7]).toEqual({
      i: 7,
      taskId: 'task-7',
      operation: 'RecognizeImage',
      generation: 1,
      correlation: 'task-7 ü\u2028\u0085 😀 "\n',
    });
    expect(content.every((byte) => byte < 0x7f)).toBe(true);
    expect(chunks().at(-1)).toEqual({ n: 1, from: expect.any(Number), bytes: expect.any(Number) });
    expect(chunks().reduce((sum, { bytes }) => sum + bytes, 0)).toBe(content.length);
  });

  it.each([
    ['as many small images as fit', Array<number>(CHUNK_ITEMS + 1).fill(1000), [CHUNK_ITEMS, 1]],
    ['images up to the limit', [CHUNK_IMAGE_BYTES / 2, CHUNK_IMAGE_BYTES / 2, 1], [2, 1]],
    ['a larger image alone', [1, CHUNK_IMAGE_BYTES + 1, 1], [1, 1, 1]],
    ['a larger first image alone', [CHUNK_IMAGE_BYTES + 1, 0, 1], [1, 2]],
  ])('has chunks of %s', async (_, sizes, lengths) => {
    const { open, stored, chunks } = setUp(IMAGES, imagesOf(...sizes));
    await open();

    const content = stored.get(`batches/${BATCH_ID}/items.jsonl`) ?? '';
    const counts = chunks().map(
      ({ from, bytes }) => content.slice(from, from + bytes).split('\n').length - 1,
    );
    expect(counts).toEqual(lengths);
  });

  it('has each task and each image once', async () => {
    const image = { source: { bucket: 'scans', key: 'a', etag: '1' } };
    const latest = { source: { bucket: 'scans', key: 'a' } };
    const distinct = [
      { taskId: 'a', correlation: 'first' },
      { taskId: 'A' },
      image,
      { ...image, operation: 'RecognizeReceipt' },
      { ...image, settings: { rotate: 90 } },
      { source: { ...image.source, etag: '2' } },
      latest,
    ];
    const repeats = [
      { taskId: 'a', correlation: 'second' },
      { ...image, correlation: '2' },
      { ...image, settings: { Rotate: 90 } },
      latest,
      'A',
    ];
    const { open, current, items } = setUp(LIST, listOf([...distinct, ...repeats]));
    await open();

    expect(items()).toMatchObject(distinct.map((item, i) => ({ i, ...item })));
    expect(current()).toMatchObject({ total: distinct.length, duplicates: repeats.length, chunks: 1 });
  });

  it('is opened once', async () => {
    const { open, writes, current } = setUp(LIST, listOf(ids(2)));
    await open();
    const before = { writes: writes(), record: current() };

    expect(await open()).toEqual(OUTPUT);
    expect({ writes: writes(), record: current() }).toEqual(before);
  });

  it.each(['"later"', '"no task"'])(
    'stays as another invocation opened it meanwhile, when its list now is %s',
    async (later) => {
      const world = setUp(LIST, { lists: { 'lists/monday.jsonl': later } });
      const { create } = world.ports.files;
      world.ports.files.create = async (key) => {
        world.ports.files.create = create;
        const other = { batchId: BATCH_ID, input: aBatchInput(LIST) };
        await openBatch(other, claimant, { ...world.ports, readList: () => inParts('"earlier"') });
        return await create(key);
      };

      expect(await world.open()).toEqual(OUTPUT);

      expect(world.items()).toMatchObject([{ taskId: 'earlier' }]);
      expect(world.current()).toMatchObject({ status: 'Running', messages: [], total: 1, version: 2 });
      expect(world.aborted).toHaveLength(2);
    },
  );

  it('stays cancelled when a caller cancels it meanwhile', async () => {
    const world = setUp(LIST, listOf(ids(2)));
    const { batches, current } = world;
    const list = world.ports.files.create;
    world.ports.files.create = async (key) => {
      const record = current();
      if (record?.status === 'Opening') batches.set(BATCH_ID, changeBatch(record, { status: 'Cancelling' }));
      return await list(key);
    };

    expect(await world.open()).toEqual(OUTPUT);
    expect(current()).toMatchObject({ status: 'Cancelling', total: 2, chunks: 1, version: 3 });
  });

  it('replaces the expired record of an earlier batch with its id', async () => {
    const old = await newBatch(BATCH_ID, aBatchInput(), { executionArn: 'old', startedAt: 0 });
    const { open, current } = setUp(LIST, { ...listOf(ids(2)), records: [{ ...old, version: 7 }] });

    expect(await open()).toEqual(OUTPUT);
    expect(current()).toMatchObject({ executionArn: BATCH_EXECUTION, status: 'Running', version: 9 });
  });
});

describe('a batch id in use', () => {
  it.each([
    ['another request', { requestDigest: 'other' }],
    ['another execution', { executionArn: 'other' }],
  ])('for %s conflicts', async (_, details) => {
    const known = { ...(await newBatch(BATCH_ID, aBatchInput(LIST), claimant)), ...details };
    const { open, stored, current } = setUp(LIST, { ...listOf(ids(2)), records: [known] });

    await expect(open()).rejects.toMatchObject({ name: 'BatchConflict' });
    expect(stored.size).toBe(0);
    expect(current()).toBe(known);
  });
});

describe('a list that cannot be used', () => {
  it.each([
    ['is empty', LIST, listOf([]), 'ListInvalid', /^list: got no items; allowed: 1 to 1000000 items$/],
    ['has no images', IMAGES, {}, 'ListInvalid', /^images: got no items; /],
    ['is an empty request', { tasks: [] }, {}, 'ListInvalid', /^tasks: got no items; /],
    ['has a malformed line', LIST, listOf([...ids(60), 'a/b']), 'ListInvalid', /^line 61: taskId: got /],
    ['does not exist', LIST, {}, 'ListUnreadable', /^there is no list$/],
    [
      'has a task twice with other operations',
      LIST,
      listOf(['a', 'b', { taskId: 'a', operation: 'RecognizePdf' }]),
      'ListInvalid',
      /^line 3: operation: got RecognizePdf; allowed: RecognizeImage, because an earlier item has this task/,
    ],
    [
      'has a task twice with other generations',
      LIST,
      listOf(['a', { taskId: 'b', generation: 2 }, { taskId: 'b', generation: 2 }, 'b']),
      'ListInvalid',
      /^line 4: generation: got 1; allowed: 2, because an earlier item has this task with it$/,
    ],
    [
      'has an image twice with other generations',
      LIST,
      listOf([{ source: A_SCAN }, { source: A_SCAN }, { source: A_SCAN, generation: 2 }]),
      'ListInvalid',
      /^line 3: generation: got 2; allowed: 1, because an earlier item has this image with it$/,
    ],
  ])('%s: the record says why', async (_, input, world, reason, message) => {
    const { open, current, stored, aborted } = setUp(input, world);

    for (const attempt of [1, 2]) {
      await expect(open(), `attempt ${attempt}`).rejects.toMatchObject({
        name: 'OcrBatchRefused',
        message: expect.stringContaining(`(${reason})`),
      });
    }
    expect(current()).toMatchObject({
      status: 'Opening',
      reason,
      messages: [expect.stringMatching(message)],
    });
    expect(current()).toMatchObject({ version: 2 });
    expect(stored.size).toBe(0);
    expect(aborted).toHaveLength(2);
  });
});

describe('a batch that has ended meanwhile', () => {
  it.each(['before', 'while'])('is not opened when it ends %s its items are listed', async (when) => {
    const known = await newBatch(BATCH_ID, aBatchInput(LIST), claimant);
    const ended = endBatch(known, 'Cancelled', {}, START);
    const state = { ends: when === 'before' };
    const world = setUp(LIST, { ...listOf(ids(2)), records: [state.ends ? ended : known] });
    const { create } = world.ports.files;
    world.ports.files.create = async (key) => {
      world.batches.set(BATCH_ID, ended);
      return await create(key);
    };

    await expect(world.open()).rejects.toMatchObject({
      name: 'OcrBatchRefused',
      message: expect.stringContaining('(Cancelled)'),
    });
    expect(world.current()).toBe(ended);
  });
});

describe('a crash', () => {
  it('at any write is repaired by a repeat, which writes the same', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 80 }), { minLength: 1, maxLength: 130 }),
        fc.array(fc.nat(14), { maxLength: 3 }),
        async (numbers, crashes) => {
          const list = listOf(numbers.map((number) => `task-${number}`));
          const whole = setUp(LIST, list);
          await whole.open();

          let writesLeft = Infinity;
          const step = () => {
            if (writesLeft === 0) throw new Error('crash');
            writesLeft -= 1;
          };
          const crashing = setUp(LIST, { ...list, step });
          for (const writes of crashes) {
            writesLeft = writes;
            await crashing.open().catch((error: unknown) => expect(error).toEqual(new Error('crash')));
          }
          writesLeft = Infinity;

          expect(await crashing.open()).toEqual(OUTPUT);
          expect(crashing.stored).toEqual(whole.stored);
          expect(crashing.current()).toEqual(whole.current());
        },
      ),
      reproducible(),
    );
  });
});

describe('a long list', () => {
  it('of 10,000 tasks is written while it is read', async () => {
    const state = { read: 0, written: 0, maxInMemory: 0 };
    async function* lines() {
      for (const taskId of ids(10_000)) {
        state.read += 1;
        state.maxInMemory = Math.max(state.maxInMemory, state.read - state.written);
        yield Buffer.from(`${JSON.stringify({ taskId, correlation: 'x'.repeat(200) })}\n`);
      }
    }
    const { open, ports, current } = setUp(LIST, { lists: { 'lists/monday.jsonl': lines() } });
    ports.files.create = async (key) => ({
      async write(text) {
        if (key.endsWith('/items.jsonl')) state.written += text.split('\n').length - 1;
      },
      async end() {},
      async abort() {},
    });

    await open();

    expect(current()).toMatchObject({ total: 10_000, chunks: Math.ceil(10_000 / CHUNK_ITEMS) });
    expect(state).toEqual({ read: 10_000, written: 10_000, maxInMemory: CHUNK_ITEMS + 1 });
  });
});

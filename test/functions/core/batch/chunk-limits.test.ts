import pLimit from 'p-limit';
import { describe, expect, it } from 'vitest';
import type { BatchItem } from '../../../../functions/contracts/batch-input.ts';
import { collectChunkEventSchema } from '../../../../functions/contracts/collect-batch.ts';
import { newBatch } from '../../../../functions/core/batch/batch-record.ts';
import { imageOfItem } from '../../../../functions/core/batch/item-request.ts';
import { imageIdOf } from '../../../../functions/core/image-identity.ts';
import type { Poll } from '../../../../functions/core/vendor-response.ts';
import { aTerminalRecord, instantAfter, OTHER_EXECUTION, START } from '../../../support/builders.ts';
import {
  BATCH_EXECUTION,
  BATCH_ID,
  createChunkWorld,
  responded,
  taskItems,
} from '../../../support/chunk-world.ts';
import { anImage, imageSource } from '../../../support/image-builders.ts';

const pending = responded('Pending');
const completed = responded('Completed');
const retryAfter = (seconds: number): Poll => ({
  kind: 'Unavailable',
  detail: 'HTTP 429',
  retryAfterSeconds: seconds,
});

const imageItems = (count: number): Extract<BatchItem, { source: unknown }>[] =>
  Array.from({ length: count }, (_, i) => ({
    i,
    source: { ...imageSource, key: `scan-${i}.png` },
    operation: 'RecognizeImage',
    generation: 1,
  }));

const secondsOf = (polls: readonly { readonly at: number }[]) => polls.map(({ at }) => (at - START) / 1000);

describe('the delay until the next round', () => {
  it('is a whole number of seconds, although calls to AWS take time', async () => {
    const world = await createChunkWorld({
      items: taskItems(3),
      respond: () => pending,
      callSeconds: 0.123,
    });

    const progress = await world.invoke();

    expect(progress.delaySeconds).toSatisfy(Number.isInteger);
    const event = { chunk: world.chunk, batchId: BATCH_ID, executionArn: BATCH_EXECUTION, progress };
    expect(collectChunkEventSchema.safeParse(event).success).toBe(true);
  });

  it('is at least a second, although calls to AWS take longer than the time to the deadline', async () => {
    const world = await createChunkWorld({
      items: taskItems(3, { polling: { timeoutSeconds: 215 } }),
      respond: () => pending,
      callSeconds: 5,
    });

    expect((await world.invoke()).delaySeconds).toBeGreaterThanOrEqual(1);
  });
});

describe('Retry-After', () => {
  it('is obeyed in later invocations, too', async () => {
    const world = await createChunkWorld({
      items: taskItems(10),
      respond: (taskId, attempt) => (taskId === 'task-0' && attempt === 1 ? retryAfter(3600) : pending),
    });

    const first = await world.invoke();
    const polls = world.polls.length;
    await world.clock.sleep(first.delaySeconds * 1000);
    await world.invoke(first);

    expect(first.delaySeconds).toBeGreaterThan(3500);
    expect(secondsOf(world.polls.slice(polls)).every((at) => at >= 3600)).toBe(true);
  });

  it('of an upload delays the other uploads', async () => {
    const world = await createChunkWorld({
      items: imageItems(20),
      respond: () => completed,
      upload: () => ({ kind: 'NotAccepted', detail: 'HTTP 429', retryAfterSeconds: 600 }),
      batch: { requestsPerSecond: 1, concurrency: 1 },
    });

    await world.invoke();

    expect(world.uploads()).toBe(1);
  });

  it('does not delay the last poll of a task beyond its deadline', async () => {
    const world = await createChunkWorld({
      items: [
        ...taskItems(1),
        { ...taskItems(2)[1], i: 1, taskId: 'urgent', polling: { timeoutSeconds: 30 } } as BatchItem,
      ],
      respond: (taskId, attempt) => {
        if (taskId !== 'urgent') return attempt === 1 ? retryAfter(150) : completed;
        return attempt === 1 ? pending : completed;
      },
    });

    await world.runToEnd();

    const urgent = secondsOf(world.polls.filter(({ taskId }) => taskId === 'urgent'));
    expect(Math.max(...urgent)).toBeLessThanOrEqual(31);
    expect(world.lines().map(({ outcome }) => outcome)).toEqual(['Completed', 'Completed']);
  });
});

it('a low rate bounds the chunks that run together', async () => {
  const claimant = { executionArn: BATCH_EXECUTION, startedAt: START };
  const chunksAt = async (requestsPerSecond: number, concurrency: number) =>
    (
      await newBatch(
        'b',
        { operation: 'RecognizeImage', tasks: [], requestsPerSecond, concurrency },
        claimant,
      )
    ).concurrency;

  expect(await chunksAt(0.1, 1000)).toBe(2);
  expect(await chunksAt(0.01, 10)).toBe(1);
  expect(await chunksAt(5, 1000)).toBe(100);
  expect(await chunksAt(100, 10)).toBe(10);
});

describe('the images of a chunk', () => {
  it('are not stopped by an old refusal of another execution', async () => {
    const items = imageItems(3);
    const world = await createChunkWorld({ items, respond: () => completed });
    const [first] = items;
    if (first === undefined) return;
    const imageId = await imageIdOf(imageOfItem(first), BATCH_EXECUTION);
    world.images.all.set(
      imageId,
      anImage({
        ...{ imageId, source: first.source, executionArn: OTHER_EXECUTION, startedAt: instantAfter(-86_400) },
        ...{ state: 'Refused', reason: 'QuotaExceeded', messages: ['old'], terminalEvent: 'Published' },
      }),
    );

    await world.runToEnd();

    expect(world.lines().map(({ outcome }) => outcome)).toEqual(['Refused', 'Completed', 'Completed']);
    expect(world.batches.current()?.stopReason).toBeUndefined();
  });

  it('do not wait for those that another execution submits', async () => {
    const items = imageItems(30);
    const world = await createChunkWorld({ items, respond: () => completed, limitUploads: pLimit(4) });
    for (const item of items.slice(0, 10)) {
      const imageId = await imageIdOf(imageOfItem(item), BATCH_EXECUTION);
      const foreign = { imageId, source: item.source, executionArn: OTHER_EXECUTION };
      world.images.all.set(imageId, anImage({ ...foreign, leaseExpiresAt: instantAfter(40_000) }));
    }

    const first = await world.invoke();

    expect(first.left).toBe(10);
    expect(world.uploads()).toBe(20);
    expect((world.clock.now() - START) / 1000).toBeLessThanOrEqual(201);
  });

  it('are not uploaded once the batch is closed', async () => {
    const world = await createChunkWorld({
      items: imageItems(40),
      respond: () => pending,
      uploadSeconds: 5,
      limitUploads: pLimit(4),
    });
    const running = world.invoke();
    await world.clock.sleep(12_000);

    await world.close('ABORTED');
    const uploadsWhenClosed = world.uploads();
    await running;

    // Those under way are noted in the records of their images.
    expect(world.uploads()).toBeLessThanOrEqual(uploadsWhenClosed + 4);
    const started = new Set([...world.images.all.values()].map(({ source }) => source?.key));
    for (const { outcome, source } of world.allLines()) {
      expect(outcome === 'NotStarted').toBe(!started.has(source?.key));
    }
  });

  it('are uploaded again after a crash as soon as the upload must have ended', async () => {
    const world = await createChunkWorld({
      items: imageItems(1),
      respond: () => completed,
      // Claim, reads, and the record before the upload come first.
      killsAt: 'upload',
    });

    await world.runToEnd();

    expect(world.uploads()).toBe(2);
    expect(world.lines()).toMatchObject([{ outcome: 'Completed', uploads: 2 }]);
    expect((world.clock.now() - START) / 1000).toBeLessThan(260);
  });

  it('have a lease from their claim, however late the chunk is', async () => {
    let isPaused = true;
    const world = await createChunkWorld({
      items: imageItems(1),
      respond: () => pending,
      isPaused: () => isPaused,
    });
    let last = await world.invoke();
    await world.clock.sleep(3_600_000);
    isPaused = false;
    last = await world.invoke(last);

    expect(last.left).toBe(1);
    expect(Date.parse(world.images.current()?.leaseExpiresAt ?? '')).toBeGreaterThan(START + 3_600_000);
  });
});

it('a joined task has the correlation of the item in its line', async () => {
  const world = await createChunkWorld({
    items: taskItems(1, { correlation: 'row 17' }),
    respond: () => completed,
  });
  const foreign = { taskId: 'task-0', executionArn: OTHER_EXECUTION, correlation: 'theirs' };
  world.records.all.set('task-0', aTerminalRecord(foreign));

  await world.runToEnd();

  expect(world.lines()).toMatchObject([{ correlation: 'row 17', outcome: 'Completed' }]);
});

it('an image that was recognized at a later generation has that generation in its line', async () => {
  const [item] = imageItems(1);
  if (item === undefined) return;
  const world = await createChunkWorld({ items: [item], respond: () => completed });
  const imageId = await imageIdOf(imageOfItem(item), BATCH_EXECUTION);
  const foreign = { imageId, source: item.source, executionArn: OTHER_EXECUTION, generation: 4 };
  const ended = { taskIds: ['theirs'], uploads: 1, uploadedAt: instantAfter(-60) };
  world.images.all.set(imageId, anImage({ ...foreign, ...ended, state: 'Done' }));
  world.records.all.set('theirs', aTerminalRecord({ taskId: 'theirs', executionArn: OTHER_EXECUTION }));

  await world.runToEnd();

  expect(world.lines()).toMatchObject([{ generation: 4, outcome: 'Completed' }]);
});

describe('an error of AWS', () => {
  it('ends a task after seven tries, in several rounds', async () => {
    const world = await createChunkWorld({
      items: taskItems(5),
      respond: (_, __, age) => (age < 1000 ? pending : completed),
      fault: (step, taskId) =>
        step === 'store' && taskId === 'task-3' ? new Error('S3 is full') : undefined,
    });

    const rounds = await world.runToEnd();

    expect(world.lines().map(({ outcome }) => outcome)).toEqual([
      ...['Completed', 'Completed', 'Completed', 'Failed', 'Completed'],
    ]);
    expect(world.errors).toHaveLength(7);
    expect(rounds.length).toBeLessThan(60);
  });

  it('when a task is kept for later does not affect the others', async () => {
    const world = await createChunkWorld({
      items: taskItems(5),
      respond: (taskId, _, age) => (taskId === 'task-0' || age > 600 ? completed : pending),
      fault: (step, taskId, seconds) =>
        step === 'write record' && taskId === 'task-3' && seconds > 150 && seconds < 400
          ? new Error('DynamoDB is unavailable')
          : undefined,
    });

    await world.runToEnd();

    expect(world.lines().map(({ outcome }) => outcome)).toEqual(Array(5).fill('Completed'));
    expect(world.events.filter(({ detail }) => detail.taskId === 'task-0')).toHaveLength(1);
  });
});

it('a task that the chunk has begun ends with an event, although its record was deleted', async () => {
  let isPaused = false;
  const world = await createChunkWorld({
    items: taskItems(1, { submittedAt: instantAfter(-10) }),
    respond: (_, __, age) => (age < 80_000 ? pending : responded('NotExist')),
    isPaused: () => isPaused,
  });
  const first = await world.invoke();
  isPaused = true;
  await world.clock.sleep(90_000_000);
  world.records.all.clear();
  isPaused = false;

  await world.invoke(first);

  expect(world.lines()).toMatchObject([{ outcome: 'Expired' }]);
  expect(world.events.map(({ detailType }) => detailType)).toEqual(['OCR Task Expired']);
});

import { describe, expect, it } from 'vitest';
import type { BatchItem } from '../../../../functions/contracts/batch-input.ts';
import { batchKeys } from '../../../../functions/contracts/batch-keys.ts';
import { LEASE_SECONDS } from '../../../../functions/core/task-record.ts';
import type { Poll } from '../../../../functions/core/vendor-response.ts';
import { aRecord, aTerminalRecord, instantAfter, OTHER_EXECUTION, START } from '../../../support/builders.ts';
import {
  BATCH_EXECUTION,
  BATCH_ID,
  createChunkWorld,
  responded,
  taskItems,
} from '../../../support/chunk-world.ts';
import { imageSource } from '../../../support/image-builders.ts';

const pending = responded('Pending');
const completed = responded('Completed');
const rejected: Poll = { kind: 'Refused', reason: 'CredentialsRejected', detail: 'HTTP 401' };

const anImageItem = (details: Partial<BatchItem> = {}): BatchItem => ({
  i: 0,
  source: imageSource,
  operation: 'RecognizeImage',
  generation: 1,
  ...details,
});

describe('a chunk of tasks', () => {
  it('ends in one invocation with a record, an event and a line for each task', async () => {
    const world = await createChunkWorld({
      items: taskItems(50, { correlation: 'mine' }),
      respond: (_, attempt) => (attempt < 3 ? pending : completed),
    });

    const rounds = await world.runToEnd();

    expect(rounds).toHaveLength(1);
    expect(world.lines().map(({ i, outcome, attempts }) => [i, outcome, attempts])).toEqual(
      Array.from({ length: 50 }, (_, i) => [i, 'Completed', 3]),
    );
    expect(world.events).toHaveLength(50);
    expect(world.progress.ends.get(`${BATCH_ID}#0`)?.counts).toEqual({ Completed: 50 });
    for (const record of world.records.all.values()) {
      expect(record).toMatchObject({
        outcome: 'Completed',
        executionArn: BATCH_EXECUTION,
        batchId: BATCH_ID,
        correlation: 'mine',
      });
    }
  });

  it('writes each record twice: when the task is claimed and when it ends', async () => {
    const world = await createChunkWorld({
      items: taskItems(10),
      respond: (_, attempt) => (attempt < 8 ? pending : completed),
    });

    await world.runToEnd();

    expect(world.writes()).toBe(20);
  });

  it('has all polls in flight at the same time', async () => {
    const world = await createChunkWorld({ items: taskItems(50), respond: () => completed, pollSeconds: 60 });

    await world.runToEnd();

    expect(world.peakInFlight()).toBe(50);
  });

  it('waits as a whole after the hold, and its tasks stay leased until the next invocation', async () => {
    const world = await createChunkWorld({
      items: taskItems(3),
      respond: (_, __, age) => (age < 4000 ? pending : completed),
    });

    const first = await world.invoke();
    const leases = [...world.records.all.values()].map(({ leaseExpiresAt }) => Date.parse(leaseExpiresAt));
    const nextAt = world.clock.now() + first.delaySeconds * 1000;
    const rounds = await world.runToEnd();

    expect(first).toMatchObject({ left: 3, startedAt: instantAfter(0) });
    expect(first.delaySeconds).toBeGreaterThanOrEqual(20);
    for (const lease of leases) expect(lease).toBeGreaterThanOrEqual(nextAt + LEASE_SECONDS * 1000 - 1000);
    expect(rounds.length).toBeLessThan(80);
    expect(world.lines().map(({ outcome }) => outcome)).toEqual(['Completed', 'Completed', 'Completed']);
  });

  it('stays within 1,500 history events when its tasks never end', async () => {
    const world = await createChunkWorld({ items: taskItems(50), respond: () => pending });

    const rounds = await world.runToEnd();

    // Three for the start, and nine for each loop: Collect chunk, Any left? and Wait.
    expect(3 + 9 * rounds.length).toBeLessThan(1500);
    expect(new Set(world.lines().map(({ outcome }) => outcome))).toEqual(new Set(['TimedOut']));
    const lastPoll = Math.max(...world.polls.map(({ at }) => at));
    expect(lastPoll - START).toBeGreaterThan(86_390_000);
    expect(lastPoll - START).toBeLessThanOrEqual(86_400_000 + 1000);
  });

  it('keeps the lines of tasks that ended in earlier invocations', async () => {
    const world = await createChunkWorld({
      items: taskItems(4),
      respond: (taskId, _, age) => (taskId === 'task-0' || age > 600 ? completed : pending),
    });

    const first = await world.invoke();
    world.records.all.delete('task-0');
    await world.clock.sleep(first.delaySeconds * 1000);
    let last = first;
    while (last.left > 0) {
      last = await world.invoke(last);
      await world.clock.sleep(last.delaySeconds * 1000);
    }

    expect(first.left).toBe(3);
    expect(world.lines().map(({ taskId }) => taskId)).toEqual(['task-0', 'task-1', 'task-2', 'task-3']);
    expect(world.events.filter(({ detail }) => detail.taskId === 'task-0')).toHaveLength(1);
  });

  it('starts its clocks with its first invocation, hours after the batch', async () => {
    const world = await createChunkWorld({
      items: taskItems(5),
      respond: (_, attempt) => (attempt < 4 ? pending : completed),
    });
    world.clock.advance(5 * 3600 * 1000);

    const rounds = await world.runToEnd();

    expect(rounds).toHaveLength(1);
    const [record] = world.records.all.values();
    expect(record?.startedAt).toBe(instantAfter(5 * 3600));
    expect(Date.parse(record?.completedAt ?? '') - Date.parse(record?.startedAt ?? '')).toBeLessThan(20_000);
  });

  it('gives a task that is too old a line without a record or an event', async () => {
    const world = await createChunkWorld({
      items: taskItems(2, { submittedAt: instantAfter(-90_000) }),
      respond: () => completed,
    });

    await world.runToEnd();

    expect(world.lines().map(({ outcome }) => outcome)).toEqual(['Expired', 'Expired']);
    expect(world.records.all.size).toBe(0);
    expect(world.events).toEqual([]);
    expect(world.polls).toEqual([]);
  });

  it('joins a task that another execution collects, and publishes no event for it', async () => {
    const world = await createChunkWorld({ items: taskItems(1), respond: () => completed });
    world.records.all.set('task-0', aRecord({ taskId: 'task-0', executionArn: OTHER_EXECUTION }));
    world.clock.after(30_000, () => {
      world.records.all.set(
        'task-0',
        aTerminalRecord({ taskId: 'task-0', executionArn: OTHER_EXECUTION, outcome: 'Failed', version: 2 }),
      );
    });

    await world.runToEnd();

    expect(world.lines()).toMatchObject([{ taskId: 'task-0', outcome: 'Failed' }]);
    expect(world.events).toEqual([]);
    expect(world.polls).toEqual([]);
  });

  it('does not start a task id that is recorded for another operation', async () => {
    const world = await createChunkWorld({ items: taskItems(1), respond: () => completed });
    world.records.all.set(
      'task-0',
      aRecord({ taskId: 'task-0', executionArn: OTHER_EXECUTION, operation: 'RecognizePdf' }),
    );

    await world.runToEnd();

    expect(world.lines()).toMatchObject([{ outcome: 'NotStarted', reason: 'TaskConflict' }]);
  });

  it('polls no more than the requests a second of its share', async () => {
    const world = await createChunkWorld({
      items: taskItems(40),
      respond: () => completed,
      batch: { requestsPerSecond: 20, concurrency: 10, chunks: 10 },
    });

    await world.runToEnd();

    const times = world.polls.map(({ at }) => at).toSorted((one, other) => one - other);
    for (let first = 0; first + 10 < times.length; first += 1) {
      expect((times[first + 10] ?? 0) - (times[first] ?? 0)).toBeGreaterThanOrEqual(4980);
    }
  });

  it('sends nothing for as long as Aspose asks one of its tasks to wait', async () => {
    const throttled: Poll = { kind: 'Unavailable', detail: 'HTTP 429', retryAfterSeconds: 60 };
    const world = await createChunkWorld({
      items: taskItems(20),
      respond: (taskId, attempt) => {
        if (taskId === 'task-7' && attempt === 2) return throttled;
        return attempt < 6 ? pending : completed;
      },
    });

    await world.runToEnd();

    const second = world.polls.filter(({ taskId }) => taskId === 'task-7')[1]?.at ?? 0;
    const respondedAt = second + 300;
    const during = world.polls.filter(({ at }) => at > respondedAt + 1 && at < respondedAt + 59_999);
    expect(during).toEqual([]);
    expect(world.lines()).toHaveLength(20);
  });

  it('S37: stops the batch at rejected credentials, and starts no other task', async () => {
    const world = await createChunkWorld({ items: taskItems(3), respond: () => rejected });
    await world.runToEnd();

    expect(world.batches.current()?.stopReason).toBe('CredentialsRejected');

    const later = await createChunkWorld({
      items: taskItems(3),
      respond: () => rejected,
      batch: { stopReason: 'CredentialsRejected' },
    });
    await later.runToEnd();

    expect(later.lines()).toMatchObject(
      Array.from({ length: 3 }, () => ({ outcome: 'NotStarted', reason: 'CredentialsRejected' })),
    );
    expect(later.records.all.size).toBe(0);
    expect(later.polls).toEqual([]);
  });

  it('cancels its open tasks, with an event for each, when the batch is cancelled', async () => {
    const world = await createChunkWorld({ items: taskItems(4), respond: () => pending });
    const first = await world.invoke();
    await world.clock.sleep(first.delaySeconds * 1000);
    const batch = world.batches.current();
    if (batch !== undefined)
      world.batches.all.set(BATCH_ID, { ...batch, status: 'Cancelling', version: batch.version + 1 });
    const polls = world.polls.length;

    const last = await world.invoke(first);

    expect(last.left).toBe(0);
    expect(world.polls).toHaveLength(polls);
    expect(world.lines().map(({ outcome }) => outcome)).toEqual(Array(4).fill('Cancelled'));
    expect(world.events.map(({ detailType }) => detailType)).toEqual(Array(4).fill('OCR Task Cancelled'));
  });

  it('polls nothing while polling is paused, and goes on afterwards', async () => {
    let isPaused = true;
    const world = await createChunkWorld({
      items: taskItems(2),
      respond: () => completed,
      isPaused: () => isPaused,
    });

    const paused = await world.invoke();
    isPaused = false;
    await world.clock.sleep(paused.delaySeconds * 1000);
    await world.runToEnd();

    expect(paused).toMatchObject({ left: 2, delaySeconds: 300 });
    expect(world.lines()).toMatchObject([{ outcome: 'Completed' }, { outcome: 'Completed' }]);
  });

  it('S39: does nothing when the chunk has ended or the batch is closed', async () => {
    const ended = await createChunkWorld({ items: taskItems(2), respond: () => completed });
    await ended.runToEnd();
    const polls = ended.polls.length;
    expect(await ended.invoke()).toMatchObject({ left: 0 });
    expect(ended.polls).toHaveLength(polls);

    const closed = await createChunkWorld({
      items: taskItems(2),
      respond: () => completed,
      batch: { status: 'Cancelled', outcome: 'Cancelled' },
    });
    expect(await closed.invoke()).toMatchObject({ left: 0 });
    expect(closed.polls).toEqual([]);
    expect(closed.progress.ends.size).toBe(0);
  });

  it('tries a task again when AWS fails, without effect on the others', async () => {
    let failures = 0;
    const world = await createChunkWorld({
      items: taskItems(5),
      respond: () => completed,
      fault: (step) => {
        if (step !== 'store' || failures === 2) return undefined;
        failures += 1;
        return new Error('S3 is unavailable');
      },
    });

    await world.runToEnd();

    expect(world.errors).toHaveLength(2);
    expect(world.lines().map(({ outcome }) => outcome)).toEqual(Array(5).fill('Completed'));
  });

  it('ends a task as Failed when AWS fails too often for it', async () => {
    const world = await createChunkWorld({
      items: taskItems(1),
      respond: () => completed,
      fault: (step) => (step === 'store' ? new Error('S3 is unavailable') : undefined),
    });

    await world.runToEnd();

    expect(world.lines()).toMatchObject([{ outcome: 'Failed', reason: 'InternalError' }]);
    expect(world.events.map(({ detailType }) => detailType)).toEqual(['OCR Task Failed']);
  });

  it('fails when AWS fails for every task that is left, so that Step Functions retries', async () => {
    const world = await createChunkWorld({
      items: taskItems(2),
      respond: () => pending,
      fault: (step) => (step === 'read record' ? new Error('DynamoDB is unavailable') : undefined),
    });

    await expect(world.invoke()).rejects.toThrow('DynamoDB is unavailable');
  });
});

describe('a chunk of images', () => {
  it('uploads each image once, and collects its task with the source in record, event and line', async () => {
    const world = await createChunkWorld({
      items: [anImageItem(), anImageItem({ i: 1, source: { ...imageSource, key: 'other.png' } })],
      respond: (_, attempt) => (attempt < 2 ? pending : completed),
    });

    await world.runToEnd();

    expect(world.uploads()).toBe(2);
    expect(world.lines()).toMatchObject([
      { i: 0, outcome: 'Completed', source: imageSource, uploads: 1 },
      { i: 1, outcome: 'Completed', source: { key: 'other.png' }, uploads: 1 },
    ]);
    expect(world.events.map(({ detail }) => detail.batchId)).toEqual([BATCH_ID, BATCH_ID]);
    expect([...world.images.all.values()].map(({ state }) => state)).toEqual(['Done', 'Done']);
  });

  it('uploads the image of a lost task again, and reports the last task only', async () => {
    const notExist = responded('NotExist');
    const world = await createChunkWorld({
      items: [anImageItem()],
      respond: (taskId) => (taskId === 'image-task-1' ? notExist : completed),
    });

    await world.runToEnd();

    expect(world.uploads()).toBe(2);
    expect(world.lines()).toMatchObject([{ taskId: 'image-task-2', outcome: 'Completed', uploads: 2 }]);
    expect(world.events).toHaveLength(1);
    expect(world.records.all.get('image-task-1')).toMatchObject({ replacedBy: 'image-task-2' });
  });

  it('publishes the refusal of an image that Aspose does not take', async () => {
    const world = await createChunkWorld({
      items: [anImageItem()],
      respond: () => completed,
      upload: () => ({ kind: 'Refused', reason: 'RefusedByVendor', message: 'too dark' }),
    });

    await world.runToEnd();

    expect(world.lines()).toMatchObject([
      { outcome: 'Refused', reason: 'RefusedByVendor', messages: ['too dark'] },
    ]);
    expect(world.refusals).toMatchObject([{ reason: 'RefusedByVendor' }]);
  });

  it('stops the batch when the quota is used up, before it uploads the next image', async () => {
    const world = await createChunkWorld({
      items: [anImageItem(), anImageItem({ i: 1, source: { ...imageSource, key: 'other.png' } })],
      respond: () => completed,
      upload: () => ({ kind: 'Refused', reason: 'QuotaExceeded', message: 'HTTP 402' }),
      // One image at a time.
      batch: { requestsPerSecond: 0.1, concurrency: 1 },
    });

    await world.runToEnd();

    expect(world.uploads()).toBe(1);
    expect(
      world
        .lines()
        .map(({ outcome, reason }) => `${outcome} ${reason}`)
        .toSorted(),
    ).toEqual(['NotStarted QuotaExceeded', 'Refused QuotaExceeded']);
  });

  it('tries an upload again that Aspose rejected for a while', async () => {
    const world = await createChunkWorld({
      items: [anImageItem()],
      respond: () => completed,
      upload: (attempt) =>
        attempt < 3
          ? { kind: 'NotAccepted', detail: 'HTTP 503', retryAfterSeconds: 45 }
          : { kind: 'Accepted', taskId: 'late-task' },
    });

    await world.runToEnd();

    expect(world.lines()).toMatchObject([{ taskId: 'late-task', outcome: 'Completed' }]);
  });

  it('closes its images and their tasks when the batch is cancelled', async () => {
    const world = await createChunkWorld({
      items: [anImageItem(), anImageItem({ i: 1, source: { ...imageSource, key: 'other.png' } })],
      respond: () => pending,
    });
    const first = await world.invoke();
    const batch = world.batches.current();
    if (batch !== undefined)
      world.batches.all.set(BATCH_ID, { ...batch, status: 'Cancelling', version: batch.version + 1 });

    const last = await world.invoke(first);

    expect(last.left).toBe(0);
    expect(world.lines().map(({ outcome }) => outcome)).toEqual(['Cancelled', 'Cancelled']);
    expect(world.events.map(({ detailType }) => detailType)).toEqual(Array(2).fill('OCR Task Cancelled'));
    expect(world.uploads()).toBe(2);
  });
});

it('writes the lines of items that have ended where close-batch finds them', async () => {
  const world = await createChunkWorld({
    items: taskItems(2),
    respond: (taskId) => (taskId === 'task-0' ? completed : pending),
  });

  await world.invoke();

  expect(world.files.all.get(batchKeys(BATCH_ID).endedLines(0))).toContain('"taskId":"task-0"');
});

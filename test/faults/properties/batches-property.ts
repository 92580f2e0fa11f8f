import fc from 'fast-check';
import { expect } from 'vitest';
import type { BatchItem } from '../../../functions/contracts/batch-input.ts';
import { batchKeys } from '../../../functions/contracts/batch-keys.ts';
import { batchResultSchema } from '../../../functions/contracts/batch-record.ts';
import { OUTCOMES } from '../../../functions/contracts/outcomes.ts';
import { countLines, parseJsonLines } from '../../../functions/core/batch/result-lines.ts';
import { taskEventDetail } from '../../../functions/core/event-detail.ts';
import type { UploadResult } from '../../../functions/core/image-upload.ts';
import { isTerminal } from '../../../functions/core/task-record.ts';
import type { Poll } from '../../../functions/core/vendor-response.ts';
import { aRecord, BUCKET, instantAfter, OTHER_EXECUTION, START } from '../../support/builders.ts';
import {
  BATCH_EXECUTION,
  BATCH_ID,
  createChunkWorld,
  KilledError,
  responded,
} from '../../support/chunk-world.ts';
import { imageSource } from '../../support/image-builders.ts';
import { reproducible } from '../../support/reproducible.ts';

/** Everything that happens to a batch of one chunk. */
interface BatchCourse {
  /** What each item is. `joined` tasks belong to another execution, which may end them. */
  readonly items: readonly ('task' | 'image' | 'too old' | 'joined' | 'conflict')[];
  /** Aspose's responses to the polls of an item in turn, by the item's number; the last repeats. */
  readonly responses: readonly (readonly Poll[])[];
  readonly uploads: readonly UploadResult[];
  readonly pollSeconds: number;
  readonly polling: { readonly timeoutSeconds: number; readonly maxPolls: number };
  /** How long after its batch the chunk starts. */
  readonly startsAfterSeconds: number;
  readonly requestsPerSecond: number | undefined;
  readonly kills: ReadonlyMap<number, 'before' | 'after'>;
  /** When a caller cancels the batch, in seconds; undefined for never. */
  readonly cancelledAfterSeconds: number | undefined;
  /** After how many invocations the Map is stopped; undefined for never. */
  readonly stoppedAfterRounds: number | undefined;
  readonly randoms: readonly number[];
}

const poll = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('Pending', 'Processing').map(responded) },
  { weight: 5, arbitrary: fc.constant(responded('Completed')) },
  { weight: 2, arbitrary: fc.constantFrom('Error', 'NotExist', 'Strange').map(responded) },
  {
    weight: 2,
    arbitrary: fc.constantFrom<Poll>(
      { kind: 'Unavailable', detail: 'HTTP 503' },
      { kind: 'Unavailable', detail: 'HTTP 429', retryAfterSeconds: 40 },
      { kind: 'Malformed', detail: 'not JSON' },
    ),
  },
);
const refusal = fc.constantFrom<Poll>(
  { kind: 'Refused', reason: 'CredentialsRejected', detail: 'HTTP 401' },
  { kind: 'Refused', reason: 'QuotaExceeded', detail: 'HTTP 402' },
  { kind: 'Refused', reason: 'ResultTooLarge', detail: 'too large' },
);
const upload = fc.constantFrom<UploadResult>(
  { kind: 'NotAccepted', detail: 'HTTP 503' },
  { kind: 'NotAccepted', detail: 'HTTP 503', retryAfterSeconds: 90 },
  { kind: 'Refused', reason: 'RefusedByVendor', message: 'too dark' },
  { kind: 'Unknown', detail: 'reset' },
);

const courses: fc.Arbitrary<BatchCourse> = fc.record({
  items: fc.array(
    fc.oneof(
      { weight: 8, arbitrary: fc.constant('task' as const) },
      { weight: 2, arbitrary: fc.constant('image' as const) },
      { weight: 1, arbitrary: fc.constantFrom('too old' as const, 'joined' as const, 'conflict' as const) },
    ),
    { minLength: 1, maxLength: 50, size: 'max' },
  ),
  responses: fc.array(
    fc.array(fc.oneof({ weight: 30, arbitrary: poll }, { weight: 1, arbitrary: refusal }), {
      minLength: 1,
      maxLength: 6,
    }),
    { minLength: 1, maxLength: 8 },
  ),
  uploads: fc.array(upload, { maxLength: 6 }),
  pollSeconds: fc.constantFrom(0, 0.3, 4, 60),
  polling: fc.record({
    timeoutSeconds: fc.constantFrom(20, 300, 5000, 86_400),
    maxPolls: fc.constantFrom(2, 20, 400),
  }),
  startsAfterSeconds: fc.constantFrom(0, 0, 30, 4 * 3600),
  requestsPerSecond: fc.constantFrom(undefined, undefined, 5, 200),
  kills: fc
    .uniqueArray(fc.tuple(fc.integer({ min: 1, max: 400 }), fc.constantFrom('before', 'after')), {
      maxLength: 8,
      selector: ([step]) => step,
    })
    .map((kills) => new Map(kills)),
  cancelledAfterSeconds: fc.option(fc.integer({ min: 0, max: 400 }), { nil: undefined, freq: 3 }),
  stoppedAfterRounds: fc.option(fc.integer({ min: 0, max: 4 }), { nil: undefined, freq: 3 }),
  randoms: fc.array(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), {
    minLength: 1,
    maxLength: 5,
  }),
});

/** Expects that batches end soundly, whatever happens to them. */
export async function expectSoundBatches(numRuns: number): Promise<void> {
  await fc.assert(fc.asyncProperty(courses, expectSoundBatch), { numRuns, ...reproducible() });
}

function itemOf(kind: BatchCourse['items'][number], i: number): BatchItem {
  const item = { i, operation: 'RecognizeImage', generation: 1 } as const;
  if (kind === 'image') return { ...item, source: { ...imageSource, key: `scan-${i}.png` } };
  const submittedAt = kind === 'too old' ? { submittedAt: instantAfter(-100_000) } : {};
  return { ...item, taskId: `task-${i}`, ...submittedAt };
}

async function expectSoundBatch(course: BatchCourse): Promise<void> {
  const { randoms, responses, uploads, requestsPerSecond } = course;
  let randomsUsed = 0;
  const numberOf = (taskId: string) => Number(/\d+$/.exec(taskId)?.[0] ?? 0);
  const world = await createChunkWorld({
    items: course.items.map(itemOf),
    respond(taskId, attempt) {
      const turns = responses[numberOf(taskId) % responses.length] ?? [];
      return turns[Math.min(attempt, turns.length) - 1] ?? responded('Pending');
    },
    upload: (attempt) => uploads[attempt - 1] ?? { kind: 'Accepted', taskId: `image-task-${attempt}` },
    pollSeconds: course.pollSeconds,
    polling: course.polling,
    kills: course.kills,
    batch: requestsPerSecond === undefined ? {} : { requestsPerSecond },
    random() {
      randomsUsed += 1;
      return randoms[randomsUsed % randoms.length] ?? 0;
    },
  });
  world.clock.advance(course.startsAfterSeconds * 1000);
  for (const [i, kind] of course.items.entries()) {
    const foreign = { taskId: `task-${i}`, executionArn: OTHER_EXECUTION } as const;
    if (kind === 'conflict')
      world.records.all.set(foreign.taskId, aRecord({ ...foreign, operation: 'RecognizePdf' }));
    if (kind === 'joined') world.records.all.set(foreign.taskId, aRecord(foreign));
  }
  if (course.cancelledAfterSeconds !== undefined) {
    world.clock.after(course.cancelledAfterSeconds * 1000, () => {
      const batch = world.batches.current();
      if (batch === undefined || batch.outcome !== undefined) return;
      world.batches.all.set(BATCH_ID, { ...batch, status: 'Cancelling', version: batch.version + 1 });
    });
  }

  const isStopped = await runMap(world, course.stoppedAfterRounds);
  await world.close(isStopped ? 'ABORTED' : undefined);
  // The status-change event of the execution, and the sweep, close it again.
  await world.close('ABORTED');

  // Every item has exactly one line, in order, and the counts add up.
  const keys = batchKeys(BATCH_ID);
  const lines = parseJsonLines(world.files.all.get(keys.lines) ?? '').map((line) =>
    batchResultSchema.parse(line),
  );
  expect(lines.map(({ i }) => i)).toEqual(course.items.map((_, i) => i));
  const batch = world.batches.current();
  expect(batch).toMatchObject({ counts: countLines(lines), total: lines.length, terminalEvent: 'Published' });
  expect(world.files.all.get(keys.csv)?.split('\r\n')).toHaveLength(lines.length + 2);
  expect(world.batchEvents.length).toBeGreaterThanOrEqual(1);
  expect(new Set(world.batchEvents.map((detail) => JSON.stringify(detail))).size).toBe(1);

  // Every task that the batch started has one end, at least one event, and all are the same.
  for (const record of world.records.all.values()) {
    if (record.executionArn !== BATCH_EXECUTION) continue;
    expect(record).toMatchObject({ batchId: BATCH_ID });
    if (!isTerminal(record)) throw new Error(`${record.taskId} has not ended`);
    const events = world.events.filter(({ detail }) => detail.taskId === record.taskId);
    if (record.replacedBy !== undefined) {
      expect(events).toEqual([]);
      continue;
    }
    expect(events.length).toBeGreaterThanOrEqual(1);
    for (const { detailType, detail } of events) {
      expect(detail).toEqual(taskEventDetail(record, BUCKET));
      expect(detailType).toBe(OUTCOMES[record.outcome].detailType);
    }
    const line = lines.find(({ taskId }) => taskId === record.taskId);
    expect(line).toMatchObject({ outcome: record.outcome, attempts: record.attempts });
  }

  // What another execution collects stays its own.
  for (const [i, kind] of course.items.entries()) {
    if (kind === 'conflict')
      expect(lines[i]).toMatchObject({ outcome: 'NotStarted', reason: 'TaskConflict' });
    if (kind === 'too old') expect(['Expired', 'NotStarted']).toContain(lines[i]?.outcome);
  }
}

/** Runs the chunk as the Map does. Returns whether the Map was stopped. */
async function runMap(
  world: Awaited<ReturnType<typeof createChunkWorld>>,
  stoppedAfterRounds: number | undefined,
): Promise<boolean> {
  let failures = 0;
  let last: Awaited<ReturnType<typeof world.invoke>> | undefined;
  for (let round = 0; last?.left !== 0; round += 1) {
    if (round === stoppedAfterRounds) return true;
    // Another execution ends what it collects after a while.
    if (world.clock.now() - START > 6 * 3600 * 1000) endForeignTasks(world);
    try {
      last = await world.invoke(last);
      failures = 0;
    } catch (error) {
      if (!(error instanceof KilledError)) throw error;
      failures += 1;
      // The child then ends with a number, and close-batch closes the chunk.
      if (failures > 6) return false;
      await world.clock.sleep(2 ** failures * 1000);
      continue;
    }
    if (last.left > 0) await world.clock.sleep(last.delaySeconds * 1000);
  }
  return false;
}

function endForeignTasks({ records }: Awaited<ReturnType<typeof createChunkWorld>>): void {
  for (const record of records.all.values()) {
    if (record.executionArn !== OTHER_EXECUTION || record.outcome !== undefined) continue;
    const ended = { status: 'Completed', outcome: 'Completed', completedAt: instantAfter(7200) } as const;
    records.all.set(record.taskId, { ...record, ...ended, version: record.version + 1 });
  }
}

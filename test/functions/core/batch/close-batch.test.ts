import { describe, expect, it } from 'vitest';
import { batchKeys } from '../../../../functions/contracts/batch-keys.ts';
import type { BatchRecord } from '../../../../functions/contracts/batch-record.ts';
import { changeBatch } from '../../../../functions/core/batch/batch-record.ts';
import { type ClosingExecution, closeBatch } from '../../../../functions/core/batch/close-batch.ts';
import { lineWithoutTask, toJsonLines } from '../../../../functions/core/batch/result-lines.ts';
import { instantAfter, OTHER_EXECUTION, START } from '../../../support/builders.ts';
import {
  aTaskItem,
  BATCH_EXECUTION,
  BATCH_ID,
  closingBatch,
  closingExecution,
  FAILED_OUTCOMES,
  ITEM_STATES,
} from '../../../support/closing-batch.ts';

const keys = batchKeys(BATCH_ID);
const failed: ClosingExecution = { ...closingExecution, status: 'FAILED' };
const aborted: ClosingExecution = { ...closingExecution, status: 'ABORTED' };

/** Expires the record's TTL of 14 days. */
const FIFTEEN_DAYS_MS = 15 * 24 * 60 * 60 * 1000;

describe('the items of a chunk that has not ended', () => {
  it('get one line each, and what the batch has started ends', async () => {
    const { ports, lines, endedRecord } = await closingBatch(ITEM_STATES);

    expect(await closeBatch(failed, ports)).toMatchObject({ kind: 'Closed', isNew: true });

    expect(lines().map(({ i }) => i)).toEqual(ITEM_STATES.map((_, i) => i));
    expect(Object.fromEntries(lines().map(({ i, outcome }) => [ITEM_STATES[i], outcome]))).toEqual(
      FAILED_OUTCOMES,
    );
    expect(endedRecord().counts).toEqual({ Completed: 4, Failed: 3, Refused: 2, NotStarted: 5 });
  });

  it('of a cancelled batch end as Cancelled if they were started', async () => {
    const { ports, lines } = await closingBatch(
      ['task open', 'task ended without an event', 'task untouched', 'image with a task'],
      { status: 'Cancelling' },
    );

    await closeBatch(closingExecution, ports);

    expect(lines().map(({ outcome }) => outcome)).toEqual([
      ...['Cancelled', 'Completed', 'NotStarted', 'Cancelled'],
    ]);
  });

  it('publish the events of what the batch has started, and no others', async () => {
    const { ports, events, images } = await closingBatch(ITEM_STATES);

    await closeBatch(failed, ports);

    const refused = [...images.all.values()].filter(({ state }) => state === 'Refused');
    expect(refused).toHaveLength(2);
    expect(events.map(({ key }) => key).sort()).toEqual(
      [
        `batch/${BATCH_ID}`,
        ...['task-1', 'task-2', 'task-10', 'task-11'].map((taskId) => `RecognizeImage/${taskId}/1`),
        ...refused.map(({ imageId }) => `image/${imageId}/1`),
      ].sort(),
    );
  });

  it('report what was still open, for the metrics', async () => {
    const { ports, closed } = await closingBatch(['task open', 'task ended without an event']);

    await closeBatch(failed, ports);

    expect(closed).toEqual(['RecognizeImage/task-0/1']);
  });

  it('do not report an image that was refused before', async () => {
    const { ports, closed, events } = await closingBatch(['image refused without an event']);

    await closeBatch(failed, ports);

    expect(closed).toEqual([]);
    expect(events).toHaveLength(2);
  });

  it('name the reason when they were not started', async () => {
    const { ports, lines } = await closingBatch(['task of another operation', 'task untouched']);

    await closeBatch(failed, ports);

    expect(lines().map(({ reason }) => reason)).toEqual(['TaskConflict', 'InternalError']);
  });

  it('follow a lost task of another execution to the task that replaced it', async () => {
    const { ports, records, lines } = await closingBatch(['task that another execution ended']);
    const lost = records.current();
    if (lost === undefined) throw new Error('there is no task');
    const outcome = 'NotFound' as const;
    records.all.set(lost.taskId, { ...lost, status: outcome, outcome, replacedBy: 'next' });
    records.all.set('next', { ...lost, taskId: 'next' });

    await closeBatch(failed, ports);

    expect(lines()).toMatchObject([{ taskId: 'next', outcome: 'Completed' }]);
  });

  it('have the generation of the record of their image', async () => {
    const { ports, images, lines } = await closingBatch(['image that another execution completed']);
    for (const [imageId, record] of images.all) images.all.set(imageId, { ...record, generation: 4 });

    await closeBatch(failed, ports);

    expect(lines()).toMatchObject([{ outcome: 'Completed', generation: 4 }]);
  });

  it('keep the batch of a task that died before its record was written', async () => {
    const { ports, records } = await closingBatch(['image with an unclaimed task']);

    await closeBatch(failed, ports);

    expect(records.current()).toMatchObject({ taskId: 'task-0', batchId: BATCH_ID, outcome: 'Failed' });
  });
});

describe('a chunk that has ended', () => {
  it('keeps the lines that it recorded, and its items stay as they are', async () => {
    const { ports, files, progress, records, lines } = await closingBatch(['task open']);
    files.all.set(
      keys.chunkLines(0, 'mine'),
      `{"i":0,"operation":"RecognizeImage","generation":1,"outcome":"TimedOut","messages":[],"attempts":9,"uploads":0,"results":[],"resultCount":0,"manifest":null}\n`,
    );
    await progress.end(BATCH_ID, 0, 'mine', { TimedOut: 1 });

    await closeBatch(closingExecution, ports);

    expect(lines()).toMatchObject([{ outcome: 'TimedOut', attempts: 9 }]);
    expect(records.current()?.outcome).toBeUndefined();
  });

  it('wins when it ends while it is being closed', async () => {
    const { ports, files, progress, lines, endedRecord } = await closingBatch(['task untouched']);
    const other = await closingBatch(['task ended without an event']);
    await closeBatch(closingExecution, other.ports);
    files.all.set(keys.chunkLines(0, 'mine'), toJsonLines(other.lines()));
    const racing = {
      ...ports,
      files: {
        ...ports.files,
        async write(key: string, content: string) {
          await progress.end(BATCH_ID, 0, 'mine', { Completed: 1 });
          await files.write(key, content);
        },
      },
    };

    await closeBatch(closingExecution, racing);

    expect(lines()).toMatchObject([{ outcome: 'Completed' }]);
    expect(endedRecord().counts).toEqual({ Completed: 1 });
  });
});

describe('the outcome of the batch', () => {
  const running = 'task untouched';
  it.each<[string, Partial<BatchRecord>, ClosingExecution, object]>([
    ['Completed when every chunk was tried', {}, closingExecution, { outcome: 'Completed' }],
    [
      'Stopped when an item found that every other one would end the same',
      { stopReason: 'QuotaExceeded' },
      closingExecution,
      { outcome: 'Stopped', reason: 'QuotaExceeded' },
    ],
    [
      'Cancelled when a caller cancelled it',
      { status: 'Cancelling' },
      closingExecution,
      { outcome: 'Cancelled' },
    ],
    ['Cancelled when its execution was stopped', {}, aborted, { outcome: 'Cancelled' }],
    [
      'Failed when its execution failed',
      { stopReason: 'QuotaExceeded' },
      failed,
      { outcome: 'Failed', reason: 'InternalError', messages: [expect.stringContaining('history')] },
    ],
    [
      'Failed when its execution timed out',
      {},
      { ...closingExecution, status: 'TIMED_OUT' },
      { outcome: 'Failed', reason: 'InternalError', messages: ['The execution timed out.'] },
    ],
  ])('is %s', async (_, details, execution, expected) => {
    const { ports, endedRecord, events } = await closingBatch([running], details);

    expect(await closeBatch(execution, ports)).toMatchObject({ kind: 'Closed', detail: expected });
    expect(endedRecord()).toMatchObject({
      ...expected,
      terminalEvent: 'Published',
      counts: { NotStarted: 1 },
    });
    expect(JSON.parse(events[0]?.detail ?? '')).toMatchObject({ ...expected, results: keys.lines });
  });

  it('is Refused when the list cannot be used, and there are no results', async () => {
    const messages = ['line 7: got nothing; allowed: a task id'];
    const { ports, files, events, endedRecord } = await closingBatch([], {
      ...{ status: 'Opening', reason: 'ListInvalid', messages },
    });

    expect(await closeBatch(failed, ports)).toMatchObject({
      detail: { outcome: 'Refused', reason: 'ListInvalid', messages, total: 0, counts: {}, results: null },
      cause: 'The batch ended as Refused (ListInvalid) before its items were listed.',
    });
    expect(endedRecord()).toMatchObject({ total: 0, duplicates: 0, terminalEvent: 'Published' });
    expect(files.all.size).toBe(0);
    expect(events).toHaveLength(1);
  });

  it.each([
    ['items.jsonl is gone', keys.items, undefined],
    [
      'items.jsonl was cut',
      keys.items,
      '{"i":0,"taskId":"task-0","operation":"RecognizeImage","generation":1}',
    ],
    ['chunks.jsonl is gone', keys.chunks, undefined],
  ])('is Failed without results when %s', async (_, key, content) => {
    const { ports, files, endedRecord } = await closingBatch(['task untouched']);
    if (content === undefined) files.all.delete(key);
    else files.all.set(key, content);

    expect(await closeBatch(closingExecution, ports)).toMatchObject({
      detail: { outcome: 'Failed', reason: 'InternalError', total: 0, counts: {}, summary: null },
    });
    expect(endedRecord().messages).toEqual([expect.stringContaining('was deleted')]);
  });

  it('is Cancelled when that was requested while the results were written', async () => {
    const { ports, current, endedRecord } = await closingBatch(['task with a line']);
    const cancelling = {
      ...ports,
      batches: {
        ...ports.batches,
        async write(record: BatchRecord) {
          const found = current();
          if (found.status === 'Running') {
            await ports.batches.write(changeBatch(found, { status: 'Cancelling' as const }));
          }
          return await ports.batches.write(record);
        },
      },
    };

    await closeBatch(closingExecution, cancelling);

    expect(endedRecord()).toMatchObject({ outcome: 'Cancelled', counts: { Completed: 1 } });
  });
});

describe('the record of the batch', () => {
  it('is created when open-batch died before it did, and then ended', async () => {
    const { ports, batches, endedRecord, events } = await closingBatch([]);
    batches.all.clear();
    const input = { list: { bucket: 'scans', key: 'list.csv' }, concurrency: 3 };

    await closeBatch({ ...failed, input }, ports);

    expect(endedRecord()).toMatchObject({ outcome: 'Failed', concurrency: 3, executionArn: BATCH_EXECUTION });
    expect(events).toHaveLength(1);
  });

  it('is created when the input is unknown', async () => {
    const { ports, batches, endedRecord } = await closingBatch([]);
    batches.all.clear();

    await closeBatch({ ...aborted, input: undefined }, ports);

    expect(endedRecord()).toMatchObject({ outcome: 'Cancelled', total: 0 });
  });

  it.each<[string, ClosingExecution, number]>([
    ['the execution refused its input', { ...failed, input: { list: 7 } }, START],
    ['the record has expired and was deleted', failed, START + FIFTEEN_DAYS_MS],
  ])('is not created when %s', async (because, execution, now) => {
    const { ports, batches, events } = await closingBatch([]);
    batches.all.clear();

    expect(await closeBatch(execution, { ...ports, now: () => now })).toEqual({ kind: 'Nothing', because });
    expect(batches.all.size).toBe(0);
    expect(events).toEqual([]);
  });

  it('S39: stays as it is when it belongs to another execution', async () => {
    const { ports, current, events } = await closingBatch(['task open'], { executionArn: OTHER_EXECUTION });
    const before = current();

    expect(await closeBatch(failed, ports)).toEqual({
      kind: 'Nothing',
      because: 'the batch belongs to another execution',
    });
    expect(current()).toEqual(before);
    expect(events).toEqual([]);
  });

  it('stays as it is once the event is published, and the output is the same', async () => {
    const { ports, endedRecord, events } = await closingBatch(['task open', 'task untouched']);
    const first = await closeBatch(closingExecution, ports);
    const before = endedRecord();

    expect(await closeBatch(aborted, ports)).toEqual({ ...first, isNew: false });
    expect(endedRecord()).toEqual(before);
    expect(events.filter(({ type }) => type === 'OCR Batch Completed')).toHaveLength(1);
  });

  it('is published by the next step when the bus did not accept the event', async () => {
    const { ports, endedRecord, eventsOf } = await closingBatch(['task untouched']);
    const refusing = {
      ...ports,
      publishBatch: async () => {
        throw new Error('refused');
      },
    };

    await expect(closeBatch(closingExecution, refusing)).rejects.toThrow('refused');
    expect(endedRecord()).toMatchObject({ outcome: 'Completed', terminalEvent: 'Pending' });
    await closeBatch({ ...failed, input: undefined }, ports);

    expect(endedRecord()).toMatchObject({ outcome: 'Completed', terminalEvent: 'Published' });
    expect(eventsOf('OCR Batch Completed')).toHaveLength(1);
  });
});

describe('the files of the batch', () => {
  it('are the results in the order of the items, a table of them and a summary', async () => {
    const { ports, lines, file } = await closingBatch(ITEM_STATES, { duplicates: 2 });

    await closeBatch(failed, ports);

    const rows = file('csv')?.trimEnd().split('\r\n') ?? [];
    expect(rows).toHaveLength(1 + ITEM_STATES.length);
    expect(rows.slice(1).map((row) => row.split(',')[0])).toEqual(lines().map(({ i }) => String(i)));
    expect(JSON.parse(file('summary') ?? '')).toEqual({
      ...{ batchId: BATCH_ID, outcome: 'Failed', reason: 'InternalError' },
      messages: ['The execution failed; its history has the cause.'],
      ...{ total: 14, counts: { Completed: 4, Failed: 3, Refused: 2, NotStarted: 5 }, duplicates: 2 },
      ...{ startedAt: instantAfter(0), completedAt: instantAfter(3600) },
      ...{ results: keys.lines, resultsCsv: keys.csv },
    });
  });

  it.each([
    ['lacks a line', []],
    ['has a line twice', [0, 0]],
    ['has the line of another item', [1]],
    ['has lost its lines', undefined],
  ])('are not offered when a chunk %s, and the batch ends as Failed', async (_, positions) => {
    const { ports, files, progress, endedRecord, file } = await closingBatch(['task untouched']);
    const lines = positions?.map((i) => lineWithoutTask(aTaskItem(i), 'NotStarted'));
    if (lines !== undefined) files.all.set(keys.chunkLines(0, 'mine'), toJsonLines(lines));
    await progress.end(BATCH_ID, 0, 'mine', { NotStarted: 1 });

    expect(await closeBatch(closingExecution, ports)).toMatchObject({
      detail: {
        outcome: 'Failed',
        reason: 'InternalError',
        total: 1,
        counts: { NotStarted: 1 },
        results: null,
      },
    });
    expect(endedRecord().messages).toEqual([expect.stringMatching(/^result lines: got|was deleted/)]);
    expect([file('csv'), file('summary')]).toEqual([undefined, undefined]);
  });
});

describe('a step with little time', () => {
  it('closes a batch of 3,000 items together with the steps after it', async () => {
    const states = Array.from({ length: 3000 }, (_, i) => ITEM_STATES[i % 2] ?? 'task open');
    const world = await closingBatch(states, {}, 50);
    const { ports, state, progress, lines, endedRecord, eventsOf } = world;
    /** Seconds of an invocation that one AWS call takes. */
    const callSeconds = 0.05;
    const timed = {
      ...ports,
      records: {
        ...ports.records,
        async read(taskId: string) {
          state.remainingSeconds -= callSeconds;
          return await ports.records.read(taskId);
        },
      },
    };
    const ended: number[] = [];

    for (let kind = 'Unfinished'; kind === 'Unfinished'; ) {
      state.remainingSeconds = 90;
      ({ kind } = await closeBatch(failed, timed));
      expect(state.remainingSeconds).toBeGreaterThan(50);
      ended.push(progress.ends.size);
    }

    expect(ended.length).toBeGreaterThan(3);
    expect(ended.every((count, step) => step === ended.length - 1 || count > (ended[step - 1] ?? 0))).toBe(
      true,
    );
    expect(lines()).toHaveLength(3000);
    expect(endedRecord().counts).toEqual({ Failed: 1500, NotStarted: 1500 });
    expect(eventsOf('OCR Task Failed')).toHaveLength(1500);
  });

  it('does nothing when it has no time', async () => {
    const { ports, state, progress, current } = await closingBatch(['task open']);
    const before = current();
    state.remainingSeconds = 20;

    expect(await closeBatch(failed, ports)).toEqual({ kind: 'Unfinished' });
    expect(progress.ends.size).toBe(0);
    expect(current()).toEqual(before);
  });
});

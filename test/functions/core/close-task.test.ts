import { describe, expect, it } from 'vitest';
import type { ExecutionStatusChange } from '../../../functions/contracts/execution-status-change.ts';
import { OUTCOME_NAMES, OUTCOMES } from '../../../functions/contracts/outcomes.ts';
import type { TaskEventDetail } from '../../../functions/contracts/task-event.ts';
import type { TaskRecord } from '../../../functions/contracts/task-record.ts';
import { closeTask } from '../../../functions/core/close-task.ts';
import {
  anInput,
  aRecord,
  aTerminalRecord,
  BUCKET,
  EXECUTION,
  instantAfter,
  longestStoredResults,
  OTHER_EXECUTION,
  START,
  TASK_ID,
} from '../../support/builders.ts';
import { memoryRecords } from '../../support/memory-records.ts';

function aChange(details: Partial<ExecutionStatusChange['detail']> = {}): ExecutionStatusChange['detail'] {
  return { executionArn: EXECUTION, startDate: START, status: 'ABORTED', ...details };
}

function setUp({ record, seconds = 100 }: { record?: TaskRecord; seconds?: number } = {}) {
  const records = memoryRecords(record);
  const published: { detailType: string; detail: TaskEventDetail }[] = [];
  const ports = {
    records,
    events: {
      publish: async (detailType: string, detail: TaskEventDetail) => {
        published.push({ detailType, detail });
      },
    },
    bucket: BUCKET,
    now: () => START + seconds * 1000,
  };
  return { records, ports, published };
}

describe('an execution whose task is open', () => {
  it.each([
    ['ABORTED', 'Cancelled', 'OCR Task Cancelled', undefined, []],
    ['TIMED_OUT', 'Failed', 'OCR Task Failed', 'InternalError', ['The execution timed out.']],
    [
      'FAILED',
      'Failed',
      'OCR Task Failed',
      'InternalError',
      ['The execution failed; its history has the cause.'],
    ],
  ] as const)('and that ends as %s: the record is closed as %s, then %s', async (...row) => {
    const [status, outcome, detailType, reason, messages] = row;
    const { records, ports, published } = setUp({ record: aRecord({ version: 4, attempts: 9 }) });

    const closing = await closeTask(aChange({ status }), anInput(), ports);

    const told = { outcome, messages, attempts: 9, ...(reason !== undefined && { reason }) };
    expect(records.current()).toMatchObject({ ...told, completedAt: instantAfter(100), version: 5 });
    expect(published).toMatchObject([
      {
        detailType,
        detail: { ...told, executionArn: EXECUTION, idempotencyKey: `RecognizeImage/${TASK_ID}/1` },
      },
    ]);
    expect(closing).toEqual({ kind: 'Published', record: records.current() });
  });

  it('is closed with the record that is there, be its lease over or not', async () => {
    const { ports, published } = setUp({ record: aRecord(), seconds: 50_000 });

    await closeTask(aChange(), anInput(), ports);

    expect(published).toMatchObject([{ detail: { durations: { collectingSeconds: 50_000 } } }]);
  });

  it('is closed whatever error a person stopped it with', async () => {
    const { ports, published } = setUp({ record: aRecord() });

    await closeTask(aChange({ error: 'OcrTaskCancelled' }), anInput(), ports);

    expect(published).toMatchObject([{ detailType: 'OCR Task Cancelled' }]);
  });

  it('is closed though it died before it claimed its task', async () => {
    const { records, ports, published } = setUp();

    await closeTask(aChange({ status: 'FAILED' }), anInput({ correlation: 'invoice 7' }), ports);

    expect(records.current()).toMatchObject({ outcome: 'Failed', reason: 'InternalError', version: 1 });
    expect(published).toMatchObject([{ detail: { correlation: 'invoice 7', attempts: 0 } }]);
  });

  it('is closed as it is found when the record changes under way', async () => {
    const { records, ports, published } = setUp({ record: aRecord({ version: 4 }) });
    const { write } = records;
    let isFirst = true;
    const racing = {
      ...records,
      write: async (record: TaskRecord) => {
        if (isFirst) {
          isFirst = false;
          await write(aTerminalRecord({ version: 5 }));
        }
        return write(record);
      },
    };

    await closeTask(aChange(), anInput(), { ...ports, records: racing });

    expect(records.current()).toMatchObject({ outcome: 'Completed', version: 5 });
    expect(published).toMatchObject([{ detailType: 'OCR Task Completed' }]);
  });

  it('is not told of when its record cannot be written', async () => {
    const { ports, published, records } = setUp({ record: aRecord() });
    const failing = { ...records, write: () => Promise.reject(new Error('DynamoDB is down')) };

    await expect(closeTask(aChange(), anInput(), { ...ports, records: failing })).rejects.toThrow('is down');
    expect(published).toEqual([]);
  });
});

describe('an execution whose task has ended', () => {
  it('but that could not publish: the event tells the record as it stands', async () => {
    const record = aTerminalRecord({
      results: longestStoredResults(1),
      resultCount: 1,
      manifestKey: 'manifest.json',
    });
    const { records, ports, published } = setUp({ record });

    await closeTask(aChange({ status: 'FAILED', error: 'EventBridge.FailedEntry' }), anInput(), ports);

    expect(records.current()).toEqual(record);
    expect(published).toMatchObject([
      { detailType: 'OCR Task Completed', detail: { resultCount: 1, manifest: 'manifest.json' } },
    ]);
  });

  it('and that a cancellation stopped afterwards has been told of', async () => {
    const { ports, published } = setUp({ record: aTerminalRecord({ outcome: 'Cancelled' }) });

    expect(await closeTask(aChange({ error: 'OcrTaskCancelled' }), anInput(), ports)).toMatchObject({
      kind: 'Nothing',
    });
    expect(published).toEqual([]);
  });

  it('is closed twice with one record and one idempotency key', async () => {
    const { records, ports, published } = setUp({ record: aRecord() });

    await closeTask(aChange(), anInput(), ports);
    const after = records.current();
    await closeTask(aChange(), anInput(), ports);

    expect(records.current()).toEqual(after);
    expect(published).toHaveLength(2);
    expect(published[0]).toEqual(published[1]);
  });

  it.each(OUTCOME_NAMES.filter((name) => OUTCOMES[name].error !== null))(
    'and that failed with its outcome has published it: %s',
    async (outcome) => {
      const { ports, published } = setUp({ record: aTerminalRecord({ outcome }) });

      const error = OUTCOMES[outcome].error;
      expect(await closeTask(aChange({ status: 'FAILED', error }), anInput(), ports)).toMatchObject({
        kind: 'Nothing',
      });
      expect(published).toEqual([]);
    },
  );
});

describe("a task that is not the execution's", () => {
  it.each([
    ['collected by another', aRecord({ executionArn: OTHER_EXECUTION })],
    ['ended by another', aTerminalRecord({ executionArn: OTHER_EXECUTION })],
    [
      'ended by another at its deadline, with this one waiting',
      aTerminalRecord({
        executionArn: OTHER_EXECUTION,
        completedAt: instantAfter(90),
        expiresAt: START / 1000 + 90,
      }),
    ],
    ['of another operation', aRecord({ executionArn: OTHER_EXECUTION, operation: 'RecognizePdf' })],
  ])('stays as it is: %s', async (_, record) => {
    const { records, ports, published } = setUp({ record });

    const closing = await closeTask(aChange(), anInput(), ports);

    expect(closing).toEqual({ kind: 'Nothing', because: expect.stringMatching(/belongs to another/) });
    expect(records.current()).toEqual(record);
    expect(published).toEqual([]);
  });

  it('but is asked for with a higher generation is closed under that generation', async () => {
    const record = aTerminalRecord({ executionArn: OTHER_EXECUTION, version: 5 });
    const { records, ports, published } = setUp({ record });

    await closeTask(aChange(), anInput({ generation: 2 }), ports);

    expect(records.current()).toMatchObject({ generation: 2, outcome: 'Cancelled', version: 6 });
    expect(published).toMatchObject([{ detail: { idempotencyKey: `RecognizeImage/${TASK_ID}/2` } }]);
  });
});

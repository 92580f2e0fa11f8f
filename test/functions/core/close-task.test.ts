import { describe, expect, it } from 'vitest';
import { OUTCOME_NAMES, OUTCOMES } from '../../../functions/contracts/outcomes.ts';
import type { TaskEventDetail } from '../../../functions/contracts/task-event.ts';
import type { TaskRecord } from '../../../functions/contracts/task-record.ts';
import { closeTask, type EndedExecution } from '../../../functions/core/close-task.ts';
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

function anEnd(details: Partial<EndedExecution> = {}): EndedExecution {
  return { executionArn: EXECUTION, startedAt: START, status: 'ABORTED', ...details };
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

describe('closing an open task', () => {
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
  ] as const)('after %s writes the outcome %s and publishes %s', async (...row) => {
    const [status, outcome, detailType, reason, messages] = row;
    const { records, ports, published } = setUp({ record: aRecord({ version: 4, attempts: 9 }) });

    const closing = await closeTask(anEnd({ status }), anInput(), ports);

    const expected = { outcome, messages, attempts: 9, ...(reason !== undefined && { reason }) };
    expect(records.current()).toMatchObject({
      ...expected,
      completedAt: instantAfter(100),
      terminalEvent: 'Published',
    });
    expect(published).toMatchObject([
      {
        detailType,
        detail: { ...expected, executionArn: EXECUTION, idempotencyKey: `RecognizeImage/${TASK_ID}/1` },
      },
    ]);
    expect(closing).toEqual({ kind: 'Published', detail: published[0]?.detail });
  });

  it('works although the lease of the task has expired', async () => {
    const { ports, published } = setUp({ record: aRecord(), seconds: 50_000 });

    await closeTask(anEnd(), anInput(), ports);

    expect(published).toMatchObject([{ detail: { durations: { collectingSeconds: 50_000 } } }]);
  });

  it('publishes Cancelled when an operator stopped the execution with the error OcrTaskCancelled', async () => {
    const { ports, published } = setUp({ record: aRecord() });

    await closeTask(anEnd({ error: 'OcrTaskCancelled' }), anInput(), ports);

    expect(published).toMatchObject([{ detailType: 'OCR Task Cancelled' }]);
  });

  it('creates the record when the execution failed before it claimed the task', async () => {
    const { records, ports, published } = setUp();

    await closeTask(anEnd({ status: 'FAILED' }), anInput({ correlation: 'invoice 7' }), ports);

    expect(records.current()).toMatchObject({ outcome: 'Failed', reason: 'InternalError', version: 2 });
    expect(published).toMatchObject([{ detail: { correlation: 'invoice 7', attempts: 0 } }]);
  });

  it('publishes the outcome of the record when another writer closes it first', async () => {
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

    await closeTask(anEnd(), anInput(), { ...ports, records: racing });

    expect(records.current()).toMatchObject({ outcome: 'Completed', terminalEvent: 'Published' });
    expect(published).toMatchObject([{ detailType: 'OCR Task Completed' }]);
  });

  it('publishes nothing when the record cannot be written', async () => {
    const { ports, published, records } = setUp({ record: aRecord() });
    const failing = { ...records, write: () => Promise.reject(new Error('DynamoDB is down')) };

    await expect(closeTask(anEnd(), anInput(), { ...ports, records: failing })).rejects.toThrow('is down');
    expect(published).toEqual([]);
  });
});

describe('closing a task that has ended', () => {
  it('publishes the recorded outcome when the execution failed to publish it', async () => {
    const record = aTerminalRecord({
      results: longestStoredResults(1),
      resultCount: 1,
      manifestKey: 'manifest.json',
    });
    const { records, ports, published } = setUp({ record });

    await closeTask(anEnd({ status: 'FAILED', error: 'EventBridge.FailedEntry' }), anInput(), ports);

    expect(records.current()).toEqual({ ...record, terminalEvent: 'Published', version: record.version + 2 });
    expect(published).toMatchObject([
      { detailType: 'OCR Task Completed', detail: { resultCount: 1, manifest: 'manifest.json' } },
    ]);
  });

  it('publishes nothing when it is repeated', async () => {
    const { records, ports, published } = setUp({ record: aRecord() });

    await closeTask(anEnd(), anInput(), ports);
    const after = records.current();
    const repeated = await closeTask(anEnd(), anInput(), ports);

    expect(repeated).toMatchObject({ kind: 'Nothing' });
    expect(records.current()).toEqual(after);
    expect(published).toHaveLength(1);
  });

  it.each(['before', 'after'])('repeats the same event when it was stopped %s publishing', async (moment) => {
    const { records, ports, published } = setUp({ record: aRecord() });
    const { publish } = ports.events;
    const stopped = {
      async publish(detailType: string, detail: TaskEventDetail) {
        if (moment === 'after') await publish(detailType, detail);
        throw new Error('stopped');
      },
    };
    await expect(closeTask(anEnd(), anInput(), { ...ports, events: stopped })).rejects.toThrow('stopped');
    expect(records.current()).toMatchObject({ outcome: 'Cancelled', terminalEvent: 'Pending' });

    await closeTask(anEnd(), anInput(), ports);

    expect(records.current()).toMatchObject({ outcome: 'Cancelled', terminalEvent: 'Published' });
    expect(published).toHaveLength(moment === 'after' ? 2 : 1);
    expect(new Set(published.map(({ detail }) => JSON.stringify(detail))).size).toBe(1);
  });

  it.each([
    ['ABORTED', 'Cancelled'] as const,
    ...OUTCOME_NAMES.filter((name) => OUTCOMES[name].error !== null).map((name) => ['FAILED', name] as const),
  ])(
    'does nothing after %s with the error of the outcome %s, which was published',
    async (status, outcome) => {
      const { ports, published } = setUp({
        record: aTerminalRecord({ outcome, terminalEvent: 'Published' }),
      });

      const closing = await closeTask(
        anEnd({ status, error: OUTCOMES[outcome].error ?? '' }),
        anInput(),
        ports,
      );

      expect(closing).toMatchObject({ kind: 'Nothing' });
      expect(published).toEqual([]);
    },
  );
});

describe('closing a task of another execution', () => {
  it.each([
    ['is being collected', aRecord({ executionArn: OTHER_EXECUTION })],
    ['has ended', aTerminalRecord({ executionArn: OTHER_EXECUTION })],
    [
      'ended at its deadline while this execution waited for it',
      aTerminalRecord({
        executionArn: OTHER_EXECUTION,
        completedAt: instantAfter(90),
        expiresAt: START / 1000 + 90,
      }),
    ],
    ['is for another operation', aRecord({ executionArn: OTHER_EXECUTION, operation: 'RecognizePdf' })],
  ])('changes nothing when that task %s', async (_, record) => {
    const { records, ports, published } = setUp({ record });

    const closing = await closeTask(anEnd(), anInput(), ports);

    expect(closing).toEqual({ kind: 'Nothing', because: expect.stringMatching(/belongs to another/) });
    expect(records.current()).toEqual(record);
    expect(published).toEqual([]);
  });

  it('closes it under the higher generation that this execution was started with', async () => {
    const record = aTerminalRecord({ executionArn: OTHER_EXECUTION, version: 5 });
    const { records, ports, published } = setUp({ record });

    await closeTask(anEnd(), anInput({ generation: 2 }), ports);

    expect(records.current()).toMatchObject({ generation: 2, outcome: 'Cancelled', version: 7 });
    expect(published).toMatchObject([{ detail: { idempotencyKey: `RecognizeImage/${TASK_ID}/2` } }]);
  });
});

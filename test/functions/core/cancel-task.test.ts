import { describe, expect, test } from 'vitest';
import type { TaskEventDetail, TaskRecord } from '../../../functions/contract.ts';
import { cancelTask } from '../../../functions/core/cancel-task.ts';
import { TaskEnded, TaskNotFound } from '../../../functions/core/task-refusals.ts';
import { aRecord, aTerminalRecord, BUCKET, EXECUTION, instantAfter, START, TASK_ID } from '../builders.ts';
import { memoryRecords } from '../memory-records.ts';

/** It is ten seconds after the start. The execution runs until it is stopped, unless its end is given. */
function setUp(
  record?: TaskRecord,
  { endedAt }: { endedAt: number | undefined } = { endedAt: START + 10_000 },
) {
  const done: string[] = [];
  const records = memoryRecords(record);
  const ports = {
    records,
    executions: {
      stop: async (executionArn: string) => {
        done.push(`stop ${executionArn} of a task ${records.current()?.status}`);
        return endedAt;
      },
    },
    events: {
      publish: async (detailType: string, { idempotencyKey }: TaskEventDetail) => {
        done.push(`publish ${detailType} ${idempotencyKey} of a task ${records.current()?.status}`);
      },
    },
    bucket: BUCKET,
    cancelAtVendor: async (operation: string, taskId: string) => {
      done.push(`cancel ${operation} ${taskId}`);
      return undefined;
    },
    now: () => START + 10_000,
  };
  return { records, ports, done };
}

describe('a task that is being collected', () => {
  test('is closed first, then its execution is stopped, then it is cancelled at Aspose', async () => {
    const { records, ports, done } = setUp(aRecord({ attempts: 2 }));

    const { record } = await cancelTask(TASK_ID, ports);

    expect(record).toMatchObject({ status: 'Cancelled', outcome: 'Cancelled', attempts: 2 });
    expect(record.completedAt).toBe(instantAfter(10));
    expect(records.current()).toEqual(record);
    expect(done).toEqual([`stop ${EXECUTION} of a task Cancelled`, `cancel RecognizeImage ${TASK_ID}`]);
  });

  test('is cancelled even if a poll writes its record in between', async () => {
    const { records, ports } = setUp(aRecord());
    let reads = 0;
    const read = async () => {
      const found = await records.read(TASK_ID);
      reads += 1;
      if (reads === 1 && found !== undefined) await records.write({ ...found, attempts: 5, version: 2 });
      return found;
    };

    await cancelTask(TASK_ID, { ...ports, records: { ...records, read } });

    expect(records.current()).toMatchObject({ outcome: 'Cancelled', attempts: 5 });
  });

  test('is not cancelled at Aspose unless that is configured', async () => {
    const { ports, done } = setUp(aRecord());
    const { cancelAtVendor: _, ...unconfigured } = ports;

    await cancelTask(TASK_ID, unconfigured);

    expect(done).toHaveLength(1);
  });
});

describe('a task whose execution is gone', () => {
  const PUBLISHED = `publish OCR Task Cancelled RecognizeImage/${TASK_ID}/1 of a task Cancelled`;

  test.each([
    ['and whose end nobody has closed', START + 9_999],
    ['and unknown to Step Functions', undefined],
  ])('%s has its event published here', async (_, endedAt) => {
    const { ports, done } = setUp(aRecord(), { endedAt });

    await cancelTask(TASK_ID, ports);

    expect(done).toContain(PUBLISHED);
  });

  test('has its event published again if the first cancellation may have failed there', async () => {
    const record = aTerminalRecord({ outcome: 'Cancelled', completedAt: instantAfter(5) });
    const { ports, done } = setUp(record, { endedAt: START + 4_000 });

    await cancelTask(TASK_ID, ports);

    expect(done).toContain(PUBLISHED);
  });

  test('but has ended after the task was closed leaves the event to close-task', async () => {
    const { ports, done } = setUp(aRecord(), { endedAt: START + 10_001 });

    await cancelTask(TASK_ID, ports);

    expect(done.filter((step) => step.startsWith('publish'))).toEqual([]);
  });
});

test('a repeated cancellation stops the execution again: the first may have failed there', async () => {
  const { ports, done } = setUp(aTerminalRecord({ outcome: 'Cancelled' }));

  await cancelTask(TASK_ID, ports);

  expect(done[0]).toMatch(/^stop /);
});

test.each([
  ['that has ended', aTerminalRecord({ outcome: 'Completed' }), TaskEnded],
  ['whose record has expired', aRecord({ expiresAt: START / 1000 }), TaskNotFound],
  ['that never was', undefined, TaskNotFound],
])('a task %s cannot be cancelled', async (_, record, refusal) => {
  const { ports, done } = setUp(record);

  await expect(cancelTask(TASK_ID, ports)).rejects.toBeInstanceOf(refusal);
  expect(done).toEqual([]);
});

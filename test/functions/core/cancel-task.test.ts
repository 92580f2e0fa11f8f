import { describe, expect, it } from 'vitest';
import type { TaskEventDetail } from '../../../functions/contracts/task-event.ts';
import type { TaskRecord } from '../../../functions/contracts/task-record.ts';
import { cancelTask } from '../../../functions/core/cancel-task.ts';
import { markLost } from '../../../functions/core/lost-task.ts';
import { TaskEnded, TaskNotFound } from '../../../functions/core/task-errors.ts';
import {
  anEnding,
  aRecord,
  aTerminalRecord,
  BUCKET,
  EXECUTION,
  instantAfter,
  START,
  TASK_ID,
} from '../../support/builders.ts';
import { anImage, IMAGE_ID } from '../../support/image-builders.ts';
import { memoryImages } from '../../support/memory-images.ts';
import { memoryRecords } from '../../support/memory-records.ts';

function setUp(record?: TaskRecord) {
  const done: string[] = [];
  const records = memoryRecords(record);
  const images = memoryImages();
  const ports = {
    records,
    images,
    executions: {
      stop: async (executionArn: string, error: string) => {
        done.push(`stop ${executionArn} with ${error}`);
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
  return { records, images, ports, done };
}

describe('cancelling a lost task', () => {
  const lost = markLost(aRecord({ imageId: IMAGE_ID }), anEnding('Expired'), START, 900);
  const submitted = { state: 'Submitted', uploads: 1 } as const;

  it('ends the uploads of its image first, so that no other task replaces it', async () => {
    const { images, ports } = setUp(lost);
    images.all.set(IMAGE_ID, anImage({ ...submitted, taskIds: [TASK_ID] }));

    const { record } = await cancelTask(TASK_ID, ports);

    expect(record.outcome).toBe('Cancelled');
    expect(images.current()).toMatchObject({ noMoreUploads: true, taskIds: [TASK_ID] });
  });

  it('is refused when another task has replaced it', async () => {
    const { images, ports, done } = setUp(lost);
    images.all.set(IMAGE_ID, anImage({ ...submitted, taskIds: [TASK_ID, 'next'] }));

    await expect(cancelTask(TASK_ID, ports)).rejects.toThrow(TaskEnded);
    expect(done).toEqual([]);
  });
});

describe('cancelling a task', () => {
  it('closes its record, publishes its event, stops its execution and cancels it at Aspose, in this order', async () => {
    const { records, ports, done } = setUp(aRecord({ attempts: 2 }));

    const { record, isNew } = await cancelTask(TASK_ID, ports);

    expect(isNew).toBe(true);
    expect(record).toMatchObject({ status: 'Cancelled', outcome: 'Cancelled', attempts: 2 });
    expect(record.completedAt).toBe(instantAfter(10));
    expect(records.current()).toEqual(record);
    expect(done).toEqual([
      `publish OCR Task Cancelled RecognizeImage/${TASK_ID}/1 of a task Cancelled`,
      `stop ${EXECUTION} with OcrTaskCancelled`,
      `cancel RecognizeImage ${TASK_ID}`,
    ]);
  });

  it.each([
    [1, []],
    [2, [expect.stringContaining(`results/RecognizeImage/${TASK_ID}/manifest.json lists them`)]],
  ])('warns where earlier documents are, in generation %i', async (generation, warnings) => {
    const { ports } = setUp(aRecord({ generation }));

    const { record, detail } = await cancelTask(TASK_ID, ports);

    expect(record.warnings).toEqual(warnings);
    expect(detail.warnings).toEqual(warnings);
  });

  it('succeeds when a poll writes the record at the same time', async () => {
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

  it('does not call Aspose unless that is configured', async () => {
    const { ports, done } = setUp(aRecord());
    const { cancelAtVendor: _, ...unconfigured } = ports;

    await cancelTask(TASK_ID, unconfigured);

    expect(done).toHaveLength(2);
  });

  it('publishes and stops once more when it is repeated, as the first attempt may have failed there', async () => {
    const { ports, done } = setUp(aTerminalRecord({ outcome: 'Cancelled' }));

    expect(await cancelTask(TASK_ID, ports)).toMatchObject({ isNew: false });

    expect(done.map((call) => call.split(' ')[0])).toEqual(['publish', 'stop', 'cancel']);
  });

  it.each([
    ['has ended', aTerminalRecord({ outcome: 'Completed' }), TaskEnded],
    ['has expired', aRecord({ expiresAt: START / 1000 }), TaskNotFound],
    ['does not exist', undefined, TaskNotFound],
  ])('is refused when the task %s', async (_, record, error) => {
    const { ports, done } = setUp(record);

    await expect(cancelTask(TASK_ID, ports)).rejects.toBeInstanceOf(error);
    expect(done).toEqual([]);
  });
});

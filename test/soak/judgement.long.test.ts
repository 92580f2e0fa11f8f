import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startFaultyCourier } from '../faults/layers/faulty-courier.ts';
import { openDoors } from './doors.ts';
import { leaksIn, memoryGrowth } from './memory.ts';
import { planTask, type TaskPlan } from './task-plan.ts';
import { runWave } from './wave.ts';

describe('a soak', () => {
  it('names each task that did not end as planned, and no other', async () => {
    const courier = await startFaultyCourier();
    onTestFinished(() => courier[Symbol.asyncDispose]());
    const [sound, lost, altered, ended, refused] = Array.from({ length: 5 }, (_, index) => plan(index));
    if (!sound || !lost || !altered || !ended || !refused) throw new Error('there are five');
    const [document] = altered.documents;
    const s3 = new S3Client(courier.stack.clientConfig('s3'));
    const Bucket = courier.stack.resource('AWS::S3::Bucket').name;
    await s3.send(new PutObjectCommand({ Bucket, Key: 'results/RecognizeImage/stray/0.txt', Body: 'late' }));

    const { offences, polls, events, outcomes } = await runWave({
      courier,
      doors: openDoors(courier),
      plans: [
        sound,
        { ...lost, doors: [] },
        { ...altered, documents: [Buffer.concat([document ?? Buffer.of(), Buffer.from('x')])] },
        { ...ended, steps: [{ meaning: 'Completed', answer: { taskStatus: 'Error' } }] },
        { ...refused, input: { ...refused.input, polling: { holdSeconds: -1 } }, doors: ['POST /tasks'] },
      ],
      setFaulty() {},
    });

    expect(offences.map(({ taskId }) => taskId)).toEqual(
      expect.arrayContaining([
        ...[lost.taskId, altered.taskId, ended.taskId, refused.taskId],
        'results/RecognizeImage/stray/0.txt',
      ]),
    );
    expect(offences.map(({ taskId }) => taskId)).not.toContain(sound.taskId);
    expect(offences.find(({ taskId }) => taskId === ended.taskId)?.problem).toBe(
      'it ended as Failed, RecognitionError; accepted: Completed',
    );
    expect([polls, events]).toEqual([3, 3]);
    expect(outcomes).toEqual(['Completed', 'none', 'Completed', 'Failed, RecognitionError', 'none']);
    expect(await courier.keys()).toEqual([]);
  });
});

/** Of a task that completes at once. */
function plan(index: number): TaskPlan {
  const planned = planTask(1, index, 0);
  const content = Buffer.from('canary-document of the soak');
  const results = [{ type: 'Text', data: content.toString('base64') }];
  return {
    taskId: planned.taskId,
    input: planned.input,
    doors: ['StartExecution'],
    startAfterSeconds: index,
    documents: [content],
    steps: [{ meaning: 'Completed', answer: { taskStatus: 'Completed', results } }],
  };
}

describe('the memory of a soak', () => {
  const samples = (grown: { heap?: number; buffers?: number; resident?: number } = {}) =>
    Array.from({ length: 20 }, (_, index) => ({
      tasks: index * 100,
      heapBytes: 60e6 + index * 100 * (grown.heap ?? 0) + (index < 10 ? index * 5e6 : 50e6),
      bufferBytes: 10e6 + index * 100 * (grown.buffers ?? 0),
      residentBytes: 900e6 + index * (grown.resident ?? 0),
      keptBytes: index * 100 * 15_000,
    }));
  const leaks = (grown: Parameters<typeof samples>[0]) => {
    const growth = memoryGrowth(samples(grown));
    return growth && leaksIn(growth);
  };

  it('may grow by what is kept by design, and while things warm up', () => {
    expect(leaks({ heap: 30_000, buffers: 4_000, resident: 5e6 })).toEqual([]);
  });

  it.each([
    [{ heap: 50_000 }, /^objects grow by 50000 bytes a task/],
    [{ buffers: 20_000 }, /^buffers grow by 20000 bytes a task/],
    [{ resident: 60e6 }, /^the resident memory of the last quarter is 1\.\d+ times/],
  ])('must not grow by more: %j', (grown, leak) => {
    expect(leaks(grown)).toEqual([expect.stringMatching(leak)]);
  });

  it('tells nothing in a few samples', () => {
    expect(memoryGrowth(samples({ heap: 1e6 }).slice(0, 7))).toBeUndefined();
  });
});

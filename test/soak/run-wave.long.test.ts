import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startFaultyCourier } from '../faults/layers/faulty-courier.ts';
import { createRetryingClients } from './retrying-clients.ts';
import { runWave } from './run-wave.ts';
import { planTask, type TaskPlan } from './task-plan.ts';

describe('runWave', () => {
  it('reports each task that did not end as planned, and no other', async () => {
    const courier = await startFaultyCourier();
    onTestFinished(() => courier[Symbol.asyncDispose]());
    const [sound, lost, altered, ended, refused] = Array.from({ length: 5 }, (_, index) => plan(index));
    if (!sound || !lost || !altered || !ended || !refused) throw new Error('there are five');
    const [document] = altered.documents;
    const s3 = new S3Client(courier.stack.clientConfig('s3'));
    const Bucket = courier.stack.resource('AWS::S3::Bucket').name;
    await s3.send(new PutObjectCommand({ Bucket, Key: 'results/RecognizeImage/stray/0.txt', Body: 'late' }));

    const { violations, tasks } = await runWave({
      courier,
      clients: createRetryingClients(courier),
      plans: [
        sound,
        { ...lost, entryPoints: [] },
        { ...altered, documents: [Buffer.concat([document ?? Buffer.of(), Buffer.from('x')])] },
        { ...ended, steps: [{ meaning: 'Completed', response: { taskStatus: 'Error' } }] },
        {
          ...refused,
          input: { ...refused.input, polling: { holdSeconds: -1 } },
          entryPoints: ['POST /tasks'],
        },
      ],
      setFaulty() {},
    });

    expect(violations.map(({ subject }) => subject)).toEqual(
      expect.arrayContaining([
        ...[lost.taskId, altered.taskId, ended.taskId, refused.taskId],
        'results/RecognizeImage/stray/0.txt',
      ]),
    );
    expect(violations.map(({ subject }) => subject)).not.toContain(sound.taskId);
    expect(violations.find(({ subject }) => subject === ended.taskId)?.problem).toBe(
      'it ended as Failed, RecognitionError; accepted: Completed',
    );
    expect(tasks.map(({ outcome, polls, events }) => [outcome, polls, events])).toEqual([
      ['Completed', 1, 1],
      ['none', 0, 0],
      ['Completed', 1, 1],
      ['Failed, RecognitionError', 1, 1],
      ['none', 0, 0],
    ]);
    expect(await courier.keys()).toEqual([]);
  });
});

/** Plans a task that completes at its first poll. */
function plan(index: number): TaskPlan {
  const { taskId, input } = planTask(1, index, 0);
  const content = Buffer.from('canary-document of the soak');
  const results = [{ type: 'Text', data: content.toString('base64') }];
  return {
    taskId,
    input,
    entryPoints: ['StartExecution'],
    startAfterSeconds: index,
    documents: [content],
    steps: [{ meaning: 'Completed', response: { taskStatus: 'Completed', results } }],
  };
}

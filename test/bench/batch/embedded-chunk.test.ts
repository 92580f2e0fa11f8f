import { expect, it } from 'vitest';
import { simulateBatch } from '../../../bench/batch/simulated-chunk.ts';
import { courierForAll } from '../../support/courier.ts';
import { completed, pending } from '../../support/responses.ts';

const courier = await courierForAll();
const TASKS = 3;

it('uses as many invocations, polls and objects as a batch of the stack', async () => {
  const tasks = Array.from({ length: TASKS }, () => ({
    taskId: courier.createTask(pending, completed('whale')),
  }));
  const { status } = await courier.request('POST', '/batches', { batchId: 'bench', tasks });
  await courier.stack.settled();

  const { runChunk } = await simulateBatch({
    polling: { preset: 'balanced' },
    times: {
      callSeconds: 0,
      putSeconds: 0,
      pollSeconds: 0,
      uploadSeconds: 0,
      cpuSecondsPerRequest: 0,
      cpuSecondsPerUpload: 0,
    },
    kind: 'tasks',
    random: () => 0.5,
  });
  // The first poll finds the tasks pending, and the second completed.
  const { usage } = await runChunk(Array(TASKS).fill(2));

  expect(status).toBe(202);
  const keys = [...(await courier.keys('results/')), ...(await courier.keys('batches/bench/results/'))];
  const polls = courier.simulator.requests.filter(({ taskId }) => taskId !== undefined);
  const invocations = courier.logs.filter((line) => line.includes('"Chunk polled"'));
  // Documents, manifests and the lines of the chunk.
  expect(keys).toHaveLength(2 * TASKS + 1);
  expect(usage).toMatchObject({ s3Puts: keys.length, polls: polls.length, invocations: invocations.length });
});

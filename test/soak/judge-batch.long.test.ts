import { expect, it, onTestFinished } from 'vitest';
import { startFaultyCourier, WHALE } from '../faults/layers/faulty-courier.ts';
import { openBatches } from '../support/batches.ts';
import { completed } from '../support/responses.ts';
import { batchRequest, planBatch } from './batch-plan.ts';
import { batchProblems } from './judge-batch.ts';
import { planTask } from './task-plan.ts';

it('reports a batch without an event, with a missing line, or with a wrong one', async () => {
  const courier = await startFaultyCourier();
  onTestFinished(() => courier[Symbol.asyncDispose]());
  const tasks = [0, 1].map((index) => ({
    ...planTask(1, index, 0),
    entryPoints: ['POST /batches'] as const,
  }));
  for (const { taskId } of tasks) courier.script(taskId, [completed(WHALE)]);
  const planned = planBatch(1, tasks);
  if (planned === undefined) throw new Error('there is a batch');
  const { cancelledAfterSeconds: _, ...plan } = { ...planned, imageKeys: [] };
  await courier.request('POST', '/batches', batchRequest(plan, ''));
  const settled = await openBatches(courier).settle(plan.batchId);
  const [first, ...others] = settled.lines;
  if (first === undefined) throw new Error('there are lines');
  const problemsOf = (changes: object) => batchProblems(courier, plan, { ...settled, ...changes });

  expect(await problemsOf({})).toEqual([]);
  expect(await problemsOf({ events: [] })).toContain('there is no event');
  expect(await problemsOf({ lines: others })).toHaveLength(1);
  expect(await problemsOf({ lines: [{ ...first, outcome: 'Failed' }, ...others] })).toHaveLength(1);
  expect(await problemsOf({ lines: [first, first, ...others] })).toHaveLength(1);
  expect(await problemsOf({ record: undefined })).toEqual(['it has not ended: there is no record']);
});

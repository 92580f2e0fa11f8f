import { expect, it } from 'vitest';
import { newBatchId, openBatches } from '../../support/batches.ts';
import { faultyCourierForAll } from '../layers/faulty-courier.ts';
import { ALL_COMPLETED, expectSoundBatch, expectSoundBatchUnder, planBatch } from './batch-case.ts';
import { expectClosedOnceStopped } from './batch-ends.ts';
import { expectNoCanary, resetCanarySearch } from './expect-sound.ts';

const courier = await faultyCourierForAll();

it('B1: a batch ends soundly after a kill between its end and its event', () =>
  expectSoundBatchUnder(courier, {
    aws: [
      {
        ...{ service: 'events', operation: 'PutEvents', about: 'OCR Batch Completed' },
        fault: { kind: 'kill', moment: 'after' },
      },
    ],
    expected: { counts: ALL_COMPLETED, events: 2 },
  }));

it('B2: the sweep closes a stopped batch if its status change is lost', () =>
  expectClosedOnceStopped(courier, { isLost: true }));

it('U3: a batch leaks no document, secret or link in the histories of its executions', async () => {
  const batches = openBatches(courier);
  const planned = planBatch(courier);
  const [first, , third] = planned.taskIds;
  // While a task is polled, the execution of its chunk is known.
  const endOf = async (chunk: number, taskId: string) => {
    await courier.front.requested(taskId);
    return await courier.stack.executionEnded(batches.chunkArnOf(planned.batchId, chunk));
  };
  const children = [endOf(0, first), endOf(1, third)];
  await batches.start(planned.batchId, planned.input);

  const settled = await batches.settle(planned.batchId);

  const executions = [settled.execution, ...(await Promise.all(children))];
  expect(executions.map(({ status }) => status)).toEqual(['SUCCEEDED', 'SUCCEEDED', 'SUCCEEDED']);
  await expectSoundBatch(courier, planned, settled);
  resetCanarySearch(courier);
  expectNoCanary(
    courier,
    executions.map((execution) => ({ execution, record: undefined })),
  );
});

it.each([
  { clientSecret: 'canary-client-secret' },
  { tasks: [{ taskId: 'x', accessToken: 'canary-client-secret' }] },
  { tasks: [{ taskId: 'canary-client-secret in the wrong field' }] },
])('S1 U3: a secret in the wrong field of a batch appears in no log, event or error: %j', async (input) => {
  const { execution, record } = await openBatches(courier).collect(newBatchId(), input);

  const { status, error, cause } = execution;
  expect(status).toBe('FAILED');
  expect(courier.fetchesOf('x')).toEqual([]);
  // Its states have the input, which may contain any text of the caller.
  expectNoCanary(courier, [], [JSON.stringify([error, cause, record])]);
});

import { expect, it } from 'vitest';
import { newBatchId, openBatches } from '../../support/batches.ts';
import { faultyCourierForAll } from '../layers/faulty-courier.ts';
import { ALL_COMPLETED, expectSoundBatch, expectSoundBatchUnder, planBatch } from './batch-case.ts';
import {
  expectClosedOnceStopped,
  expectOneCollection,
  expectOthersCollectedAfterDelete,
} from './batch-ends.ts';
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

it('B5: an execution joins a task that a batch collects', () =>
  expectOneCollection(courier, { startsFirst: 'batch' }));

it('B7: a batch collects its other tasks when one is cancelled', () =>
  expectOthersCollectedAfterDelete(courier));

it('B11: a batch whose request is large and has a malformed item is refused by its state machine', async () => {
  const planned = planBatch(courier);
  const correlation = 'x'.repeat(128);
  const tasks: object[] = Array.from({ length: 999 }, (_, i) => ({ taskId: `large-${i}`, correlation }));
  const input = { tasks: [...tasks, { taskId: '' }] };
  // Twice as much does not fit into the payload of a state.
  expect(JSON.stringify(input).length).toBeGreaterThan(128 * 1024);

  const settled = await openBatches(courier).collect(planned.batchId, input);

  await expectSoundBatch(courier, { ...planned, taskIds: [] }, settled, {
    ...{ outcome: 'Refused', reason: 'ListInvalid', hasNoResults: true },
  });
});

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

import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { newBatchId, openBatches } from '../../support/batches.ts';
import { patchedAssembly } from '../../support/patched-assembly.ts';
import { receive } from '../../support/queue.ts';
import { pending } from '../../support/responses.ts';
import { faultyCourierForAll, startFaultyCourier } from '../layers/faulty-courier.ts';
import { ALL_COMPLETED, completing, expectSoundBatch, planBatch } from './batch-case.ts';
import {
  expectCancelledWhileWaiting,
  expectClosedOnceStopped,
  expectFailedWithoutChunks,
  expectOneCollection,
  expectOthersCollectedAfterDelete,
  planLongBatch,
  refuseFirst,
  startAndPoll,
} from './batch-ends.ts';

const courier = await faultyCourierForAll();
const batches = openBatches(courier);

describe('an execution of a batch', () => {
  it.each([false, true])(
    'B2: ends the batch without results when it is stopped before the items are listed (event lost: %s)',
    async (isLost) => {
      const { batchId, taskIds, input } = planBatch(courier);
      courier.loseStatusChanges(isLost ? ({ status }) => status === 'ABORTED' : undefined);
      const { promise: claimed, resolve } = Promise.withResolvers<void>();
      courier.aws.onceCarriedOut(({ about }) => about.includes('"Opening"'), resolve);
      await batches.start(batchId, input);
      await claimed;

      await courier.stack.stopExecution(batches.executionArnOf(batchId));
      await courier.stack.settled();
      if (isLost) await courier.sweep();

      courier.loseStatusChanges(undefined);
      const settled = await batches.settle(batchId);
      // The function may list the items before it finds out.
      const hasNoResults = settled.record?.chunks === undefined || settled.record.chunks === 0;
      const outcome = 'Cancelled';
      const execution = { status: 'ABORTED' } as const;
      await expectSoundBatch(courier, { batchId, taskIds }, settled, { outcome, execution, hasNoResults });
    },
  );

  it('B2: fails its batch when it times out', async () => {
    await using hasty = await startFaultyCourier({
      assemblyDirectory: await patchedAssembly((template) =>
        template.replaceAll(/\\"TimeoutSeconds\\":1123200/g, '\\"TimeoutSeconds\\":300'),
      ),
    });
    const planned = planLongBatch(hasty);

    const settled = await openBatches(hasty).collect(planned.batchId, planned.input);

    await expectSoundBatch(hasty, planned, settled, {
      ...{ outcome: 'Failed', reason: 'InternalError', execution: { status: 'TIMED_OUT' } },
      lines: { 0: 'Failed, InternalError', 1: 'Completed', 2: 'Completed' },
    });
  });
});

describe('the event of a batch', () => {
  it.each([
    ['is published by the state machine after six failures', 6, {}],
    ['is published on the status change of an execution that gives up', 7, { status: 'FAILED' } as const],
  ] as const)('B10: %s', async (_, refusals, execution) => {
    const planned = planBatch(courier);
    refuseFirst(courier, 'OCR Batch Completed', refusals);

    const settled = await batches.collect(planned.batchId, planned.input);

    courier.refuseEvents(undefined);
    await expectSoundBatch(courier, planned, settled, {
      counts: ALL_COMPLETED,
      ...(refusals > 6 && { execution }),
    });
  });

  it('B10: is published by the sweep when the bus refuses it for longer', async () => {
    const planned = planBatch(courier);
    refuseFirst(courier, 'OCR Batch Completed', 7 + 3);
    expect((await batches.collect(planned.batchId, planned.input)).events).toEqual([]);

    await courier.sweep();
    courier.refuseEvents(undefined);

    await expectSoundBatch(courier, planned, await batches.settle(planned.batchId), {
      counts: ALL_COMPLETED,
      execution: { status: 'FAILED' },
    });
  });

  it('B10: comes after the events of its tasks, which the bus refuses at first', async () => {
    const planned = planBatch(courier);
    refuseFirst(courier, 'OCR Task Completed', 5);

    const settled = await batches.collect(planned.batchId, planned.input);

    courier.refuseEvents(undefined);
    await expectSoundBatch(courier, planned, settled, { counts: ALL_COMPLETED });
  });
});

it('B5: a batch joins a task that another execution collects', () =>
  expectOneCollection(courier, { startsFirst: 'task' }));

it('B5: two batches of the same tasks collect each task once', async () => {
  const planned = planBatch(courier);
  const other = newBatchId();

  const [settled, settledOther] = await Promise.all(
    [planned.batchId, other].map((batchId) => batches.collect(batchId, planned.input)),
  );

  if (settled === undefined || settledOther === undefined) throw new Error('there are two');
  await expectSoundBatch(courier, planned, settled, { counts: ALL_COMPLETED });
  await expectSoundBatch(courier, { ...planned, batchId: other }, settledOther, { counts: ALL_COMPLETED });
  for (const taskId of planned.taskIds) {
    expect(courier.front.requestsFor(taskId)).toHaveLength(2);
    expect(courier.eventsOf(taskId)).toHaveLength(1);
  }
});

describe('a batch that is cancelled', () => {
  it('B8: starts nothing more once its waiting chunks find out', () => expectCancelledWhileWaiting(courier));

  it('B8: is stopped by the sweep when its chunks have not found out for ten minutes', async () => {
    const planned = planLongBatch(courier);
    const { batchId, input } = planned;
    await batches.start(batchId, input);
    await courier.clock.sleep(6 * 3_600_000);
    // Its chunk now waits longer than ten minutes.
    await courier.logged(['"Chunk polled"', '"left":1']);
    const { clock } = courier;
    const { status } = await clock.during(courier.request('DELETE', `/batches/${batchId}`));
    expect(status).toBe(202);
    await clock.sleep(9 * 60_000);
    await courier.stack.runSchedules();
    expect((await clock.during(batches.records.read(batchId)))?.status).toBe('Cancelling');
    await clock.sleep(2 * 60_000);

    await courier.stack.runSchedules();

    await expectSoundBatch(courier, planned, await batches.settle(batchId), {
      ...{ outcome: 'Cancelled', execution: { status: 'ABORTED' } },
      lines: { 0: 'Cancelled', 1: 'Completed', 2: 'Completed' },
    });
  });

  it('B8: may be cancelled twice, and while its tasks are polled', async () => {
    const planned = planLongBatch(courier);
    await startAndPoll(courier, planned);
    const cancel = () => courier.clock.during(courier.request('DELETE', `/batches/${planned.batchId}`));

    const statuses = [(await cancel()).status, (await cancel()).status];

    expect(statuses).toEqual([202, 202]);
    await expectSoundBatch(courier, planned, await batches.settle(planned.batchId), {
      outcome: 'Cancelled',
      lines: { 0: 'Cancelled' },
    });
  });
});

describe('a list in the bucket', () => {
  const s3 = new S3Client(courier.stack.clientConfig('s3'));
  const Bucket = courier.stack.resource('AWS::S3::Bucket').name;
  const drop = (batchId: string, tasks: readonly object[]) =>
    s3.send(new PutObjectCommand({ Bucket, Key: `lists/${batchId}.json`, Body: JSON.stringify(tasks) }));

  it('B11: starts one batch when it is dropped twice, at once and after its end', async () => {
    const planned = planBatch(courier);
    const { batchId, input } = planned;
    await Promise.all([drop(batchId, input.tasks), drop(batchId, input.tasks)]);
    await courier.stack.settled();
    await drop(batchId, input.tasks);

    const settled = await batches.settle(batchId);

    await expectSoundBatch(courier, planned, settled, { counts: ALL_COMPLETED });
    expect(await receive(courier.stack, 'RefusedSubmissionsQueueUrl')).toEqual([]);
  });

  it('B11: is refused when its name is in use for other content', async () => {
    const planned = planBatch(courier);
    const { batchId, input } = planned;
    await drop(batchId, input.tasks);
    await courier.stack.settled();
    await drop(batchId, input.tasks.slice(1));

    const settled = await batches.settle(batchId);

    await expectSoundBatch(courier, planned, settled, { counts: ALL_COMPLETED });
    const refused = JSON.stringify(await receive(courier.stack, 'RefusedSubmissionsQueueUrl'));
    expect(refused).toContain('BatchConflict');
  });

  it('B11: ends a batch as Refused when it is unusable, with the place of the fault', async () => {
    const planned = planBatch(courier);
    await drop(planned.batchId, [{ taskId: planned.taskIds[0] }, { taskId: '' }]);
    await courier.stack.settled();

    const settled = await batches.settle(planned.batchId);

    await expectSoundBatch(courier, planned, settled, {
      ...{ outcome: 'Refused', reason: 'ListInvalid', hasNoResults: true },
    });
    expect(settled.record?.messages.join()).toContain('taskId');
    expect(courier.fetchesOf(planned.taskIds[0])).toEqual([]);
  });

  it.each(['before', 'after'] as const)(
    'B11: starts one batch when its start is killed %s it',
    async (moment) => {
      const planned = planBatch(courier);
      const { batchId, input } = planned;
      courier.aws.inject({
        ...{ service: 'states', operation: 'StartExecution', about: batchId },
        fault: { kind: 'kill', moment },
      });
      await drop(batchId, input.tasks);
      await courier.stack.settled();

      const settled = await batches.settle(batchId);

      courier.aws.heal();
      await expectSoundBatch(courier, planned, settled, { counts: ALL_COMPLETED });
    },
  );
});

it('B11: a repeated POST /batches returns the same batch, also when the function was killed', async () => {
  const planned = planBatch(courier);
  const { batchId, input } = planned;
  const first = completing(...Array(5).fill(pending))(planned.taskIds[0]);
  courier.script(planned.taskIds[0], first);
  courier.aws.inject({
    ...{ service: 'states', operation: 'StartExecution', about: batchId },
    fault: { kind: 'kill', moment: 'after' },
  });
  const post = (tasks: readonly object[]) => courier.request('POST', '/batches', { batchId, tasks });

  const [killed, repeated, other] = await courier.clock.during(
    (async () => [await post(input.tasks), await post(input.tasks), await post(input.tasks.slice(1))])(),
  );

  courier.aws.heal();
  expect([killed?.status, repeated?.status, other?.status]).toEqual([500, expect.toBeOneOf([200, 202]), 409]);
  await expectSoundBatch(courier, planned, await batches.settle(batchId), { counts: ALL_COMPLETED });
});

it('B2: a batch whose execution is stopped ends as Cancelled', () =>
  expectClosedOnceStopped(courier, { isLost: false }));

it('B9: a batch whose list of chunks is deleted fails without results', () =>
  expectFailedWithoutChunks(courier));

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

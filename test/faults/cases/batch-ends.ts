import { DeleteObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { expect } from 'vitest';
import type { PutEventsResult } from '../../../local/embedded-aws/event-bus.ts';
import { openBatches } from '../../support/batches.ts';
import { pending } from '../../support/responses.ts';
import type { FaultyCourier } from '../layers/faulty-courier.ts';
import { completing, expectSoundBatch, type PlannedBatch, planBatch } from './batch-case.ts';

const failedEntry: PutEventsResult = {
  FailedEntryCount: 1,
  Entries: [{ ErrorCode: 'InternalFailure', ErrorMessage: 'injected' }],
};

/** Refuses the first events of a type. */
export function refuseFirst(courier: FaultyCourier, detailType: string, times: number): void {
  let left = times;
  courier.refuseEvents((entries) => {
    if (left === 0 || !entries.some(({ DetailType }) => DetailType === detailType)) return undefined;
    left -= 1;
    return failedEntry;
  });
}

/** Plans a batch whose first task stays Pending. */
export function planLongBatch(courier: FaultyCourier, input: object = {}): PlannedBatch {
  return planBatch(courier, [[pending]], input);
}

/** Starts a batch, and waits until its first task has been polled some times. */
export async function startAndPoll(
  courier: FaultyCourier,
  { batchId, taskIds: [first], input }: PlannedBatch,
  polls = 3,
): Promise<void> {
  const polled = courier.polled(first, polls);
  await openBatches(courier).start(batchId, input);
  await polled;
}

/** Stops the execution of a batch while a task is polled, and expects that it is closed. */
export async function expectClosedOnceStopped(
  courier: FaultyCourier,
  { isLost }: { readonly isLost: boolean },
): Promise<void> {
  const batches = openBatches(courier);
  const planned = planLongBatch(courier);
  courier.loseStatusChanges(isLost ? ({ status }) => status === 'ABORTED' : undefined);
  await startAndPoll(courier, planned);

  await courier.stack.stopExecution(batches.executionArnOf(planned.batchId));
  await courier.stack.settled();
  if (isLost) {
    expect((await batches.settle(planned.batchId)).events).toEqual([]);
    await courier.sweep();
  }

  courier.loseStatusChanges(undefined);
  await expectSoundBatch(courier, planned, await batches.settle(planned.batchId), {
    outcome: 'Cancelled',
    execution: { status: 'ABORTED' },
    lines: { 0: 'Cancelled' },
  });
}

/** Deletes the list of the chunks of a batch before the Map reads it. */
export async function expectFailedWithoutChunks(courier: FaultyCourier): Promise<void> {
  const batches = openBatches(courier);
  const planned = planBatch(courier);
  const s3 = new S3Client(courier.stack.clientConfig('s3'));
  const Bucket = courier.stack.resource('AWS::S3::Bucket').name;
  const deleted = Promise.withResolvers<unknown>();
  courier.aws.onceCarriedOut(
    ({ operation, about }) => operation === 'PutItem' && about.includes('"Running"'),
    () =>
      deleted.resolve(
        s3.send(new DeleteObjectCommand({ Bucket, Key: batches.keysOf(planned.batchId).chunks })),
      ),
  );
  // The function repeats the call, so that the object is gone when the function returns.
  courier.aws.inject({
    ...{ service: 'dynamodb', operation: 'PutItem', about: '"Running"', fault: { kind: 'lost' } },
  });

  const settled = await batches.collect(planned.batchId, planned.input);

  await deleted.promise;
  courier.aws.heal();
  await expectSoundBatch(courier, planned, settled, {
    ...{ outcome: 'Failed', reason: 'InternalError', hasNoResults: true },
  });
}

/** Cancels one task of a batch, and expects that the others are collected. */
export async function expectOthersCollectedAfterDelete(courier: FaultyCourier): Promise<void> {
  const planned = planLongBatch(courier);
  const [first] = planned.taskIds;
  await startAndPoll(courier, planned);

  await courier.clock.during(courier.request('DELETE', `/tasks/${first}`));

  const settled = await openBatches(courier).settle(planned.batchId);
  await expectSoundBatch(courier, planned, settled, {
    lines: { 0: 'Cancelled', 1: 'Completed', 2: 'Completed' },
  });
}

/** Cancels a batch while its first chunk waits. */
export async function expectCancelledWhileWaiting(courier: FaultyCourier): Promise<void> {
  const planned = planLongBatch(courier);
  const waiting = courier.logged(['"Chunk polled"', '"left":1']);
  await openBatches(courier).start(planned.batchId, planned.input);
  await waiting;

  await courier.clock.during(courier.request('DELETE', `/batches/${planned.batchId}`));

  const settled = await openBatches(courier).settle(planned.batchId);
  await expectSoundBatch(courier, planned, settled, {
    outcome: 'Cancelled',
    lines: { 0: 'Cancelled', 1: 'Completed', 2: 'Completed' },
  });
}

/** Lets another execution collect a task of a batch, and expects one collection. */
export async function expectOneCollection(
  courier: FaultyCourier,
  { startsFirst }: { readonly startsFirst: 'batch' | 'task' },
): Promise<void> {
  const batches = openBatches(courier);
  const planned = planBatch(courier);
  const { batchId, input } = planned;
  const [first] = planned.taskIds;
  courier.script(first, completing(...Array(4).fill(pending))(first));
  const polled = courier.polled(first);
  const startTask = () => courier.start({ taskId: first, correlation: `scan of ${first}` });

  if (startsFirst === 'batch') await batches.start(batchId, input);
  else await startTask();
  await polled;
  if (startsFirst === 'batch') await startTask();
  else await batches.start(batchId, input);

  const settled = await batches.settle(batchId);
  await expectSoundBatch(courier, planned, settled, { counts: { Completed: 3, Expired: 48 } });
  const record = await courier.records.read(first);
  const isOfBatch = record?.executionArn === settled.execution.executionArn;
  expect(isOfBatch).toBe(startsFirst === 'batch');
  expect(courier.eventsOf(first)).toHaveLength(1);
}

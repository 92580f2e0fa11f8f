import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AwsError } from '../../../local/embedded-aws/aws-error.ts';
import type { PutEventsResult, RefuseEvents } from '../../../local/embedded-aws/event-bus.ts';
import { newTaskId } from '../../support/courier.ts';
import { receive } from '../../support/queue.ts';
import type { AwsFault } from '../layers/aws-fault-layer.ts';
import { completed, document, type FaultyCourier, startFaultyCourier } from '../layers/faulty-courier.ts';
import { patchedAssembly } from '../layers/patched-assembly.ts';
import { expectSound } from '../properties/expect-sound.ts';

let courier: FaultyCourier;
beforeAll(async () => {
  courier = await startFaultyCourier();
});
afterAll(() => courier[Symbol.asyncDispose]());

const pending = { taskStatus: 'Pending' };
const whale = [pending, completed('whale')];
const documents = [document('whale')];
const failedEntry: PutEventsResult = {
  FailedEntryCount: 1,
  Entries: [{ ErrorCode: 'InternalFailure', ErrorMessage: 'injected' }],
};

/** Refuses so many terminal events of a task. */
function refusing(taskId: string, times: number, refuse: () => PutEventsResult): RefuseEvents {
  let left = times;
  return (entries) => {
    if (left === 0 || !entries.some(({ Detail = '' }) => Detail.includes(`"${taskId}"`))) return undefined;
    left -= 1;
    return refuse();
  };
}

describe('EventBridge does not take the terminal event', () => {
  it.each([
    ['with a failed entry', () => failedEntry],
    [
      'and throttles',
      () => {
        throw new AwsError('ThrottlingException', 'injected');
      },
    ],
    [
      'and denies',
      () => {
        throw new AwsError('AccessDeniedException', 'injected');
      },
    ],
  ])('O4: %s, twice', async (_, refuse) => {
    const taskId = newTaskId();
    courier.answer(taskId, whale);
    courier.refuseEvents(refusing(taskId, 2, refuse));

    await expectSound(courier, { taskId }, await courier.collect({ taskId }), {
      outcome: 'Completed',
      documents,
    });
  });

  it('O4: until the state machine gives up: close-task publishes the outcome that the record has', async () => {
    const taskId = newTaskId();
    courier.answer(taskId, whale);
    courier.refuseEvents(refusing(taskId, 7, () => failedEntry));

    const collected = await courier.collect({ taskId });

    await expectSound(courier, { taskId }, collected, {
      outcome: 'Completed',
      documents,
      execution: { status: 'FAILED', error: 'EventBridge.FailedEntry' },
    });
  });

  it('O4: for longer than close-task tries: its event is in the dead-letter queue, and handled again from there', async () => {
    const taskId = newTaskId();
    courier.answer(taskId, whale);
    courier.refuseEvents(refusing(taskId, 7 + 3, () => failedEntry));
    const { events: published } = await courier.collect({ taskId });
    const [unclosed] = await receive(courier.stack, 'UnclosedTasksQueueUrl');
    expect(published).toEqual([]);

    await courier.stack.invokeFunction('EventsCloseTask', unclosed);

    const { execution, record } = await courier.collected(
      String(Object(unclosed).detail.executionArn),
      taskId,
    );
    await expectSound(
      courier,
      { taskId },
      { execution, record, events: courier.eventsOf(taskId) },
      { outcome: 'Completed', documents, execution: { status: 'FAILED', error: 'EventBridge.FailedEntry' } },
    );
  });
});

describe('close-task itself meets a fault', () => {
  const closing = { service: 'dynamodb', operation: 'PutItem' } as const;
  const faults: readonly [string, AwsFault, number?][] = [
    ['a kill before it writes', { kind: 'kill', moment: 'before' }],
    ['a kill after it has written', { kind: 'kill', moment: 'after' }],
    ['two kills before it writes', { kind: 'kill', moment: 'before' }, 2],
    ['a write whose answer is lost', { kind: 'lost' }],
    ['a throttled write', { kind: 'answer', status: 400, code: 'ThrottlingException' }, 4],
    ['a denied write', { kind: 'answer', status: 400, code: 'AccessDeniedException' }, 2],
  ];

  it.each(faults)('O5: %s', async (_, fault, times = 1) => {
    const taskId = newTaskId();
    courier.answer(taskId, [pending]);
    const atPoll = courier.polled(taskId);
    const { executionArn } = await courier.stack.startExecution({ input: { taskId } });
    await atPoll;
    const struck = courier.aws.inject({
      ...closing,
      about: new RegExp(`"Cancelled".*"${taskId}"|"${taskId}".*"Cancelled"`, 's'),
      fault,
      times,
    });
    await courier.stack.stopExecution(executionArn);

    await expectSound(courier, { taskId }, await courier.collected(executionArn, taskId), {
      outcome: 'Cancelled',
    });
    expect(struck()).toBe(times);
  });

  it('O5: a kill after its event: it comes twice, with one idempotency key', async () => {
    const taskId = newTaskId();
    courier.answer(taskId, [pending]);
    const atPoll = courier.polled(taskId);
    const { executionArn } = await courier.stack.startExecution({ input: { taskId } });
    await atPoll;
    courier.aws.inject({
      service: 'events',
      operation: 'PutEvents',
      about: taskId,
      fault: { kind: 'kill', moment: 'after' },
    });
    await courier.stack.stopExecution(executionArn);

    await expectSound(courier, { taskId }, await courier.collected(executionArn, taskId), {
      outcome: 'Cancelled',
      events: 2,
    });
  });

  it('O5: DynamoDB is gone for longer than it tries: nothing is claimed, and the dead-letter queue has its event', async () => {
    await using lost = await startFaultyCourier();
    const taskId = newTaskId();
    lost.answer(taskId, whale);
    lost.aws.inject({
      service: 'dynamodb',
      operation: 'GetItem',
      about: taskId,
      fault: { kind: 'answer', status: 400, code: 'AccessDeniedException' },
      times: Infinity,
    });
    const { execution, events, record } = await lost.collect({ taskId });
    expect(execution).toMatchObject({ status: 'FAILED', error: 'AccessDeniedException' });
    expect([events, record]).toEqual([[], undefined]);

    const [unclosed] = await receive(lost.stack, 'UnclosedTasksQueueUrl');
    lost.aws.heal();
    await lost.stack.invokeFunction('EventsCloseTask', unclosed);

    await expectSound(lost, { taskId }, await lost.collected(execution.executionArn, taskId), {
      outcome: 'Failed',
      reason: 'InternalError',
      execution: { status: 'FAILED', error: 'AccessDeniedException' },
    });
  });
});

describe('an execution is stopped', () => {
  it('O6: while it waits in the state machine', async () => {
    const taskId = newTaskId();
    courier.answer(taskId, [pending]);
    const { executionArn } = await courier.stack.startExecution({
      input: { taskId, polling: { holdSeconds: 0 } },
    });
    await courier.polled(taskId, 3);
    await courier.stack.stopExecution(executionArn);

    await expectSound(courier, { taskId }, await courier.collected(executionArn, taskId), {
      outcome: 'Cancelled',
    });
  });

  it('O6: after its documents are stored, and before its record is closed: Cancelled, and nothing is listed', async () => {
    const taskId = newTaskId();
    courier.answer(taskId, whale);
    const { promise: uploaded, resolve } = Promise.withResolvers<void>();
    courier.aws.onceCarriedOut(({ about }) => about.includes(`${taskId}/manifest.json`), resolve);
    const { executionArn } = await courier.stack.startExecution({ input: { taskId } });
    await uploaded;
    await courier.stack.stopExecution(executionArn);

    const collected = await courier.collected(executionArn, taskId);
    // The function was quicker, or it was not.
    const completedFirst = collected.record?.outcome === 'Completed';
    await expectSound(courier, { taskId }, collected, {
      ...(completedFirst ? { outcome: 'Completed', documents } : { outcome: 'Cancelled', leftovers: true }),
      execution: { status: 'ABORTED' },
    });
  });

  it('O6: after its record is closed, and before its event: the event tells what the record says', async () => {
    const taskId = newTaskId();
    courier.answer(taskId, whale);
    const { promise: refused, resolve } = Promise.withResolvers<void>();
    courier.refuseEvents(
      refusing(taskId, 1, () => {
        resolve();
        return failedEntry;
      }),
    );
    const { executionArn } = await courier.stack.startExecution({ input: { taskId } });
    await refused;
    await courier.stack.stopExecution(executionArn);

    await expectSound(courier, { taskId }, await courier.collected(executionArn, taskId), {
      outcome: 'Completed',
      documents,
      execution: { status: 'ABORTED' },
    });
  });
});

describe('an execution runs out of time', () => {
  it('O6: its task is closed', async () => {
    await using hasty = await startFaultyCourier({
      assemblyDirectory: await patchedAssembly((template) =>
        template.replace(/\\"TimeoutSeconds\\":90000/, '\\"TimeoutSeconds\\":300'),
      ),
    });
    const taskId = newTaskId();
    hasty.answer(taskId, [pending]);

    await expectSound(hasty, { taskId }, await hasty.collect({ taskId }), {
      outcome: 'Failed',
      reason: 'InternalError',
      execution: { status: 'TIMED_OUT' },
      record: { messages: ['The execution timed out.'] },
    });
  });
});

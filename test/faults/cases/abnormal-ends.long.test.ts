import { describe, expect, it } from 'vitest';
import { AwsError } from '../../../local/embedded-aws/aws-error.ts';
import type { PutEventsResult, RefuseEvents } from '../../../local/embedded-aws/event-bus.ts';
import { newTaskId } from '../../support/courier.ts';
import { receive } from '../../support/queue.ts';
import { completed, pending } from '../../support/responses.ts';
import { faultyCourierForAll, WHALE } from '../layers/faulty-courier.ts';
import { expectSound } from './expect-sound.ts';
import { expectClosedOnce, expectSoundUnder, stopAfterPolls } from './fault-case.ts';

const courier = await faultyCourierForAll();

const responses = [pending, completed(WHALE)];
const collected = { outcome: 'Completed', documents: [WHALE] } as const;
const unpublished = {
  ...collected,
  execution: { status: 'FAILED', error: 'EventBridge.FailedEntry' },
} as const;
const failedEntry: PutEventsResult = {
  FailedEntryCount: 1,
  Entries: [{ ErrorCode: 'InternalFailure', ErrorMessage: 'injected' }],
};

/** Refuses the first terminal events of a task. @param times the number of refusals */
function refusing(taskId: string, times: number, refuse: () => PutEventsResult): RefuseEvents {
  let left = times;
  return (entries) => {
    if (left === 0 || !entries.some(({ Detail = '' }) => Detail.includes(`"${taskId}"`))) return undefined;
    left -= 1;
    return refuse();
  };
}

function throws(code: string): () => PutEventsResult {
  return () => {
    throw new AwsError(code, 'injected');
  };
}

describe('a terminal event that EventBridge refuses', () => {
  it.each([
    ['a failed entry', 2, () => failedEntry, collected],
    ['a throttled call', 2, throws('ThrottlingException'), collected],
    ['a denied call', 2, throws('AccessDeniedException'), collected],
    ['failed entries until the state machine gives up', 7, () => failedEntry, unpublished],
  ])('O4: is published once after %s (%i times)', async (_, times, refuse, expected) => {
    const taskId = courier.createTask(...responses);
    courier.refuseEvents(refusing(taskId, times, refuse));

    await expectSound(courier, { taskId }, await courier.collect({ taskId }), expected);
  });

  it('O4: is published from the dead-letter queue once close-task has given up, too', async () => {
    const taskId = courier.createTask(...responses);
    // The state that publishes, then `Close task`, then the status-change event.
    courier.refuseEvents(refusing(taskId, 7 + 7 + 3, () => failedEntry));
    const { events, execution } = await courier.collect({ taskId });
    const [unclosed] = await receive(courier.stack, 'UnclosedTasksQueueUrl');
    expect(events).toEqual([]);

    await courier.stack.invokeFunction('CloseTask', unclosed);

    const closed = await courier.collected(execution.executionArn, taskId);
    await expectSound(courier, { taskId }, closed, unpublished);
  });
});

describe('close-task', () => {
  it('O5: closes a stopped task once after a kill after its write', () =>
    expectClosedOnce(courier, { kind: 'kill', moment: 'after' }));

  it('O5: repeats its event with the same idempotency key when it is killed after publishing', async () => {
    const taskId = newTaskId();
    const fault = { kind: 'kill', moment: 'after' } as const;
    courier.aws.inject({ service: 'events', operation: 'PutEvents', about: taskId, fault });

    const stopped = await stopAfterPolls(courier, { taskId });

    await expectSound(courier, { taskId }, stopped, { outcome: 'Cancelled', events: 2 });
  });
});

describe('the loss of every status-change event', async () => {
  const losing = await faultyCourierForAll();
  losing.loseStatusChanges(() => true);

  async function swept(executionArn: string, taskId: string) {
    await losing.sweep();
    return await losing.collected(executionArn, taskId);
  }

  it.each([
    ['the hold', {}],
    ['a Wait state', { polling: { holdSeconds: 0 } }],
  ])('O13: leaves a task stopped during %s to the sweep, which closes it once', async (_, details) => {
    const input = { taskId: newTaskId(), ...details };
    const stopped = await stopAfterPolls(losing, input, { polls: 3 });
    expect([stopped.record?.outcome, stopped.events]).toEqual([undefined, []]);

    const once = await swept(stopped.execution.executionArn, input.taskId);
    const twice = await swept(stopped.execution.executionArn, input.taskId);

    await expectSound(losing, input, twice, { outcome: 'Cancelled' });
    expect(twice.record).toEqual(once.record);
    expect(losing.logs.filter((line) => line.includes('Swept') && line.includes(input.taskId))).toHaveLength(
      1,
    );
  });

  it('O13: does not matter to an execution whose fetches fail: it closes its task itself', async () => {
    const fault = { kind: 'error', status: 404, code: 'NoSuchBucket' } as const;

    await expectSoundUnder(losing, {
      responses: [completed(WHALE)],
      aws: [{ service: 's3', operation: 'PutObject', fault, times: Infinity }],
      expected: {
        outcome: 'Failed',
        reason: 'InternalError',
        execution: { status: 'FAILED', error: 'NoSuchBucket' },
      },
    });
    losing.aws.heal();
  });

  it('O13: lets the sweep publish what EventBridge refused until the execution had failed', async () => {
    const taskId = losing.createTask(...responses);
    losing.refuseEvents(refusing(taskId, 7 + 7, () => failedEntry));
    const { execution, events } = await losing.collect({ taskId });
    expect(events).toEqual([]);

    const published = await swept(execution.executionArn, taskId);

    await expectSound(losing, { taskId }, published, unpublished);
  });

  it('O13: leaves tasks alone whose executions are running, and sweeps the others', async () => {
    const stopped = await stopAfterPolls(losing, { taskId: newTaskId() });
    const running = losing.createTask(pending);
    const started = await losing.start({ taskId: running });
    await losing.sweep();

    expect((await losing.records.read(running))?.outcome).toBeUndefined();
    expect((await losing.records.read(stopped.record?.taskId ?? ''))?.outcome).toBe('Cancelled');
    await losing.stack.stopExecution(started.executionArn);
    await expectSound(losing, { taskId: running }, await swept(started.executionArn, running), {
      outcome: 'Cancelled',
    });
  });
});

describe('an execution that AWS ends', () => {
  it('O3: fails after six retries, and its task ends as Failed, InternalError', async () => {
    const taskId = courier.createTask(completed(WHALE));
    const fault = { kind: 'error', status: 404, code: 'NoSuchBucket' } as const;
    courier.aws.inject({ service: 's3', operation: 'PutObject', about: taskId, fault, times: Infinity });

    const failed = await courier.collect({ taskId });

    await expectSound(courier, { taskId }, failed, {
      outcome: 'Failed',
      reason: 'InternalError',
      execution: { status: 'FAILED', error: 'NoSuchBucket' },
    });
    expect(failed.execution.history.filter(({ type }) => type === 'StateRetried')).toHaveLength(6);
  });

  it('O6: ends its task as Cancelled when it is stopped during the hold', async () => {
    const input = { taskId: newTaskId(), correlation: 'order 7' };

    const stopped = await stopAfterPolls(courier, input, { polls: 3 });
    await courier.clock.sleep(10 * 60_000);

    const { attempts = 0 } = stopped.record ?? {};
    await expectSound(courier, input, stopped, {
      outcome: 'Cancelled',
      record: { correlation: 'order 7' },
    });
    expect(attempts).toBeGreaterThanOrEqual(2);
    expect(courier.fetchesOf(input.taskId).length).toBeLessThanOrEqual(attempts + 2);
  });

  it('O6: ends its task as Cancelled when it is stopped during a Wait state', async () => {
    const input = { taskId: newTaskId(), polling: { holdSeconds: 0 } };

    const stopped = await stopAfterPolls(courier, input, { polls: 3 });

    await expectSound(courier, input, stopped, { outcome: 'Cancelled' });
  });

  it('O6: lists no document when it is stopped between its documents and its record', async () => {
    const taskId = courier.createTask(...responses);
    const { promise: uploaded, resolve } = Promise.withResolvers<void>();
    courier.aws.onceCarriedOut(({ about }) => about.includes(`${taskId}/manifest.json`), resolve);
    const { executionArn } = await courier.start({ taskId });
    await uploaded;
    await courier.stack.stopExecution(executionArn);

    const stopped = await courier.collected(executionArn, taskId);

    // The function may close the record before it is stopped.
    const ended = stopped.record?.outcome === 'Completed';
    await expectSound(courier, { taskId }, stopped, {
      ...(ended ? collected : { outcome: 'Cancelled', leftovers: true }),
      execution: { status: 'ABORTED' },
    });
  });

  it('O6: publishes the outcome of its record when it is stopped between record and event', async () => {
    const taskId = courier.createTask(...responses);
    const { promise: refused, resolve } = Promise.withResolvers<void>();
    courier.refuseEvents(
      refusing(taskId, 1, () => {
        resolve();
        return failedEntry;
      }),
    );
    const { executionArn } = await courier.start({ taskId });
    await refused;
    await courier.stack.stopExecution(executionArn);

    const stopped = await courier.collected(executionArn, taskId);

    await expectSound(courier, { taskId }, stopped, { ...collected, execution: { status: 'ABORTED' } });
  });
});

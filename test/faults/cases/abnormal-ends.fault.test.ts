import { describe, expect, it } from 'vitest';
import { patchedAssembly } from '../../support/patched-assembly.ts';
import { receive } from '../../support/queue.ts';
import { completed, pending } from '../../support/responses.ts';
import type { AwsFault } from '../layers/aws-fault-layer.ts';
import { faultyCourierForAll, startFaultyCourier, WHALE } from '../layers/faulty-courier.ts';
import { expectSound } from './expect-sound.ts';
import { expectClosedOnce, expectSoundUnder } from './fault-case.ts';

const courier = await faultyCourierForAll();

const responses = [pending, completed(WHALE)];

describe('close-task', () => {
  const faults: readonly [string, AwsFault, number?][] = [
    ['a kill before its write', { kind: 'kill', moment: 'before' }],
    ['two kills before its write', { kind: 'kill', moment: 'before' }, 2],
    ['a write whose response is lost', { kind: 'lost' }],
    ['a denied write', { kind: 'error', status: 400, code: 'AccessDeniedException' }, 2],
  ];

  it.each(faults)('O5: closes a stopped task once after %s', (_, fault, times) =>
    expectClosedOnce(courier, fault, times),
  );

  it('O5: leaves its input in the dead-letter queue while DynamoDB fails, and closes the task from there', async () => {
    await using failing = await startFaultyCourier();
    const taskId = failing.createTask(...responses);
    const fault = { kind: 'error', status: 400, code: 'AccessDeniedException' } as const;
    failing.aws.inject({ service: 'dynamodb', operation: 'GetItem', about: taskId, fault, times: Infinity });
    const { execution, events, record } = await failing.collect({ taskId });
    const failed = { status: 'FAILED', error: 'AccessDeniedException' } as const;
    expect(execution).toMatchObject(failed);
    expect([events, record]).toEqual([[], undefined]);

    const [unclosed] = await receive(failing.stack, 'UnclosedTasksQueueUrl');
    failing.aws.heal();
    await failing.stack.invokeFunction('CloseTask', unclosed);

    const closed = await failing.collected(execution.executionArn, taskId);
    await expectSound(failing, { taskId }, closed, {
      outcome: 'Failed',
      reason: 'InternalError',
      execution: failed,
    });
  });
});

describe('an execution that AWS ends', () => {
  it('O6: ends its task as Failed, InternalError when it times out', async () => {
    await using hasty = await startFaultyCourier({
      assemblyDirectory: await patchedAssembly((template) =>
        template.replace(/\\"TimeoutSeconds\\":90000/, '\\"TimeoutSeconds\\":300'),
      ),
    });

    await expectSoundUnder(hasty, {
      responses: [pending],
      expected: {
        outcome: 'Failed',
        reason: 'InternalError',
        execution: { status: 'TIMED_OUT' },
        record: { messages: ['The execution timed out.'] },
      },
    });
  });
});

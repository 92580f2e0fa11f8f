import { describe, expect, it } from 'vitest';
import { pending } from '../../support/responses.ts';
import { openWaiting } from '../../support/waiting.ts';
import { faultyCourierForAll } from '../layers/faulty-courier.ts';

const courier = await faultyCourierForAll();
const { untilWaiting, waitingRequests } = openWaiting(courier);

/** Starts a task that does not end, and at the same instant of the clock a GET that waits. */
async function waitFor(
  taskId: string,
  onceWaiting: () => Promise<unknown> = untilWaiting,
): Promise<Awaited<ReturnType<typeof courier.request>>> {
  const { executionArn, waiting } = await courier.clock.during(
    (async () => {
      const { body } = await courier.request('POST', '/tasks', { taskId, polling: { timeoutSeconds: 60 } });
      const response = courier.request('GET', `/tasks/${taskId}`, undefined, { prefer: 'wait=20' });
      await onceWaiting();
      return { executionArn: body.executionArn, waiting: response };
    })(),
  );
  const response = await waiting;
  await courier.collected(executionArn, taskId);
  courier.aws.heal();
  return response;
}

describe('a request that waits', () => {
  it.each([
    { kind: 'error', status: 400, code: 'ProvisionedThroughputExceededException' },
    { kind: 'error', status: 500, code: 'InternalServerError' },
    { kind: 'reset' },
    { kind: 'silence' },
  ] as const)('O19: gets an immediate response when DynamoDB gives no slot: %j', async (fault) => {
    const taskId = courier.createTask(pending);
    const slots = { service: 'dynamodb', operation: 'PutItem', about: '#waiting-' } as const;
    const struck = courier.aws.inject({ ...slots, fault });

    const { status, headers, body } = await waitFor(taskId, async () => {});

    expect(struck()).toBe(1);
    expect({ status, body }).toMatchObject({ status: 200, body: { taskId, status: 'Collecting' } });
    expect(headers.get('preference-applied')).toBeNull();
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
  });

  it.each([
    [1000, { kind: 'error', status: 400, code: 'ProvisionedThroughputExceededException' }],
    [1000, { kind: 'reset' }],
    [2, { kind: 'silence' }],
  ] as const)(
    'O19: gets the last state after its wait when reads fail: %i times %j',
    async (times, fault) => {
      const taskId = courier.createTask(pending);
      const reads = { service: 'dynamodb', operation: 'GetItem', about: taskId, times } as const;

      const { status, headers, body } = await waitFor(taskId, async () => {
        await untilWaiting();
        courier.aws.inject({ ...reads, fault });
      });

      expect({ status, body }).toMatchObject({ status: 200, body: { taskId, status: 'Collecting' } });
      expect(headers.get('preference-applied')).toBe('wait=20');
      expect(courier.logs.some((line) => line.includes('AWS failed while a request waited'))).toBe(true);
    },
  );

  it('O19: loses its connection when its function is killed, and its slot becomes free', async () => {
    const taskId = courier.createTask(pending);

    const { status } = await waitFor(taskId, async () => {
      await untilWaiting();
      await courier.stack.killFunctions();
    });

    expect(status).toBe(500);
    await courier.clock.sleep(30_000);
    expect(await waitingRequests()).toBe(0);
  });
});

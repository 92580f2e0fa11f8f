import { describe, expect, it } from 'vitest';
import { courierForAll, newTaskId } from '../support/courier.ts';
import { completed, pending } from '../support/responses.ts';
import { publishSubmitted, startsOf } from '../support/submissions.ts';

const courier = await courierForAll();

async function post(body: object): Promise<number> {
  const { status } = await fetch(`${courier.stack.outputs['ApiUrl']}/tasks`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return status;
}

describe('a task that comes through three doors at the same moment', () => {
  it('is collected once, with one terminal record and one idempotency key, fifty times out of fifty', async () => {
    const taskIds = Array.from({ length: 50 }, newTaskId);
    for (const taskId of taskIds) courier.simulator.script(taskId, [pending, pending, completed]);

    // An event is a Lambda function's start later than a call: the calls are made when the event's execution starts.
    const calls: Promise<unknown>[] = [];
    const stopListening = courier.stack.onEvent(({ detail }) => {
      const { status, name } = Object(detail);
      const taskId = taskIds.find((id) => name === `${id}-1`);
      if (status !== 'RUNNING' || taskId === undefined) return;
      calls.push(courier.stack.startExecution({ input: { taskId } }), post({ taskId }));
    });
    await Promise.all(taskIds.map((taskId) => publishSubmitted(courier, { taskId })));
    await courier.stack.settled();
    expect(await Promise.all(calls)).toHaveLength(100);
    await courier.stack.settled();
    stopListening();

    const seen = await Promise.all(
      taskIds.map(async (taskId) => ({
        taskId,
        executions: startsOf(courier, taskId),
        polls: courier.simulator.requests.filter((request) => request.taskId === taskId).length,
        outcome: (await courier.records.read(taskId))?.outcome,
        keys: courier.eventsOf(taskId).map(({ detail }) => Object(detail).idempotencyKey),
      })),
    );
    expect(seen).toEqual(
      taskIds.map((taskId) => ({
        taskId,
        executions: 2,
        polls: 3,
        outcome: 'Completed',
        keys: [`RecognizeImage/${taskId}/1`],
      })),
    );
  });
});

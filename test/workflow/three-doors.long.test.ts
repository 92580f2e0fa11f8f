import { describe, expect, it } from 'vitest';
import { courierForAll } from '../support/courier.ts';
import { completed, pending } from '../support/responses.ts';
import { publishSubmitted, startsOf } from '../support/submissions.ts';

const courier = await courierForAll();

describe('a task that three doors start at the same moment', () => {
  it('O1: is collected once, fifty times out of fifty', async () => {
    const taskIds = Array.from({ length: 50 }, () =>
      courier.createTask(pending, pending, completed('whale')),
    );

    // An event takes longer than a call, so the calls wait for the event's execution to start.
    const calls: Promise<unknown>[] = [];
    const stopListening = courier.stack.onEvent(({ detail }) => {
      const { status, name } = Object(detail);
      const taskId = taskIds.find((id) => name === `${id}-1`);
      if (status !== 'RUNNING' || taskId === undefined) return;
      calls.push(courier.start({ taskId }), courier.request('POST', '/tasks', { taskId }));
    });
    await Promise.all(taskIds.map((taskId) => publishSubmitted(courier, { taskId })));
    await courier.stack.settled();
    expect(await Promise.all(calls)).toHaveLength(100);
    await courier.stack.settled();
    stopListening();

    const ends = await Promise.all(
      taskIds.map(async (taskId) => ({
        taskId,
        executions: startsOf(courier, taskId),
        polls: courier.fetchesOf(taskId).length,
        outcome: (await courier.records.read(taskId))?.outcome,
        keys: courier.eventsOf(taskId).map(({ detail }) => Object(detail).idempotencyKey),
      })),
    );
    expect(ends).toEqual(
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

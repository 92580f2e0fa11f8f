import { describe, expect, it } from 'vitest';
import { courierForAll } from '../support/courier.ts';
import { receive } from '../support/queue.ts';
import { completed, pending } from '../support/responses.ts';
import { publishSubmitted, startsOf } from '../support/submissions.ts';

const courier = await courierForAll();

/** Publishes an event, and waits until nothing more follows from it. */
async function submit(detail: object): Promise<void> {
  await publishSubmitted(courier, detail);
  await courier.stack.settled();
}

describe('an OCR Task Submitted event', () => {
  it('starts an execution named after task and generation', async () => {
    const taskId = courier.createTask(pending, completed('whale'));

    await submit({ taskId, correlation: 'order 7' });

    expect(await courier.records.read(taskId)).toMatchObject({
      outcome: 'Completed',
      correlation: 'order 7',
      executionArn: expect.stringMatching(`:execution:.+:${taskId}-1$`),
    });
    expect(courier.eventsOf(taskId)).toMatchObject([{ 'detail-type': 'OCR Task Completed' }]);
  });

  it('creates the record before the execution polls', async () => {
    const taskId = courier.createTask(pending, completed('whale'));
    const started = courier.logged(['"Started"', taskId]);

    const found = await courier.clock.during(
      (async () => {
        await publishSubmitted(courier, { taskId });
        await started;
        return await courier.request('GET', `/tasks/${taskId}`);
      })(),
    );
    await courier.stack.settled();

    expect(found).toMatchObject({ status: 200, body: { taskId, status: 'Collecting', attempts: 0 } });
  });

  it('O1: starts nothing when it is repeated, immediately or after the end', async () => {
    const taskId = courier.createTask(pending, completed('whale'));

    await Promise.all([
      publishSubmitted(courier, { taskId }),
      publishSubmitted(courier, { taskId, correlation: 'order 8' }),
    ]);
    await courier.stack.settled();
    await submit({ taskId });

    expect(startsOf(courier, taskId)).toBe(1);
    expect(courier.eventsOf(taskId)).toHaveLength(1);
    expect(await receive(courier.stack, 'RefusedSubmissionsQueueUrl')).toEqual([]);
  });

  it('starts a new collection for a higher generation, or once the record has expired', async () => {
    const taskId = courier.createTask(completed('whale'));

    for (const detail of [{ taskId }, { taskId, generation: 2 }, { taskId, generation: 2 }]) {
      await submit(detail);
    }
    courier.clock.advance(25 * 3600 * 1000);
    await submit({ taskId });

    expect(courier.eventsOf(taskId).map(({ detail }) => Object(detail).idempotencyKey)).toEqual(
      [1, 2, 3].map((generation) => `RecognizeImage/${taskId}/${generation}`),
    );
  });
});

describe('an event that cannot start a collection', () => {
  it.each([
    [{}, 'InvalidInput', 'taskId: got nothing; allowed: 1 to 64 characters'],
    [{ taskId: 'a/b' }, 'InvalidInput', 'taskId: got a string of 3 characters'],
    [{ taskId: 'ok', operation: 'Recognize' }, 'InvalidInput', "operation: got 'Recognize'"],
    [{ taskId: 'ok', baseUrl: 'https://evil.example' }, 'InvalidInput', 'baseUrl: got a field'],
  ])('U1 S2: %j reaches the queue of refused requests with its reason', async (detail, name, reason) => {
    const executions = startsOf(courier, '');

    await submit(detail);

    expect(await receive(courier.stack, 'RefusedSubmissionsQueueUrl')).toMatchObject([
      {
        requestPayload: { 'detail-type': 'OCR Task Submitted', detail },
        responsePayload: { errorType: name, errorMessage: expect.stringContaining(reason) },
      },
    ]);
    expect(startsOf(courier, '')).toBe(executions);
  });

  it('S14: reaches the queue of refused requests when another operation has the task id', async () => {
    const taskId = courier.createTask(completed('whale'));
    await courier.collect({ taskId });

    await submit({ taskId, operation: 'RecognizeLabel' });

    expect(await receive(courier.stack, 'RefusedSubmissionsQueueUrl')).toMatchObject([
      { responsePayload: { errorType: 'TaskConflict' } },
    ]);
    expect(startsOf(courier, taskId)).toBe(1);
  });
});

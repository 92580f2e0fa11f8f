import { describe, expect, it } from 'vitest';
import { courierForAll, newTaskId } from '../support/courier.ts';
import { receive } from '../support/queue.ts';
import { completed, pending } from '../support/responses.ts';
import { publishSubmitted, startsOf } from '../support/submissions.ts';

const courier = await courierForAll();

describe('an OCR Task Submitted event', () => {
  it('has its task collected, by an execution named after task and generation', async () => {
    const taskId = newTaskId();
    courier.simulator.script(taskId, [pending, completed]);

    await publishSubmitted(courier, { taskId, correlation: 'order 7' });
    await courier.stack.settled();

    expect(await courier.records.read(taskId)).toMatchObject({
      outcome: 'Completed',
      correlation: 'order 7',
      executionArn: expect.stringMatching(`:execution:.+:${taskId}-1$`),
    });
    expect(courier.eventsOf(taskId)).toMatchObject([{ 'detail-type': 'OCR Task Completed' }]);
  });

  it('has its record as soon as it has been taken: whoever asks for the task finds it', async () => {
    const taskId = newTaskId();
    courier.simulator.script(taskId, [pending, completed]);
    const started = new Promise<void>((resolve) => {
      courier.stack.onLog((line) => {
        if (line.includes('Started the collection') && line.includes(taskId)) resolve();
      });
    });

    const found = await courier.clock.during(
      (async () => {
        await publishSubmitted(courier, { taskId });
        await started;
        return await fetch(`${courier.stack.outputs['ApiUrl']}/tasks/${taskId}`);
      })(),
    );
    await courier.stack.settled();

    expect(found.status).toBe(200);
    expect(await found.json()).toMatchObject({ taskId, status: 'Collecting', attempts: 0 });
  });

  it('that comes again, at once or after the end, starts nothing more', async () => {
    const taskId = newTaskId();
    courier.simulator.script(taskId, [pending, completed]);

    await Promise.all([
      publishSubmitted(courier, { taskId }),
      publishSubmitted(courier, { taskId, correlation: 'again' }),
    ]);
    await courier.stack.settled();
    await publishSubmitted(courier, { taskId });
    await courier.stack.settled();

    expect(startsOf(courier, taskId)).toBe(1);
    expect(courier.eventsOf(taskId)).toHaveLength(1);
    expect(await receive(courier.stack, 'RefusedSubmissionsQueueUrl')).toEqual([]);
  });

  it('with a higher generation has its task collected anew, as has a new event when the record has expired', async () => {
    const taskId = newTaskId();
    courier.simulator.script(taskId, [completed]);

    for (const detail of [{ taskId }, { taskId, generation: 2 }, { taskId, generation: 2 }]) {
      await publishSubmitted(courier, detail);
      await courier.stack.settled();
    }
    courier.clock.advance(25 * 3600 * 1000);
    await publishSubmitted(courier, { taskId });
    await courier.stack.settled();

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
  ])(
    '%j goes to the queue with its reason, after a bounded number of tries',
    async (detail, name, reason) => {
      const executions = startsOf(courier, '');

      await publishSubmitted(courier, detail);
      await courier.stack.settled();

      expect(await receive(courier.stack, 'RefusedSubmissionsQueueUrl')).toMatchObject([
        {
          requestContext: { condition: 'RetriesExhausted', approximateInvokeCount: 3 },
          requestPayload: { 'detail-type': 'OCR Task Submitted', detail },
          responsePayload: { errorType: name, errorMessage: expect.stringContaining(reason) },
        },
      ]);
      expect(startsOf(courier, '')).toBe(executions);
    },
  );

  it('is refused for a task that was started for another operation, through whichever door', async () => {
    const taskId = newTaskId();
    courier.simulator.script(taskId, [completed]);
    await courier.collect({ taskId });

    await publishSubmitted(courier, { taskId, operation: 'RecognizeLabel' });
    await courier.stack.settled();

    expect(await receive(courier.stack, 'RefusedSubmissionsQueueUrl')).toMatchObject([
      { responsePayload: { errorType: 'TaskConflict' } },
    ]);
    expect(startsOf(courier, taskId)).toBe(1);
  });
});

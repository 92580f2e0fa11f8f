import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { base64, newTaskId, startTestCourier, type TestCourier } from '../support/courier.ts';
import { receive } from '../support/queue.ts';
import { publishSubmitted, startsOf } from '../support/submissions.ts';

let courier: TestCourier;
beforeAll(async () => {
  courier = await startTestCourier();
});
afterAll(() => courier[Symbol.asyncDispose]());

const pending = { taskStatus: 'Pending' };
const completed = { taskStatus: 'Completed', results: [{ type: 'Text', data: base64('whale') }] };

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

  it('is refused for a task that was started for another operation', async () => {
    const taskId = newTaskId();
    courier.simulator.script(taskId, [completed]);
    await publishSubmitted(courier, { taskId });
    await courier.stack.settled();

    await publishSubmitted(courier, { taskId, operation: 'RecognizeLabel' });
    await courier.stack.settled();

    expect(await receive(courier.stack, 'RefusedSubmissionsQueueUrl')).toMatchObject([
      { responsePayload: { errorType: 'TaskConflict' } },
    ]);
    expect(startsOf(courier, taskId)).toBe(1);
  });
});

import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { base64, newTaskId, startTestCourier, type TestCourier } from '../support/courier.ts';
import { receive } from '../support/queue.ts';

let courier: TestCourier;
beforeAll(async () => {
  courier = await startTestCourier();
});
afterAll(() => courier[Symbol.asyncDispose]());

const pending = { taskStatus: 'Pending' };
const completed = { taskStatus: 'Completed', results: [{ type: 'Text', data: base64('whale') }] };

async function publishSubmitted(detail: object): Promise<void> {
  const client = new EventBridgeClient(courier.stack.clientConfig('events'));
  const entry = {
    EventBusName: courier.stack.outputs['EventBusName'],
    Source: 'com.example.scanner',
    DetailType: 'OCR Task Submitted',
    Detail: JSON.stringify(detail),
  };
  await client.send(new PutEventsCommand({ Entries: [entry] }));
}

async function post(body: object): Promise<number> {
  const { status } = await fetch(`${courier.stack.outputs['ApiUrl']}/tasks`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return status;
}

describe('an OCR Task Submitted event', () => {
  it('has its task collected, by an execution named after task and generation', async () => {
    const taskId = newTaskId();
    courier.simulator.script(taskId, [pending, completed]);

    await publishSubmitted({ taskId, correlation: 'order 7' });
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

    await Promise.all([publishSubmitted({ taskId }), publishSubmitted({ taskId, correlation: 'again' })]);
    await courier.stack.settled();
    await publishSubmitted({ taskId });
    await courier.stack.settled();

    expect(startsOf(taskId)).toBe(1);
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
      const executions = startsOf('');

      await publishSubmitted(detail);
      await courier.stack.settled();

      expect(await receive(courier.stack, 'RefusedSubmissionsQueueUrl')).toMatchObject([
        {
          requestContext: { condition: 'RetriesExhausted', approximateInvokeCount: 3 },
          requestPayload: { 'detail-type': 'OCR Task Submitted', detail },
          responsePayload: { errorType: name, errorMessage: expect.stringContaining(reason) },
        },
      ]);
      expect(startsOf('')).toBe(executions);
    },
  );

  it('is refused for a task that was started for another operation', async () => {
    const taskId = newTaskId();
    courier.simulator.script(taskId, [completed]);
    await publishSubmitted({ taskId });
    await courier.stack.settled();

    await publishSubmitted({ taskId, operation: 'RecognizeLabel' });
    await courier.stack.settled();

    expect(await receive(courier.stack, 'RefusedSubmissionsQueueUrl')).toMatchObject([
      { responsePayload: { errorType: 'TaskConflict' } },
    ]);
    expect(startsOf(taskId)).toBe(1);
  });
});

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
    await Promise.all(taskIds.map((taskId) => publishSubmitted({ taskId })));
    await courier.stack.settled();
    expect(await Promise.all(calls)).toHaveLength(100);
    await courier.stack.settled();
    stopListening();

    const seen = await Promise.all(
      taskIds.map(async (taskId) => ({
        taskId,
        executions: startsOf(taskId),
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

/** How many executions were started for a task; for all of them without an id. */
function startsOf(taskId: string): number {
  return courier.events.filter(({ source, detail }) => {
    const { status, input } = Object(detail);
    return (
      source === 'aws.states' &&
      status === 'RUNNING' &&
      (taskId === '' || JSON.parse(String(input)).taskId === taskId)
    );
  }).length;
}

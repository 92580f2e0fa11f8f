import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { describe, expect, it } from 'vitest';
import { newTaskId, startTestCourier, type TestCourier } from '../support/courier.ts';
import { openInbox } from '../support/inbox.ts';
import { patchedAssembly } from '../support/patched-assembly.ts';
import { receive } from '../support/queue.ts';

/** StartExecution's quota in AWS's smaller regions. */
const SMALL_REGION = { burst: 800, perSecond: 150 };

/** About as many times less as there are fewer images than tasks. */
const FRACTION_OF_IT = { burst: 24, perSecond: 5 };

/** Starting is what this is about: each task takes a second to collect. */
function endingAtOnce(template: string): string {
  return template.replace(
    /\\"StartAt\\":\\"Fetch result\\",\\"States\\":\{/,
    '\\"StartAt\\":\\"Ended\\",\\"States\\":{\\"Ended\\":{\\"Type\\":\\"Succeed\\"},',
  );
}

/** The number of entries that PutEvents takes. */
const PUT_LIMIT = 10;

/** A response that ends a task at its first poll, without documents. */
const ENDED = { taskStatus: 'Error' };

/** The names of all executions that were started, in order. */
function started(courier: TestCourier): string[] {
  return courier.events
    .filter(({ source, detail }) => source === 'aws.states' && Object(detail).status === 'RUNNING')
    .map(({ detail }) => String(Object(detail).name));
}

/** Counts the times that StartExecution throttled a request so long that its message came back. */
function throttled(courier: TestCourier): number {
  return courier.logs.filter(
    (line) => line.includes('"Start failed"') && line.includes('ThrottlingException'),
  ).length;
}

async function expectEmptyQueues({ stack }: TestCourier): Promise<void> {
  for (const queue of ['FailedStartsQueueUrl', 'RefusedSubmissionsQueueUrl', 'UnclosedTasksQueueUrl'])
    expect(await receive(stack, queue), queue).toEqual([]);
}

describe('a burst while StartExecution throttles', () => {
  it('O15 S32: loses none of 5,000 submitted tasks, and starts each once', async () => {
    await using courier = await startTestCourier({
      startExecutionQuota: SMALL_REGION,
      assemblyDirectory: await patchedAssembly(endingAtOnce),
    });
    const taskIds = Array.from({ length: 5000 }, newTaskId);
    const client = new EventBridgeClient(courier.stack.clientConfig('events'));
    const { EventBusName } = courier.stack.outputs;

    for (let first = 0; first < taskIds.length; first += PUT_LIMIT) {
      const Entries = taskIds.slice(first, first + PUT_LIMIT).map((taskId) => ({
        ...{ EventBusName, Source: 'com.example.scanner', DetailType: 'OCR Task Submitted' },
        Detail: JSON.stringify({ taskId }),
      }));
      await client.send(new PutEventsCommand({ Entries }));
    }
    await courier.stack.settled();

    expect(started(courier).toSorted()).toEqual(taskIds.map((taskId) => `${taskId}-1`).toSorted());
    expect(throttled(courier)).toBeGreaterThan(0);
    await expectEmptyQueues(courier);
  }, 900_000);

  it('O15 S32: loses none of 150 images in the inbox, and uploads each once', async () => {
    await using courier = await startTestCourier({ startExecutionQuota: FRACTION_OF_IT });
    const inbox = openInbox(courier);
    courier.simulator.scriptUploads([{ accept: { fetches: [ENDED] } }]);
    const keys = Array.from({ length: 150 }, (_, index) => `inbox/RecognizeImage/${index}.png`);

    await Promise.all(keys.map((key) => inbox.put(key)));
    await courier.stack.settled();

    expect(new Set(started(courier)).size).toBe(keys.length);
    expect(started(courier)).toHaveLength(keys.length);
    expect(inbox.uploads()).toBe(keys.length);
    for (const key of keys) expect(inbox.eventsOf(key)).toHaveLength(1);
    expect(throttled(courier)).toBeGreaterThan(0);
    await expectEmptyQueues(courier);
  });
});

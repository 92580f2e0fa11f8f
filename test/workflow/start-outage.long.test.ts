import { expect, it } from 'vitest';
import { faultyCourierForAll } from '../faults/layers/faulty-courier.ts';
import { openInbox } from '../support/inbox.ts';
import { completed } from '../support/responses.ts';
import { publishSubmitted, startsOf } from '../support/submissions.ts';

const courier = await faultyCourierForAll();
const inbox = openInbox(courier);

it('O15: keeps every start of an outage of over an hour, and starts all after a redrive', async () => {
  const { stack, aws, clock } = courier;
  courier.simulator.scriptUploads([{ accept: { fetches: [completed('whale')] } }]);
  const taskIds = [1, 2, 3].map(() => courier.createTask(completed('whale')));
  const keys = ['a', 'b'].map((name) => `inbox/RecognizeImage/${name}.png`);
  aws.inject({
    ...{ service: 'states', operation: 'StartExecution', times: Infinity },
    fault: { kind: 'error', status: 400, code: 'ThrottlingException' },
  });
  const begun = clock.now();

  await Promise.all([
    ...taskIds.map((taskId) => publishSubmitted(courier, { taskId })),
    ...keys.map((key) => inbox.put(key)),
  ]);
  await stack.settled();

  expect((clock.now() - begun) / 3_600_000).toBeGreaterThan(0.95);
  expect(startsOf(courier, '')).toBe(0);
  aws.heal();
  const { FailedStartsQueueArn: queue = '' } = stack.outputs;
  expect(stack.redriveDeadLetterQueue(queue)).toBe(taskIds.length + keys.length);
  await stack.settled();
  for (const taskId of taskIds) {
    expect(startsOf(courier, taskId)).toBe(1);
    expect(courier.eventsOf(taskId)).toHaveLength(1);
  }
  for (const key of keys) expect(inbox.eventsOf(key)).toMatchObject([{ detail: { outcome: 'Completed' } }]);
  expect(inbox.uploads()).toBe(keys.length);
  expect(stack.redriveDeadLetterQueue(queue)).toBe(0);
});

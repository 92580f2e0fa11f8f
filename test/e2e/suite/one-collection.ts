import { describe, expect, it } from 'vitest';
import { completed, pending } from '../../support/responses.ts';
import { CAN_SCRIPT, courier, EAGER_POLLING } from './deployed-courier.ts';

/** Responses of a task that runs long enough for other executions to join. */
const SLOW = [pending, pending, pending, pending, completed('whale')];

describe.runIf(CAN_SCRIPT)('a task', () => {
  it('is collected once when it is started in three ways at the same time', async () => {
    const taskId = courier.createTask(...SLOW);
    const input = { taskId, polling: EAGER_POLLING };

    const [response, executionArn] = await Promise.all([
      courier.call('POST', '/tasks', input),
      courier.start(input),
      courier.publishSubmitted(input),
    ]);
    const execution = await courier.ended(executionArn);
    const events = await courier.eventsOf(taskId);

    expect([200, 202]).toContain(response.status);
    expect(execution).toMatchObject({ status: 'SUCCEEDED' });
    expect(courier.pollsOf(taskId)).toBe(SLOW.length);
    const record = await courier.record(taskId);
    expect(record).toMatchObject({ outcome: 'Completed', attempts: SLOW.length, generation: 1 });
    expect(new Set(events.map(({ detail }) => detail.idempotencyKey))).toEqual(
      new Set([`RecognizeImage/${taskId}/1`]),
    );
  });

  it('gives all executions the same output, whether they join it or start after its end', async () => {
    const taskId = courier.createTask(...SLOW);
    const input = { taskId, polling: EAGER_POLLING };

    const joined = await Promise.all([courier.collect(input), courier.collect(input)]);
    const later = await courier.collect(input);

    const outputs = [...joined, later].map(({ output = '' }) => JSON.parse(output));
    expect(outputs[0]).toMatchObject({ taskId, outcome: 'Completed' });
    expect(outputs).toEqual([outputs[0], outputs[0], outputs[0]]);
    expect(courier.pollsOf(taskId)).toBe(SLOW.length);
    expect(await courier.eventsOf(taskId)).toHaveLength(1);
  });

  it('publishes another event when it is collected as a new generation', async () => {
    const taskId = courier.createTask({ taskStatus: 'Error' }, completed('whale'));
    await courier.collect({ taskId, polling: EAGER_POLLING });
    await courier.eventsOf(taskId);

    const second = await courier.collect({ taskId, polling: EAGER_POLLING, generation: 2 });

    expect(second.status).toBe('SUCCEEDED');
    expect(JSON.parse(second.output ?? '')).toMatchObject({ idempotencyKey: `RecognizeImage/${taskId}/2` });
  });
});

describe.runIf(CAN_SCRIPT)('StopExecution', () => {
  it('closes the task as Cancelled and publishes its event', async () => {
    const taskId = courier.createTask(pending);
    const executionArn = await courier.start({ taskId, polling: EAGER_POLLING });
    await courier.polled(taskId);

    await courier.stop(executionArn);
    const record = await courier.closedRecord(taskId);
    const [event] = await courier.eventsOf(taskId);

    expect(record).toMatchObject({ status: 'Cancelled', outcome: 'Cancelled' });
    expect(event).toMatchObject({ 'detail-type': 'OCR Task Cancelled', detail: { outcome: 'Cancelled' } });
    expect(await courier.ended(executionArn)).toMatchObject({ status: 'ABORTED' });
  });
});

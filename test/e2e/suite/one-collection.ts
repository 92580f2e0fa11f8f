import { describe, expect, it } from 'vitest';
import { completed, pending } from '../../support/responses.ts';
import { courier, QUICKLY, SCRIPTED } from './courier.ts';

/** Long enough for all who come meanwhile. */
const SLOW = [pending, pending, pending, pending, completed('whale')];

describe.runIf(SCRIPTED)('a task', () => {
  it('that comes through three doors at once is collected once', async () => {
    const taskId = courier.task(...SLOW);
    const input = { taskId, polling: QUICKLY };

    const [answer, executionArn] = await Promise.all([
      courier.call('POST', '/tasks', input),
      courier.start(input),
      courier.publishSubmitted(input),
    ]);
    const execution = await courier.ended(executionArn);
    const events = await courier.eventsOf(taskId);

    expect([200, 202]).toContain(answer.status);
    expect(execution).toMatchObject({ status: 'SUCCEEDED' });
    expect(courier.pollsOf(taskId)).toBe(SLOW.length);
    expect(await courier.record(taskId)).toMatchObject({
      outcome: 'Completed',
      attempts: SLOW.length,
      generation: 1,
    });
    expect(new Set(events.map(({ detail }) => detail.idempotencyKey))).toEqual(
      new Set([`RecognizeImage/${taskId}/1`]),
    );
  });

  it('that others start meanwhile, and later, ends for all of them alike', async () => {
    const taskId = courier.task(...SLOW);
    const input = { taskId, polling: QUICKLY };

    const meanwhile = await Promise.all([courier.collect(input), courier.collect(input)]);
    const later = await courier.collect(input);

    const outputs = [...meanwhile, later].map(({ output = '' }) => JSON.parse(output));
    expect(outputs[0]).toMatchObject({ taskId, outcome: 'Completed' });
    expect(outputs).toEqual([outputs[0], outputs[0], outputs[0]]);
    expect(courier.pollsOf(taskId)).toBe(SLOW.length);
    expect(await courier.eventsOf(taskId)).toHaveLength(1);
  });

  it('that is collected once more has an event of its own', async () => {
    const taskId = courier.task({ taskStatus: 'Error' }, completed('whale'));
    await courier.collect({ taskId, polling: QUICKLY });
    await courier.eventsOf(taskId);

    const again = await courier.collect({ taskId, polling: QUICKLY, generation: 2 });

    expect(again.status).toBe('SUCCEEDED');
    expect(JSON.parse(again.output ?? '')).toMatchObject({ idempotencyKey: `RecognizeImage/${taskId}/2` });
  });
});

describe.runIf(SCRIPTED)('an execution that a person stops', () => {
  it('has its task closed as Cancelled, with its event', async () => {
    const taskId = courier.task(pending);
    const executionArn = await courier.start({ taskId, polling: QUICKLY });
    await courier.polled(taskId);

    await courier.stop(executionArn);
    const record = await courier.closedRecord(taskId);
    const [event] = await courier.eventsOf(taskId);

    expect(record).toMatchObject({ status: 'Cancelled', outcome: 'Cancelled' });
    expect(event).toMatchObject({ 'detail-type': 'OCR Task Cancelled', detail: { outcome: 'Cancelled' } });
    expect(await courier.ended(executionArn)).toMatchObject({ status: 'ABORTED' });
  });
});

import { describe, expect, it } from 'vitest';
import { completed, pending } from '../../support/responses.ts';
import { CAN_RECOGNIZE, CAN_SCRIPT, courier, EAGER_POLLING } from './deployed-courier.ts';

describe.runIf(CAN_RECOGNIZE)('an OCR Task Submitted event', () => {
  it('starts a collection that publishes a terminal event', async () => {
    const taskId = await courier.submitLetter();

    await courier.publishSubmitted({ taskId, correlation: 'by event' });
    const [event] = await courier.eventsOf(taskId);

    expect(event).toMatchObject({
      source: 'ocr-courier',
      'detail-type': 'OCR Task Completed',
      detail: { taskId, outcome: 'Completed', correlation: 'by event' },
    });
  });
});

describe.runIf(CAN_SCRIPT)('an OCR Task Submitted event that is published twice', () => {
  it('starts one execution', async () => {
    const taskId = courier.createTask(pending, completed('whale'));
    const detail = { taskId, polling: EAGER_POLLING };

    await Promise.all([courier.publishSubmitted(detail), courier.publishSubmitted(detail)]);
    await courier.eventsOf(taskId);

    const executionPrefix = courier.output('StateMachineArn').replace(':stateMachine:', ':execution:');
    const executionArn = `${executionPrefix}:${taskId}-1`;
    expect(await courier.ended(executionArn)).toMatchObject({ status: 'SUCCEEDED' });
    expect(courier.pollsOf(taskId)).toBe(2);
    expect(await courier.record(taskId)).toMatchObject({ executionArn, generation: 1 });
  });
});

describe('a malformed OCR Task Submitted event', () => {
  it('arrives in the refused-submissions queue with the reason', async () => {
    const correlation = crypto.randomUUID();

    await courier.publishSubmitted({ taskId: 'a/b', correlation });

    expect(await courier.refusedSubmission(correlation)).toMatchObject({
      requestPayload: { detail: { taskId: 'a/b', correlation } },
      responsePayload: { errorMessage: expect.stringContaining('taskId: got a string of 3 characters') },
    });
  });
});

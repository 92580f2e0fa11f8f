import { describe, expect, it } from 'vitest';
import { completed, pending } from '../../support/responses.ts';
import { courier, QUICKLY, RECOGNISING, SCRIPTED, wrongHere } from './courier.ts';

describe.runIf(RECOGNISING)('an OCR Task Submitted event', () => {
  it('has its task collected, and its end told by an event', async () => {
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

describe.runIf(SCRIPTED)('the same OCR Task Submitted event twice', () => {
  it('starts one execution', async () => {
    const taskId = courier.task(pending, completed('whale'));
    const detail = { taskId, polling: QUICKLY };

    await Promise.all([courier.publishSubmitted(detail), courier.publishSubmitted(detail)]);
    await courier.eventsOf(taskId);

    const executionArn = `${courier.output('StateMachineArn').replace(':stateMachine:', ':execution:')}:${taskId}-1`;
    expect(await courier.ended(executionArn)).toMatchObject({ status: 'SUCCEEDED' });
    expect(courier.pollsOf(taskId)).toBe(2);
    expect(await courier.record(taskId)).toMatchObject({ executionArn, generation: 1 });
  });
});

describe.skipIf(wrongHere('asynchronousFailures'))('a malformed OCR Task Submitted event', () => {
  it('ends in the queue of refused submissions, with its reason', async () => {
    const correlation = crypto.randomUUID();

    await courier.publishSubmitted({ taskId: 'a/b', correlation });

    expect(await courier.refusedSubmission(correlation)).toMatchObject({
      requestPayload: { detail: { taskId: 'a/b', correlation } },
      responsePayload: { errorMessage: expect.stringContaining('taskId: got a string of 3 characters') },
    });
  });
});

import { expect, it } from 'vitest';
import { parseTaskEvent } from '../../functions/contracts/delivered-events.ts';
import { OUTCOME_NAMES, OUTCOMES } from '../../functions/contracts/outcomes.ts';
import { startTestCourier } from '../support/courier.ts';
import { faultOf } from '../support/event-validator.ts';
import { base64 } from '../support/responses.ts';

it('the events of real collections are what their schemas say, whatever the outcome, and nothing more', async () => {
  await using courier = await startTestCourier();
  const { simulator, clock, stack } = courier;
  simulator.script('completed', [
    {
      taskStatus: 'Completed',
      results: [
        { type: 'Text', data: base64('whale') },
        { type: 'Pdf', data: null },
      ],
    },
  ]);
  simulator.script('failed', [{ taskStatus: 'Error', error: { messages: ['unreadable'], warnings: [] } }]);
  simulator.script('expired', [{ taskStatus: 'Pending' }, { taskStatus: 'NotExist' }]);
  simulator.script('not-found', [{ taskStatus: 'NotExist' }]);
  simulator.script('timed-out', [{ taskStatus: 'Pending' }]);
  simulator.script('cancelled', [{ taskStatus: 'Pending' }]);
  const submittedAt = new Date(clock.now() - 5000).toISOString();

  for (const taskId of ['completed', 'failed', 'expired', 'not-found']) {
    await courier.collect({ taskId, submittedAt, correlation: 'order 7' });
  }
  await courier.collect({ taskId: 'timed-out', polling: { timeoutSeconds: 3 } });
  const polled = new Promise<void>((resolve) => {
    stack.onLog((line) => {
      if (line.includes('"Polled"') && line.includes('"cancelled"')) resolve();
    });
  });
  const { executionArn } = await stack.startExecution({ input: { taskId: 'cancelled' } });
  await polled;
  await stack.stopExecution(executionArn);
  await stack.settled();

  const events = courier.events.filter(({ source }) => source === 'ocr-courier');
  expect(events.map((event) => event['detail-type']).sort()).toEqual(
    OUTCOME_NAMES.map((outcome) => OUTCOMES[outcome].detailType).sort(),
  );
  for (const event of events) {
    expect(faultOf(event['detail-type'], event)).toBeUndefined();
    expect(parseTaskEvent(event)).toEqual(event);
  }
});

import { describe, expect, it } from 'vitest';
import type { RefuseEvents } from '../../local/embedded-aws/event-bus.ts';
import { startTestCourier } from '../support/courier.ts';
import { completed, pending } from '../support/responses.ts';

/** A courier that gets no status-change events, and whose terminal events can be refused. */
async function startRefusedCourier() {
  let isRefusing = false;
  const refuseEvents: RefuseEvents = (entries) =>
    isRefusing && entries.some(({ Source }) => Source === 'ocr-courier')
      ? { FailedEntryCount: 1, Entries: [{ ErrorCode: 'InternalFailure', ErrorMessage: 'injected' }] }
      : undefined;
  const courier = await startTestCourier({ refuseEvents, losesStatusChange: () => true });
  const keysOf = (taskId: string) =>
    courier.eventsOf(taskId).map(({ detail }) => Object(detail).idempotencyKey);
  return {
    ...{ courier, keysOf },
    refuse(refuses: boolean) {
      isRefusing = refuses;
    },
    [Symbol.asyncDispose]: () => courier[Symbol.asyncDispose](),
  };
}

describe('while EventBridge refuses terminal events', () => {
  it('a recollection does not lose the event of the generation before', async () => {
    await using refused = await startRefusedCourier();
    const { courier } = refused;
    const taskId = courier.createTask(completed('whale'));
    refused.refuse(true);
    const { record } = await courier.collect({ taskId });
    expect(record).toMatchObject({ outcome: 'Completed', terminalEvent: 'Pending' });

    await courier.request('POST', '/tasks', { taskId, recollect: true });
    refused.refuse(false);
    await courier.sweep();
    await courier.stack.settled();

    expect(refused.keysOf(taskId)).toEqual([`RecognizeImage/${taskId}/1`, `RecognizeImage/${taskId}/2`]);
  });

  it('the sweep publishes a cancellation whose execution had been stopped before', async () => {
    await using refused = await startRefusedCourier();
    const { courier } = refused;
    const taskId = courier.createTask(pending);
    const { executionArn } = await courier.start({ taskId });
    await courier.polled(taskId);
    await courier.stack.stopExecution(executionArn);
    refused.refuse(true);

    expect(await courier.request('DELETE', `/tasks/${taskId}`)).toMatchObject({ status: 500 });
    refused.refuse(false);
    await courier.sweep();
    await courier.stack.settled();

    expect(refused.keysOf(taskId)).toEqual([`RecognizeImage/${taskId}/1`]);
  });
});

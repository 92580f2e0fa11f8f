import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import 'aws-sdk-client-mock-vitest/extend';
import { beforeEach, expect, it } from 'vitest';
import { createEventBus, EventNotAcceptedError } from '../../../../functions/adapters/aws/event-bus.ts';
import { taskEventDetail } from '../../../../functions/core/event-detail.ts';
import { aTerminalRecord, BUCKET, EXECUTION } from '../../../support/builders.ts';
import { mockClient } from '../../../support/mock-client.ts';

const eventBridge = mockClient(EventBridgeClient);
const events = createEventBus(new EventBridgeClient({}), 'the-bus');
const detail = taskEventDetail(aTerminalRecord({ outcome: 'Cancelled', correlation: 'Büro' }), BUCKET);

beforeEach(() => {
  eventBridge.reset();
  eventBridge.rejects('not expected');
});

it('publishes a terminal event with its execution as a resource', async () => {
  eventBridge.on(PutEventsCommand).resolves({ FailedEntryCount: 0, Entries: [{ EventId: '1' }] });

  await events.publish('OCR Task Cancelled', detail);

  expect(eventBridge).toHaveReceivedCommandExactlyOnceWith(PutEventsCommand, {
    Entries: [
      {
        EventBusName: 'the-bus',
        Source: 'ocr-courier',
        DetailType: 'OCR Task Cancelled',
        Detail: JSON.stringify(detail),
        Resources: [EXECUTION],
      },
    ],
  });
});

it('throws when the call succeeds but the bus refuses the event', async () => {
  const Entries = [{ ErrorCode: 'ThrottlingException', ErrorMessage: 'Rate exceeded' }];
  eventBridge.on(PutEventsCommand).resolves({ FailedEntryCount: 1, Entries });

  const publishing = events.publish('OCR Task Cancelled', detail);

  await expect(publishing).rejects.toBeInstanceOf(EventNotAcceptedError);
  await expect(publishing).rejects.toThrow('ThrottlingException: Rate exceeded');
});

it('throws when the call fails', async () => {
  await expect(events.publish('OCR Task Cancelled', detail)).rejects.toThrow('not expected');
});

import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { EVENT_SOURCE } from '../../contracts/task-event.ts';

/** The bus rejected the event. PutEvents succeeds even then. */
export class EventNotAcceptedError extends Error {
  override readonly name = 'EventNotAcceptedError';
}

/** Publishes events on an EventBridge bus. */
export function createEventBus(client: EventBridgeClient, busName: string) {
  return {
    async publish(detailType: string, detail: { readonly executionArn: string }): Promise<void> {
      const { Entries } = await client.send(
        new PutEventsCommand({
          Entries: [
            {
              EventBusName: busName,
              Source: EVENT_SOURCE,
              DetailType: detailType,
              Detail: JSON.stringify(detail),
              Resources: [detail.executionArn],
            },
          ],
        }),
      );
      const rejected = Entries?.find((entry) => entry.ErrorCode !== undefined);
      if (rejected !== undefined)
        throw new EventNotAcceptedError(`${rejected.ErrorCode}: ${rejected.ErrorMessage ?? ''}`);
    },
  };
}

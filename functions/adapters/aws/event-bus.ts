import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { EVENT_SOURCE } from '../../contracts/task-event.ts';
import type { TerminalEvents } from '../../core/close-task.ts';

/** The bus did not take an event: PutEvents itself succeeds all the same. */
export class EventNotAcceptedError extends Error {
  override readonly name = 'EventNotAcceptedError';
}

/** Terminal events on an EventBridge bus. */
export function createEvents(client: EventBridgeClient, busName: string): TerminalEvents {
  return {
    async publish(detailType, detail) {
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
      const refused = Entries?.find((entry) => entry.ErrorCode !== undefined);
      if (refused !== undefined)
        throw new EventNotAcceptedError(`${refused.ErrorCode}: ${refused.ErrorMessage ?? ''}`);
    },
  };
}

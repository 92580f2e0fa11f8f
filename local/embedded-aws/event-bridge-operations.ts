import { z } from 'zod';
import { type AwsOperation, awsOperation } from './aws-endpoint.ts';
import type { EventBuses } from './event-bus.ts';

const entry = z.object({
  Source: z.string().optional(),
  DetailType: z.string().optional(),
  Detail: z.string().optional(),
  EventBusName: z.string().optional(),
  Resources: z.array(z.string()).optional(),
  Time: z.number().optional(),
});

/** PutEvents, as the AWS SDKs call it. */
export function eventBridgeOperations(buses: EventBuses): readonly AwsOperation[] {
  return [
    awsOperation('AWSEvents.PutEvents', z.object({ Entries: z.array(entry).min(1).max(10) }), ({ Entries }) =>
      buses.putEvents(Entries),
    ),
  ];
}

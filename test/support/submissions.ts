import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import type { TestCourier } from './courier.ts';

/**
 * Publishes an `OCR Task Submitted` event on the courier's bus, without retries.
 *
 * @throws Error when EventBridge does not accept it
 */
export async function publishSubmitted(courier: TestCourier, detail: object): Promise<void> {
  const client = new EventBridgeClient({ ...courier.stack.clientConfig('events'), maxAttempts: 1 });
  const entry = {
    EventBusName: courier.stack.outputs['EventBusName'],
    Source: 'com.example.scanner',
    DetailType: 'OCR Task Submitted',
    Detail: JSON.stringify(detail),
  };
  const { FailedEntryCount } = await client.send(new PutEventsCommand({ Entries: [entry] }));
  if (FailedEntryCount !== 0) throw new Error('EventBridge did not accept the event.');
}

/** Counts the executions that were started for a task, or for all tasks when the id is ''. */
export function startsOf(courier: TestCourier, taskId: string): number {
  return courier.events.filter(({ source, detail }) => {
    const { status, input } = Object(detail);
    return (
      source === 'aws.states' &&
      status === 'RUNNING' &&
      (taskId === '' || JSON.parse(String(input)).taskId === taskId)
    );
  }).length;
}

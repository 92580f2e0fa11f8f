import type { EmbeddedStack } from '../../local/embedded-aws/embedded-stack.ts';
import type { EventBridgeEvent } from '../../local/embedded-aws/event-bus.ts';

/** The events put on any bus from now on. */
export function eventsOf(stack: EmbeddedStack): EventBridgeEvent[] {
  const events: EventBridgeEvent[] = [];
  stack.onEvent((event) => events.push(event));
  return events;
}

/** The lines that functions write from now on, each after the function's logical id. */
export function linesOf(stack: EmbeddedStack): string[] {
  const lines: string[] = [];
  stack.onLog((line, logicalId) => lines.push(`${logicalId}: ${line}`));
  return lines;
}

/** Receives the messages of a queue, as parsed JSON. */
export async function messagesOf(stack: EmbeddedStack, logicalId: string): Promise<{ detail?: unknown }[]> {
  const { ref } = stack.resource(logicalId);
  const response = await fetch(stack.clientConfig('sqs').endpoint, {
    method: 'POST',
    headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': 'AmazonSQS.ReceiveMessage' },
    body: JSON.stringify({ QueueUrl: ref, MaxNumberOfMessages: 10 }),
  });
  const { Messages = [] } = Object(await response.json());
  return Messages.map(({ Body }: { Body: string }) => JSON.parse(Body));
}

import type { EmbeddedStack } from '../../local/embedded-aws/embedded-stack.ts';
import type { EventBridgeEvent } from '../../local/embedded-aws/event-bus.ts';

/** Collects the events that are put on any bus from now on. */
export function eventsOf(stack: EmbeddedStack): EventBridgeEvent[] {
  const events: EventBridgeEvent[] = [];
  stack.onEvent((event) => events.push(event));
  return events;
}

/** Collects the lines that functions log from now on, each after the function's logical id. */
export function linesOf(stack: EmbeddedStack): string[] {
  const lines: string[] = [];
  stack.onLog((line, logicalId) => lines.push(`${logicalId}: ${line}`));
  return lines;
}

import { z } from 'zod';
import type { EventBridgeEvent } from '../embedded-aws/event-bus.ts';
import { printable } from './printable.ts';

const taskSchema = z.object({
  taskId: z.string(),
  outcome: z.string().optional(),
  reason: z.string().optional(),
  attempts: z.number().optional(),
});
const executionSchema = z.object({ name: z.string(), status: z.string() });

/** Room for the beginning of a detail that is neither a task's nor an execution's. */
const MAX_DETAIL_CHARACTERS = 200;

/** An event in one line: when, what, and of which task or execution. */
export function describeEvent({ time, detail, ...event }: EventBridgeEvent): string {
  return printable([time, event['detail-type'], subjectOf(detail)].join('  '));
}

function subjectOf(detail: unknown): string {
  const task = taskSchema.safeParse(detail).data;
  if (task !== undefined) {
    const { taskId, outcome, reason, attempts } = task;
    const polls = attempts === undefined ? undefined : `${attempts} ${attempts === 1 ? 'poll' : 'polls'}`;
    return [taskId, outcome, reason, polls].filter((word) => word !== undefined).join(', ');
  }
  const execution = executionSchema.safeParse(detail).data;
  if (execution !== undefined) return `${execution.name}, ${execution.status}`;
  return JSON.stringify(detail).slice(0, MAX_DETAIL_CHARACTERS);
}

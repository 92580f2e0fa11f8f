import { ended } from './assess-poll.ts';
import type { TerminalEvents } from './close-task.ts';
import type { OperationName } from './operations.ts';
import { OUTCOMES } from './outcomes.ts';
import { type ReadTaskPorts, readTask } from './read-task.ts';
import { isTerminal, type TerminalRecord, taskEventDetail } from './task-event.ts';
import { closeRecord, type TaskRecords } from './task-record.ts';
import { TaskEnded } from './task-refusals.ts';

export interface ExecutionStops {
  /**
   * Stops an execution.
   *
   * @returns when it ended, in epoch milliseconds: now, or before if it had ended already; undefined when Step
   * Functions does not know it
   */
  stop(executionArn: string): Promise<number | undefined>;
}

export interface CancelTaskPorts extends ReadTaskPorts {
  readonly records: TaskRecords;
  readonly executions: ExecutionStops;
  /** Cancels the task at Aspose, if that is configured. @returns what went wrong, or undefined */
  readonly cancelAtVendor?: (operation: OperationName, taskId: string) => Promise<string | undefined>;
  readonly events: TerminalEvents;
  /** The results bucket's name, for the event. */
  readonly bucket: string;
}

export interface Cancellation {
  readonly record: TerminalRecord;
  /** Why Aspose may still be at work on it. */
  readonly vendorFault?: string;
}

/**
 * Cancels a task that is being collected. The record is closed first: a poll that is under way, or that finds the
 * task vanished at Aspose, can then no longer end it otherwise. The event follows from the end of the execution,
 * by close-task; or is published here, if there is no end to come. May be repeated.
 *
 * @throws TaskNotFound, and TaskEnded when it has ended otherwise
 */
export async function cancelTask(taskId: string, ports: CancelTaskPorts): Promise<Cancellation> {
  const record = await closeAsCancelled(taskId, ports);
  const executionEndedAt = await ports.executions.stop(record.executionArn);
  if (
    executionEndedAt === undefined ||
    executionEndedAt < Date.parse(record.completedAt ?? record.startedAt)
  ) {
    const { detailType } = OUTCOMES[record.outcome];
    await ports.events.publish(detailType, taskEventDetail(record, ports.bucket));
  }
  const vendorFault = await ports.cancelAtVendor?.(record.operation, taskId);
  return { record, ...(vendorFault !== undefined && { vendorFault }) };
}

async function closeAsCancelled(taskId: string, ports: CancelTaskPorts): Promise<TerminalRecord> {
  for (;;) {
    const found = await readTask(taskId, ports);
    if (isTerminal(found)) {
      if (found.outcome === 'Cancelled') return found;
      throw new TaskEnded(taskId, found.outcome);
    }
    const nothingStored = { results: [], warnings: [] };
    const closed = closeRecord(found, ended('Cancelled', undefined, []), nothingStored, ports.now());
    if (await ports.records.write(closed)) return closed;
  }
}

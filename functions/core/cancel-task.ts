import type { TaskRecord } from '../contract.ts';
import { ended } from './assess-poll.ts';
import type { OperationName } from './operations.ts';
import { type ReadTaskPorts, readTask } from './read-task.ts';
import { closeRecord, type TaskRecords } from './task-record.ts';
import { TaskEnded } from './task-refusals.ts';

export interface CancelTaskPorts extends ReadTaskPorts {
  readonly records: TaskRecords;
  /** Stops an execution; one that has ended is left as it is. */
  stopExecution(executionArn: string): Promise<void>;
  /** Cancels the task at Aspose, if that is configured. @returns what went wrong, or undefined */
  readonly cancelAtVendor?: (operation: OperationName, taskId: string) => Promise<string | undefined>;
}

export interface Cancellation {
  readonly record: TaskRecord;
  /** Why Aspose may still be at work on it. */
  readonly vendorFault?: string;
}

/**
 * Cancels a task that is being collected. The record is closed first: a poll that is under way, or that finds the
 * task vanished at Aspose, can then no longer end it otherwise. The event follows from the end of the execution,
 * by close-task. May be repeated.
 *
 * @throws TaskNotFound, and TaskEnded when it has ended otherwise
 */
export async function cancelTask(taskId: string, ports: CancelTaskPorts): Promise<Cancellation> {
  const record = await closeAsCancelled(taskId, ports);
  await ports.stopExecution(record.executionArn);
  const vendorFault = await ports.cancelAtVendor?.(record.operation, taskId);
  return { record, ...(vendorFault !== undefined && { vendorFault }) };
}

async function closeAsCancelled(taskId: string, ports: CancelTaskPorts): Promise<TaskRecord> {
  for (;;) {
    const found = await readTask(taskId, ports);
    if (found.outcome === 'Cancelled') return found;
    if (found.outcome !== undefined) throw new TaskEnded(taskId, found.outcome);
    const nothingStored = { results: [], warnings: [] };
    const closed = closeRecord(found, ended('Cancelled', undefined, []), nothingStored, ports.now());
    if (await ports.records.write(closed)) return closed;
  }
}

import type { TaskRecord } from '../contract.ts';
import type { OperationName } from './operations.ts';
import { type ReadTaskPorts, readTask } from './read-task.ts';
import { TaskEnded } from './task-refusals.ts';

export interface CancelTaskPorts extends ReadTaskPorts {
  /** Stops an execution; one that has ended is left as it is. */
  stopExecution(executionArn: string): Promise<void>;
  /** Cancels the task at Aspose, if that is configured. @returns what went wrong, or undefined */
  readonly cancelAtVendor?: (operation: OperationName, taskId: string) => Promise<string | undefined>;
}

export interface Cancellation {
  /** As it was when the execution was stopped: `close-task` writes the end. */
  readonly record: TaskRecord;
  /** Why Aspose may still be at work on it. */
  readonly vendorFault?: string;
}

/**
 * Cancels a task that is being collected. May be repeated.
 *
 * @throws TaskNotFound, and TaskEnded when it has ended otherwise
 */
export async function cancelTask(taskId: string, ports: CancelTaskPorts): Promise<Cancellation> {
  const record = await readTask(taskId, ports);
  if (record.outcome === 'Cancelled') return { record };
  if (record.outcome !== undefined) throw new TaskEnded(taskId, record.outcome);
  await ports.stopExecution(record.executionArn);
  // After the stop: a poll in between would take the vanished task for one that never was.
  const vendorFault = await ports.cancelAtVendor?.(record.operation, taskId);
  return { record, ...(vendorFault !== undefined && { vendorFault }) };
}

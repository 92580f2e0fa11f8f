import type { OperationName } from '../contracts/operations.ts';
import { OUTCOMES } from '../contracts/outcomes.ts';
import { ending } from './assess-poll.ts';
import type { TerminalEvents } from './close-task.ts';
import { taskEventDetail } from './event-detail.ts';
import { type ReadTaskPorts, readTask } from './read-task.ts';
import { TaskEnded } from './task-errors.ts';
import {
  closeRecord,
  isTerminal,
  NOTHING_STORED,
  type TaskRecords,
  type TerminalRecord,
} from './task-record.ts';

export interface ExecutionStops {
  /** Stops an execution, which ends with that error. One that has ended, or that Step Functions has forgotten, is left as it is. */
  stop(executionArn: string, error: string): Promise<void>;
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
  /** False when it had been cancelled before. */
  readonly isNew: boolean;
  /** Why Aspose may still be at work on it. */
  readonly vendorFault?: string;
}

/**
 * Cancels a task that is being collected. The record is closed first: a poll that is under way, or that finds the
 * task vanished at Aspose, can then no longer end it otherwise. The event is published before the execution is
 * stopped: it may have ended long ago, or the task may be collected anew at once, and then nobody else would tell.
 * May be repeated; the event then comes again, too.
 *
 * @throws TaskNotFound, and TaskEnded when it has ended otherwise
 */
export async function cancelTask(taskId: string, ports: CancelTaskPorts): Promise<Cancellation> {
  const { detailType, error } = OUTCOMES.Cancelled;
  const { record, isNew } = await closeAsCancelled(taskId, ports);
  await ports.events.publish(detailType, taskEventDetail(record, ports.bucket));
  // By its error, close-task knows that the event has been published.
  await ports.executions.stop(record.executionArn, error);
  const vendorFault = await ports.cancelAtVendor?.(record.operation, taskId);
  return { record, isNew, ...(vendorFault !== undefined && { vendorFault }) };
}

async function closeAsCancelled(
  taskId: string,
  ports: CancelTaskPorts,
): Promise<Pick<Cancellation, 'record' | 'isNew'>> {
  for (;;) {
    const found = await readTask(taskId, ports);
    if (isTerminal(found)) {
      if (found.outcome === 'Cancelled') return { record: found, isNew: false };
      throw new TaskEnded(taskId, found.outcome);
    }
    const closed = closeRecord(found, ending({ outcome: 'Cancelled' }), NOTHING_STORED, ports.now());
    if (await ports.records.write(closed)) return { record: closed, isNew: true };
  }
}

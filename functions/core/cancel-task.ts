import type { OperationName } from '../contracts/operations.ts';
import { OUTCOMES } from '../contracts/outcomes.ts';
import type { TaskEventDetail } from '../contracts/task-event.ts';
import type { TaskRecord } from '../contracts/task-record.ts';
import { ending } from './assess-poll.ts';
import type { ImageRecords } from './image-record.ts';
import { manifestKeyOf } from './manifest.ts';
import { type ReadTaskPorts, readTask } from './read-task.ts';
import { TaskEnded } from './task-errors.ts';
import { closeRecord, isTerminal, NOTHING_STORED, type TerminalRecord } from './task-record.ts';
import { publishOnce, type TerminalEventPorts } from './terminal-events.ts';
import { withoutUndefined } from './without-undefined.ts';

export interface ExecutionStops {
  /** Stops an execution with this error. Does nothing if it has ended or no longer exists. */
  stop(executionArn: string, error: string): Promise<void>;
}

export interface CancelTaskPorts extends Omit<ReadTaskPorts, 'records'>, TerminalEventPorts {
  readonly executions: ExecutionStops;
  readonly images: ImageRecords;
  /**
   * Cancels the task at Aspose, if configured. Returns a description of the fault, or undefined.
   */
  readonly cancelAtVendor?: (operation: OperationName, taskId: string) => Promise<string | undefined>;
}

export interface Cancellation {
  readonly record: TerminalRecord;
  /** The detail of the published event. */
  readonly detail: TaskEventDetail;
  /** False when the task had already been cancelled. */
  readonly isNew: boolean;
  /** Why Aspose may still be processing the task. */
  readonly vendorFault?: string;
}

/**
 * Cancels a task that is being collected. It can be repeated; it publishes the event if that was
 * not done before.
 *
 * The record is closed first, so that a running poll can no longer end the task differently. The
 * event is published before the execution is stopped, so that close-task finds nothing to publish.
 *
 * @throws TaskNotFound, or TaskEnded when the task has another outcome
 */
export async function cancelTask(taskId: string, ports: CancelTaskPorts): Promise<Cancellation> {
  const { record: closed, isNew } = await closeAsCancelled(taskId, ports);
  const { record, detail } = await publishOnce(closed, ports);
  // The execution of a batch collects other tasks, too.
  if (record.batchId === undefined) {
    await ports.executions.stop(record.executionArn, OUTCOMES.Cancelled.error);
  }
  const vendorFault = await ports.cancelAtVendor?.(record.operation, taskId);
  return { record, detail, isNew, ...withoutUndefined({ vendorFault }) };
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
    if (!(await endUploads(found, ports))) continue;
    const stored = { ...NOTHING_STORED, warnings: warningsOf(found) };
    const closed = closeRecord(found, ending({ outcome: 'Cancelled' }), stored, ports.now());
    const pending: TerminalRecord = { ...closed, terminalEvent: 'Pending' };
    if (await ports.records.write(pending)) return { record: pending, isNew: true };
  }
}

/**
 * Ends the uploads of a lost task's image, so that no other task takes its place.
 *
 * @returns false when the image has changed meanwhile
 * @throws TaskEnded when another task has taken its place
 */
async function endUploads(
  { taskId, lostAs, imageId }: TaskRecord,
  { images }: CancelTaskPorts,
): Promise<boolean> {
  if (lostAs === undefined || imageId === undefined) return true;
  const image = await images.read(imageId);
  if (image === undefined || image.noMoreUploads === true) return true;
  if (image.taskIds.at(-1) !== taskId) throw new TaskEnded(taskId, lostAs.outcome);
  return await images.write({ ...image, noMoreUploads: true, version: image.version + 1 });
}

/** A recollection has replaced the record that listed the documents of an earlier generation. */
function warningsOf(record: TaskRecord): string[] {
  if (record.generation === 1) return [];
  const manifest = manifestKeyOf(record);
  return [`Documents of earlier generations remain in the bucket. If there are any, ${manifest} lists them.`];
}

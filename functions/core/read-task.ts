import type { TaskRecord } from '../contracts/task-record.ts';
import { TaskNotFound } from './task-errors.ts';
import { isExpired, type TaskRecords } from './task-record.ts';

export interface ReadTaskPorts {
  readonly records: Pick<TaskRecords, 'read'>;
  /** Epoch milliseconds. */
  now(): number;
}

/**
 * Reads the record of a task.
 *
 * @throws TaskNotFound when there is no record or it has expired
 */
export async function readTask(taskId: string, { records, now }: ReadTaskPorts): Promise<TaskRecord> {
  const found = await records.read(taskId);
  if (found === undefined || isExpired(found, now())) throw new TaskNotFound(taskId);
  return found;
}

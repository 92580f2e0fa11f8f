import type { TaskRecord } from '../../functions/contracts/task-record.ts';
import type { TaskRecords } from '../../functions/core/task-record.ts';
import { memoryTable } from './memory-table.ts';

export interface MemoryRecords extends TaskRecords {
  readonly all: Map<string, TaskRecord>;
  /** The record of a test that has one task. */
  current(): TaskRecord | undefined;
}

/** Task records in memory. */
export function memoryRecords(...initial: readonly (TaskRecord | undefined)[]): MemoryRecords {
  return memoryTable<TaskRecord>(
    ({ taskId }) => taskId,
    initial.filter((record) => record !== undefined),
  );
}

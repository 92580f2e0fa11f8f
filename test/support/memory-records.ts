import type { TaskRecord } from '../../functions/contracts/task-record.ts';
import type { TaskRecords } from '../../functions/core/task-record.ts';

export interface MemoryRecords extends TaskRecords {
  readonly all: Map<string, TaskRecord>;
  /** The record of a test that has one task. */
  current(): TaskRecord | undefined;
}

/** A task table in memory, with the conditions of the real one. */
export function memoryRecords(...initial: readonly (TaskRecord | undefined)[]): MemoryRecords {
  const all = new Map(initial.flatMap((record) => (record === undefined ? [] : [[record.taskId, record]])));
  return {
    all,
    current: () => [...all.values()].at(-1),
    read: async (taskId) => all.get(taskId),
    async write(record) {
      if (record.version !== (all.get(record.taskId)?.version ?? 0) + 1) return false;
      all.set(record.taskId, record);
      return true;
    },
  };
}

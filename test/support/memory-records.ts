import type { TaskRecord } from '../../functions/contracts/task-record.ts';
import type { TaskRecords } from '../../functions/core/task-record.ts';

export interface MemoryRecords extends TaskRecords {
  current(): TaskRecord | undefined;
}

/** One task's record in memory, with the conditions of the real table. */
export function memoryRecords(initial?: TaskRecord): MemoryRecords {
  let current = initial;
  return {
    current: () => current,
    read: async () => current,
    async write(record) {
      const previous = current?.version ?? 0;
      if (record.version !== previous + 1) return false;
      current = record;
      return true;
    },
  };
}

import { type TaskSummary, taskPageSchema } from '../../../functions/contracts/http-api.ts';
import { requestJson } from './api-client.ts';

/** The newest tasks. */
export interface NewestTasks {
  /** Newest first. */
  readonly tasks: readonly TaskSummary[];
  /** Whether there are no others. */
  readonly areAll: boolean;
}

/** Reads the newest tasks: at least `count`, or all. The API's pages may be short. */
export async function readTasks(count: number): Promise<NewestTasks> {
  const tasks = new Map<string, TaskSummary>();
  let cursor: string | undefined;
  do {
    const query = new URLSearchParams({ limit: '100' });
    if (cursor !== undefined) query.set('cursor', cursor);
    const page = await requestJson(taskPageSchema, `/tasks?${query}`);
    for (const task of page.tasks) tasks.set(task.taskId, task);
    cursor = page.cursor;
  } while (cursor !== undefined && tasks.size < count);
  return { tasks: [...tasks.values()], areAll: cursor === undefined };
}

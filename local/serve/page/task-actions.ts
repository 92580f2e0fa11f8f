import { collectionSchema } from '../../../functions/contracts/http-api.ts';
import type { TaskRecord } from '../../../functions/contracts/task-record.ts';
import type { Action } from './actions.ts';
import { requestJson } from './api-client.ts';
import { titleOf } from './file-name.ts';

/** What the user can do: cancel a task while it is collected, and collect it again later. */
export function taskActions(task: TaskRecord): readonly Action[] {
  const { taskId, operation, status, replacedBy } = task;
  if (status === 'Collecting') {
    return [
      {
        label: 'Cancel the task',
        confirm: {
          question: `Cancel ${titleOf(task)}? Its result is not collected.`,
          decline: 'Keep collecting',
        },
        async run() {
          await requestJson(collectionSchema, `/tasks/${taskId}`, { method: 'DELETE' });
          return 'The task was cancelled.';
        },
      },
    ];
  }
  // The image of a replaced task has another one.
  if (replacedBy !== undefined) return [];
  return [
    {
      label: 'Collect again',
      async run() {
        const json = { taskId, operation, recollect: true };
        const { record } = await requestJson(collectionSchema, '/tasks', { method: 'POST', json });
        return `The result is collected again, as generation ${record.generation}.`;
      },
    },
  ];
}

import { randomUUID } from 'node:crypto';
import type { OperationName } from '../../functions/core/operations.ts';
import type { Clock } from '../clock.ts';
import { type ResultEntry, type TaskEnvelope, taskEnvelope } from './task-envelope.ts';

/** The least time a task spends in each status before it can end. */
export interface Timeline {
  readonly pendingSeconds: number;
  readonly processingSeconds: number;
}

/** Results can be fetched for 24 hours after the submission (source: the vendor's documentation). */
const RETENTION_MILLISECONDS = 24 * 3600 * 1000;

export interface TaskStore {
  /** Takes a task in and returns its id. Work that rejects ends the task in Error with the message. */
  submit(operation: OperationName, work: Promise<readonly ResultEntry[]>): string;
  /** How the task stands; NotExist when unknown, expired, cancelled, or (with an operation) of another one. */
  fetch(id: string, operation?: OperationName): TaskEnvelope;
  /** Forgets the task; its work goes on, unseen. */
  cancel(id: string, operation: OperationName): void;
}

interface Task {
  readonly operation: OperationName;
  readonly submittedAt: number;
  ending?: Pick<TaskEnvelope, 'taskStatus' | 'results' | 'error'>;
}

/** The tasks of a simulator: each goes from Pending to Processing by the clock, and ends when its work has, too. */
export function createTaskStore(clock: Clock, timeline: Timeline): TaskStore {
  const tasks = new Map<string, Task>();

  return {
    submit(operation, work) {
      const id = randomUUID();
      const task: Task = { operation, submittedAt: clock.now() };
      tasks.set(id, task);
      work.then(
        (results) => {
          task.ending = { taskStatus: 'Completed', results, error: null };
        },
        (error: unknown) => {
          const message = error instanceof Error ? error.message : String(error);
          task.ending = {
            taskStatus: 'Error',
            results: null,
            error: { messages: [message], warnings: null },
          };
        },
      );
      return id;
    },

    fetch(id, operation) {
      const task = find(id, operation);
      if (task === undefined) return taskEnvelope(id, { taskStatus: 'NotExist' });
      const ageSeconds = (clock.now() - task.submittedAt) / 1000;
      if (ageSeconds < timeline.pendingSeconds) return taskEnvelope(id, { taskStatus: 'Pending' });
      const due = ageSeconds >= timeline.pendingSeconds + timeline.processingSeconds;
      return taskEnvelope(id, due && task.ending !== undefined ? task.ending : { taskStatus: 'Processing' });
    },

    cancel(id, operation) {
      if (find(id, operation) !== undefined) tasks.delete(id);
    },
  };

  function find(id: string, operation: OperationName | undefined): Task | undefined {
    for (const [key, { submittedAt }] of tasks) {
      if (clock.now() - submittedAt >= RETENTION_MILLISECONDS) tasks.delete(key);
    }
    const task = tasks.get(id);
    return operation === undefined || task?.operation === operation ? task : undefined;
  }
}

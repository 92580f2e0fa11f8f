import { randomUUID } from 'node:crypto';
import type { OperationName } from '../../functions/contracts/operations.ts';
import type { Clock } from '../clock.ts';
import type { KeptTask, KeptTasks, TaskEnding } from './kept-tasks.ts';
import { type ResultEntry, type TaskEnvelope, taskEnvelope } from './task-envelope.ts';

/** The least time a task spends in each status before it can end. */
export interface Timeline {
  readonly pendingSeconds: number;
  readonly processingSeconds: number;
}

/** Results can be fetched for 24 hours after the submission (source: the vendor's documentation). */
const RETENTION_MILLISECONDS = 24 * 3600 * 1000;

export interface TaskStore {
  /**
   * Takes a task in and returns its id. Work that rejects ends the task in Error with the message.
   *
   * @param submission what the work is done from, should it have to be done again
   */
  submit(operation: OperationName, work: Promise<readonly ResultEntry[]>, submission: string): string;
  /** How the task stands; NotExist when unknown, expired, cancelled, or (with an operation) of another one. */
  fetch(id: string, operation?: OperationName): TaskEnvelope;
  /** Forgets the task; its work goes on, unseen. */
  cancel(id: string, operation: OperationName): void;
}

export interface TaskStoreOptions {
  /** Where tasks outlive the process. @default - nowhere */
  readonly kept?: KeptTasks | undefined;
  /** Does the work of a kept task that has not ended. */
  readonly work: (operation: OperationName, submission: string) => Promise<readonly ResultEntry[]>;
  /** Once it is aborted, work that ends was cut off. */
  readonly closing: AbortSignal;
}

interface Task {
  readonly operation: OperationName;
  readonly submittedAt: number;
  ending?: TaskEnding;
}

/** The tasks of a simulator: each goes from Pending to Processing by the clock, and ends when its work has, too. */
export function createTaskStore(
  clock: Clock,
  timeline: Timeline,
  { kept, work: workOf, closing }: TaskStoreOptions,
): TaskStore {
  const tasks = new Map<string, Task>();
  for (const task of kept?.read() ?? []) restore(task);
  forgetExpired();

  return {
    submit(operation, work, submission) {
      const id = randomUUID();
      const task: Task = { operation, submittedAt: clock.now() };
      tasks.set(id, task);
      kept?.submitted({ id, ...task }, submission);
      endWith(id, task, work);
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
      if (find(id, operation) !== undefined) forget(id);
    },
  };

  function endWith(id: string, task: Task, work: Promise<readonly ResultEntry[]>): void {
    const end = (ending: TaskEnding) => {
      if (closing.aborted) return;
      task.ending = ending;
      kept?.ended(id, ending);
    };
    work.then(
      (results) => end({ taskStatus: 'Completed', results, error: null }),
      (error: unknown) => {
        const message = error instanceof Error ? error.message : String(error);
        end({ taskStatus: 'Error', results: null, error: { messages: [message], warnings: null } });
      },
    );
  }

  function restore({ id, operation, submittedAt, progress }: KeptTask): void {
    const task: Task = { operation, submittedAt };
    tasks.set(id, task);
    if ('ending' in progress) task.ending = progress.ending;
    else endWith(id, task, workOf(operation, progress.submission));
  }

  function forget(id: string): void {
    tasks.delete(id);
    kept?.forget(id);
  }

  function forgetExpired(): void {
    for (const [id, { submittedAt }] of tasks) {
      if (clock.now() - submittedAt >= RETENTION_MILLISECONDS) forget(id);
    }
  }

  function find(id: string, operation: OperationName | undefined): Task | undefined {
    forgetExpired();
    const task = tasks.get(id);
    return operation === undefined || task?.operation === operation ? task : undefined;
  }
}

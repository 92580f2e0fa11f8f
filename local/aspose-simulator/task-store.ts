import { randomUUID } from 'node:crypto';
import type { OperationName } from '../../functions/contracts/operations.ts';
import type { Clock } from '../clock.ts';
import type { PersistedTask, TaskDatabase, TaskEnding } from './task-database.ts';
import { type ResultEntry, type TaskEnvelope, taskEnvelope } from './task-envelope.ts';

/** The minimum time that a task spends in each status before it can end. */
export interface Timeline {
  readonly pendingSeconds: number;
  readonly processingSeconds: number;
}

/** Results can be fetched for 24 hours after the submission (source: Aspose's documentation). */
const RETENTION_MILLISECONDS = 24 * 3600 * 1000;

export interface TaskStore {
  /**
   * Adds a task and returns its id. Work that rejects ends the task in Error, with its message.
   *
   * @param submission persisted, so that another process can repeat work that was cut off
   */
  submit(operation: OperationName, work: Promise<readonly ResultEntry[]>, submission: string): string;
  /** Returns NotExist for unknown, expired and cancelled tasks, and for other operations. */
  fetch(id: string, operation?: OperationName): TaskEnvelope;
  /**
   * Resolves when the task has ended or does not exist, or when the signal is aborted. It may have
   * been cancelled in the meantime.
   */
  untilEnded(id: string, operation: OperationName, signal: AbortSignal): Promise<void>;
  /** Deletes the task. Its work goes on, without effect. */
  cancel(id: string, operation: OperationName): void;
}

export interface TaskStoreOptions {
  /** Persists tasks. @default - they are in memory only */
  readonly database?: TaskDatabase | undefined;
  /** Repeats the work of a persisted task that has not ended. */
  readonly repeatWork: (operation: OperationName, submission: string) => Promise<readonly ResultEntry[]>;
  /** Aborted when the simulator closes. Work that ends later was cut off, and does not count. */
  readonly closing: AbortSignal;
}

interface Task {
  readonly operation: OperationName;
  readonly submittedAt: number;
  ending?: TaskEnding;
  /** Resolves when the work has ended. */
  worked?: Promise<void>;
}

/**
 * Holds the tasks of a simulator. A task goes from Pending to Processing by the clock. It ends when
 * its timeline is over and its work has ended.
 */
export function createTaskStore(
  clock: Clock,
  timeline: Timeline,
  { database, repeatWork, closing }: TaskStoreOptions,
): TaskStore {
  const tasks = new Map<string, Task>();
  for (const task of database?.read() ?? []) restore(task);
  deleteExpired();

  return {
    submit(operation, work, submission) {
      const id = randomUUID();
      const task: Task = { operation, submittedAt: clock.now() };
      tasks.set(id, task);
      database?.insert({ id, ...task }, submission);
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

    async untilEnded(id, operation, signal) {
      const task = find(id, operation);
      if (task === undefined || signal.aborted) return;
      const aborted = new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
      await Promise.race([task.worked, aborted]);
      const dueAt = task.submittedAt + (timeline.pendingSeconds + timeline.processingSeconds) * 1000;
      if (dueAt > clock.now()) await clock.sleep(dueAt - clock.now(), signal);
    },

    cancel(id, operation) {
      if (find(id, operation) !== undefined) deleteTask(id);
    },
  };

  function endWith(id: string, task: Task, work: Promise<readonly ResultEntry[]>): void {
    const end = (ending: TaskEnding) => {
      if (closing.aborted) return;
      task.ending = ending;
      database?.end(id, ending);
    };
    task.worked = work.then(
      (results) => end({ taskStatus: 'Completed', results, error: null }),
      (error: unknown) => {
        const message = error instanceof Error ? error.message : String(error);
        end({ taskStatus: 'Error', results: null, error: { messages: [message], warnings: [] } });
      },
    );
  }

  function restore({ id, operation, submittedAt, progress }: PersistedTask): void {
    const task: Task = { operation, submittedAt };
    tasks.set(id, task);
    if ('ending' in progress) task.ending = progress.ending;
    else endWith(id, task, repeatWork(operation, progress.submission));
  }

  function deleteTask(id: string): void {
    tasks.delete(id);
    database?.delete(id);
  }

  function deleteExpired(): void {
    for (const [id, { submittedAt }] of tasks) {
      if (clock.now() - submittedAt >= RETENTION_MILLISECONDS) deleteTask(id);
    }
  }

  function find(id: string, operation: OperationName | undefined): Task | undefined {
    deleteExpired();
    const task = tasks.get(id);
    return operation === undefined || task?.operation === operation ? task : undefined;
  }
}

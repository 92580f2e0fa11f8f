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
  /** Adds a task with the body of its submission, and returns its id. */
  submit(operation: OperationName, submission: string): string;
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
  /** Stores submissions until their work begins. Another process repeats work that was cut off. */
  readonly database: TaskDatabase;
  /** Does the work of a submission. When it rejects, the task ends in Error with its message. */
  readonly perform: (operation: OperationName, submission: string) => Promise<readonly ResultEntry[]>;
  /** Aborted when the simulator closes. Work that ends later was cut off, and does not count. */
  readonly closing: AbortSignal;
}

interface Task {
  readonly operation: OperationName;
  readonly submittedAt: number;
  ending?: TaskEnding;
  /** Resolves when the work has ended. */
  worked: Promise<void>;
}

/**
 * Holds the tasks of a simulator. A task goes from Pending to Processing by the clock. It ends when
 * its timeline is over and its work has ended. A virtual clock stands still until then. The work of
 * one task runs at a time, because it takes the memory of an image.
 */
export function createTaskStore(
  clock: Clock,
  timeline: Timeline,
  { database, perform, closing }: TaskStoreOptions,
): TaskStore {
  const tasks = new Map<string, Task>();
  let queue = Promise.resolve();
  for (const task of database.read()) restore(task);
  deleteExpired();

  return {
    submit(operation, submission) {
      const id = randomUUID();
      const submittedAt = clock.now();
      database.insert({ id, operation, submittedAt }, submission);
      const task: Task = { operation, submittedAt, worked: enqueue(id, operation) };
      tasks.set(id, task);
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

  function enqueue(id: string, operation: OperationName): Promise<void> {
    // If the ending cannot be stored, the next process repeats the work.
    queue = clock.during(queue.then(() => work(id, operation)).catch(() => {}));
    return queue;
  }

  async function work(id: string, operation: OperationName): Promise<void> {
    const submission = closing.aborted ? undefined : database.readSubmission(id);
    if (submission === undefined) return;
    const ending = await perform(operation, submission).then(completed, failed);
    const task = tasks.get(id);
    if (closing.aborted || task === undefined) return;
    task.ending = ending;
    database.end(id, ending);
  }

  function restore({ id, operation, submittedAt, ending }: PersistedTask): void {
    const task = { operation, submittedAt };
    if (ending === undefined) tasks.set(id, { ...task, worked: enqueue(id, operation) });
    else tasks.set(id, { ...task, ending, worked: Promise.resolve() });
  }

  function deleteTask(id: string): void {
    tasks.delete(id);
    database.delete(id);
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

function completed(results: readonly ResultEntry[]): TaskEnding {
  return { taskStatus: 'Completed', results, error: null };
}

function failed(error: unknown): TaskEnding {
  const message = error instanceof Error ? error.message : String(error);
  return { taskStatus: 'Error', results: null, error: { messages: [message], warnings: [] } };
}

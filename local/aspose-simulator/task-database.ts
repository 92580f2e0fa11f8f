import type { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import { readStored } from '../../cli/data-directory.ts';
import { OPERATION_NAMES, type OperationName } from '../../functions/contracts/operations.ts';
import type { TaskEnvelope } from './task-envelope.ts';

/** How a task ended. */
export type TaskEnding = Pick<TaskEnvelope, 'taskStatus' | 'results' | 'error'>;

/** A task of an earlier process. */
export interface PersistedTask {
  readonly id: string;
  readonly operation: OperationName;
  /** Milliseconds since the epoch. */
  readonly submittedAt: number;
  /** Undefined when the task had not ended. */
  readonly ending: TaskEnding | undefined;
}

/** Keeps submissions out of memory, and persists tasks, so that they outlive the process. */
export interface TaskDatabase {
  /** @throws DataDirectoryError when a task is damaged */
  read(): PersistedTask[];
  insert(task: Omit<PersistedTask, 'ending'>, submission: string): void;
  /** Returns the body of the submission of a task that has no ending; undefined for any other. */
  readSubmission(id: string): string | undefined;
  end(id: string, ending: TaskEnding): void;
  delete(id: string): void;
}

const endingSchema = z.object({
  taskStatus: z.string().nullable(),
  results: z.array(z.object({ type: z.string().nullable(), data: z.string().nullable() })).nullable(),
  error: z
    .object({ messages: z.array(z.string()).nullable(), warnings: z.array(z.string()).nullable() })
    .nullable(),
});
const rowSchema = z.object({
  id: z.string(),
  operation: z.enum(OPERATION_NAMES),
  submittedAt: z.number(),
  ending: z.string().nullable(),
});

export function createTaskDatabase(database: DatabaseSync): TaskDatabase {
  database.exec(`
    CREATE TABLE IF NOT EXISTS simulatorTasks (
      id TEXT PRIMARY KEY,
      operation TEXT NOT NULL,
      submittedAt INTEGER NOT NULL,
      submission TEXT NOT NULL,
      ending TEXT
    ) STRICT`);
  const select = database.prepare(
    'SELECT id, operation, submittedAt, ending FROM simulatorTasks ORDER BY submittedAt, rowid',
  );
  const selectSubmission = database.prepare(
    'SELECT submission FROM simulatorTasks WHERE id = ? AND ending IS NULL',
  );
  const insert = database.prepare(
    'INSERT INTO simulatorTasks (id, operation, submittedAt, submission) VALUES (?, ?, ?, ?)',
  );
  // Nothing reads the submission of a task that has ended.
  const end = database.prepare(`UPDATE simulatorTasks SET submission = '', ending = ? WHERE id = ?`);
  const remove = database.prepare('DELETE FROM simulatorTasks WHERE id = ?');

  return {
    read: () =>
      select.all().map((row) =>
        readStored(() => {
          const { ending, ...task } = rowSchema.parse(row);
          return { ...task, ending: ending === null ? undefined : endingSchema.parse(JSON.parse(ending)) };
        }),
      ),
    insert: ({ id, operation, submittedAt }, submission) =>
      void insert.run(id, operation, submittedAt, submission),
    readSubmission(id) {
      const submission = selectSubmission.get(id)?.['submission'];
      return submission === undefined ? undefined : String(submission);
    },
    end: (id, ending) => void end.run(JSON.stringify(ending), id),
    delete: (id) => void remove.run(id),
  };
}

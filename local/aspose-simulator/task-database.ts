import type { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import { OPERATION_NAMES, type OperationName } from '../../functions/contracts/operations.ts';
import { readStored } from '../data-directory.ts';
import type { TaskEnvelope } from './task-envelope.ts';

/** How a task ended. */
export type TaskEnding = Pick<TaskEnvelope, 'taskStatus' | 'results' | 'error'>;

/** A task of an earlier process. It has the body of its submission until it has an ending. */
export interface PersistedTask {
  readonly id: string;
  readonly operation: OperationName;
  /** Milliseconds since the epoch. */
  readonly submittedAt: number;
  readonly progress: { readonly submission: string } | { readonly ending: TaskEnding };
}

/** Persists tasks, so that they outlive the process. */
export interface TaskDatabase {
  /** @throws DataDirectoryError when a task is damaged */
  read(): PersistedTask[];
  insert(task: Omit<PersistedTask, 'progress'>, submission: string): void;
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
  submission: z.string(),
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
  const select = database.prepare('SELECT * FROM simulatorTasks ORDER BY submittedAt, rowid');
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
          const { submission, ending, ...task } = rowSchema.parse(row);
          return {
            ...task,
            progress: ending === null ? { submission } : { ending: endingSchema.parse(JSON.parse(ending)) },
          };
        }),
      ),
    insert: ({ id, operation, submittedAt }, submission) =>
      void insert.run(id, operation, submittedAt, submission),
    end: (id, ending) => void end.run(JSON.stringify(ending), id),
    delete: (id) => void remove.run(id),
  };
}

import type { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import { OPERATION_NAMES, type OperationName } from '../../functions/contracts/operations.ts';
import type { TaskEnvelope } from './task-envelope.ts';

/** How a task has ended. */
export type TaskEnding = Pick<TaskEnvelope, 'taskStatus' | 'results' | 'error'>;

/** A task of an earlier process: with the body of its submission until it has an ending. */
export interface KeptTask {
  readonly id: string;
  readonly operation: OperationName;
  /** Milliseconds since the epoch. */
  readonly submittedAt: number;
  readonly progress: { readonly submission: string } | { readonly ending: TaskEnding };
}

/** Tasks that outlive the process. */
export interface KeptTasks {
  read(): KeptTask[];
  submitted(task: Omit<KeptTask, 'progress'>, submission: string): void;
  ended(id: string, ending: TaskEnding): void;
  forget(id: string): void;
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

export function createKeptTasks(database: DatabaseSync): KeptTasks {
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
  // The image is not needed any more.
  const end = database.prepare(`UPDATE simulatorTasks SET submission = '', ending = ? WHERE id = ?`);
  const remove = database.prepare('DELETE FROM simulatorTasks WHERE id = ?');

  return {
    read: () =>
      select.all().map((row) => {
        const { submission, ending, ...task } = rowSchema.parse(row);
        return {
          ...task,
          progress: ending === null ? { submission } : { ending: endingSchema.parse(JSON.parse(ending)) },
        };
      }),
    submitted: ({ id, operation, submittedAt }, submission) =>
      void insert.run(id, operation, submittedAt, submission),
    ended: (id, ending) => void end.run(JSON.stringify(ending), id),
    forget: (id) => void remove.run(id),
  };
}

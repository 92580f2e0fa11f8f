import type { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import { readStored } from '../../cli/data-directory.ts';
import type { Execution } from './execution.ts';

/** An execution without its history, which is not persisted. */
export type PersistedExecution = Omit<Execution, 'history'>;

/** Persists executions, so that they outlive the process. */
export interface ExecutionStore {
  /**
   * Returns running and ended executions, in the order of their starts.
   *
   * @throws DataDirectoryError when one is damaged
   */
  read(): PersistedExecution[];
  started(execution: PersistedExecution): void;
  ended(execution: PersistedExecution): void;
}

/** Step Functions keeps an execution, and reserves its name, for 90 days after its end. */
const RETENTION_MILLISECONDS = 90 * 24 * 3600 * 1000;

const parseText = (text: string) => z.json().parse(JSON.parse(text));
const date = z.number().transform((milliseconds) => new Date(milliseconds));
const rowSchema = z.object({
  executionArn: z.string(),
  stateMachineArn: z.string(),
  name: z.string(),
  status: z.enum(['RUNNING', 'SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED']),
  startDate: date,
  input: z.string(),
  stopDate: date.nullable(),
  output: z.string().nullable(),
  error: z.string().nullable(),
  cause: z.string().nullable(),
});

/** @param now milliseconds since the epoch */
export function createExecutionStore(database: DatabaseSync, now: () => number): ExecutionStore {
  database.exec(`
    CREATE TABLE IF NOT EXISTS executions (
      executionArn TEXT PRIMARY KEY,
      stateMachineArn TEXT NOT NULL,
      name TEXT NOT NULL,
      status TEXT NOT NULL,
      startDate INTEGER NOT NULL,
      input TEXT NOT NULL,
      stopDate INTEGER,
      output TEXT,
      error TEXT,
      cause TEXT
    ) STRICT`);
  const insert = database.prepare(
    'INSERT INTO executions (executionArn, stateMachineArn, name, status, startDate, input) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const end = database.prepare(
    'UPDATE executions SET status = ?, stopDate = ?, output = ?, error = ?, cause = ? WHERE executionArn = ?',
  );

  return {
    read() {
      database.prepare('DELETE FROM executions WHERE stopDate < ?').run(now() - RETENTION_MILLISECONDS);
      const rows = database.prepare('SELECT * FROM executions ORDER BY startDate, rowid').all();
      return rows.map((row) =>
        readStored(() => {
          const { input, stopDate, output, error, cause, ...started } = rowSchema.parse(row);
          return {
            ...started,
            input: parseText(input),
            ...(stopDate !== null && { stopDate }),
            ...(output !== null && { output: parseText(output) }),
            ...(error !== null && { error }),
            ...(cause !== null && { cause }),
          };
        }),
      );
    },
    started({ executionArn, stateMachineArn, name, status, startDate, input }) {
      insert.run(executionArn, stateMachineArn, name, status, startDate.getTime(), JSON.stringify(input));
    },
    ended({ executionArn, status, stopDate, output, error, cause }) {
      const outputText = output === undefined ? null : JSON.stringify(output);
      end.run(status, stopDate?.getTime() ?? now(), outputText, error ?? null, cause ?? null, executionArn);
    },
  };
}

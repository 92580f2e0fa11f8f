import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { type DataDirectory, openDataDirectory, readStored } from '../../../cli/data-directory.ts';
import { batchIdSchema } from '../../../functions/contracts/batch-input.ts';

/** Name of the folder in OUT. An inbox ignores it because of the dot. */
export const BATCH_STATE_FOLDER = '.batch';

/** A request to the HTTP API that starts a batch, and can be repeated. */
export const storedRequestSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('start'), body: z.record(z.string(), z.unknown()) }),
  z.object({ kind: z.literal('retry'), retryOf: z.string() }),
]);
export type StoredRequest = z.infer<typeof storedRequestSchema>;

/** The batches whose state is in a directory. */
export interface BatchState extends Disposable {
  /** Everything that the embedded AWS and the simulator store. */
  readonly data: DataDirectory;
  /** The ids of the batches, in the order of their starts. */
  batchIds(): readonly string[];
  /** Returns how a batch was started; undefined for an unknown one. */
  requestOf(batchId: string): StoredRequest | undefined;
  /**
   * Stores a batch just before it is started, once everything that it reads is stored.
   *
   * @returns false when it was stored before
   */
  add(batchId: string, request: StoredRequest): boolean;
  /** Forgets a batch that could not be started. */
  remove(batchId: string): void;
}

/** Whether a directory has the state of a batch. */
export function hasBatchState(out: string): boolean {
  return existsSync(join(out, BATCH_STATE_FOLDER));
}

/**
 * Opens the state in OUT, for one process at a time.
 *
 * @throws DataDirectoryError when it is in use or damaged
 */
export function openBatchState(out: string): BatchState {
  const data = openDataDirectory(join(out, BATCH_STATE_FOLDER));
  try {
    const { database } = data;
    database.exec(
      'CREATE TABLE IF NOT EXISTS batches (batchId TEXT PRIMARY KEY, request TEXT NOT NULL) STRICT',
    );
    const list = database.prepare('SELECT batchId FROM batches ORDER BY rowid');
    const find = database.prepare('SELECT request FROM batches WHERE batchId = ?');
    const insert = database.prepare('INSERT OR IGNORE INTO batches (batchId, request) VALUES (?, ?)');
    const remove = database.prepare('DELETE FROM batches WHERE batchId = ?');
    return {
      data,
      batchIds: () => readStored(() => list.all().map(({ batchId }) => z.parse(batchIdSchema, batchId))),
      requestOf: (batchId) =>
        readStored(() => {
          const request = find.get(batchId)?.['request'];
          return request === undefined ? undefined : storedRequestSchema.parse(JSON.parse(String(request)));
        }),
      add: (batchId, request) => insert.run(batchId, JSON.stringify(request)).changes > 0,
      remove: (batchId) => void remove.run(batchId),
      [Symbol.dispose]: () => data[Symbol.dispose](),
    };
  } catch (error) {
    data[Symbol.dispose]();
    throw error;
  }
}

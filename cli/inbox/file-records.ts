import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { openDataDirectory, readStored } from '../data-directory.ts';
import type { FileRecord } from './file-rules.ts';

/** Name of the folder in OUT. The dot makes an inbox ignore it. */
export const STATE_FOLDER = '.ocr-courier-inbox';

/** Its presence shows that an empty database has lost its content. */
const MARKER_FILE = 'README.txt';
const MARKER =
  'ocr-courier inbox: which files were recognized. Without this folder, all are recognized again.\n';

const recordSchema: z.ZodMiniType<FileRecord> = z.object({
  sha256: z.string(),
  version: z.object({ bytes: z.number(), modifiedMs: z.number(), changedMs: z.number() }),
  outcome: z.string(),
  request: z.string(),
  mayPass: z.optional(z.boolean()),
});

/** The ends of files, by relative path. Each change is on the disk before its call returns. */
export interface FileRecords {
  get(relativePath: string): FileRecord | undefined;
  entries(): Iterable<readonly [relativePath: string, record: FileRecord]>;
  put(relativePath: string, record: FileRecord): void;
  forget(relativePath: string): void;
}

/**
 * Opens the records in OUT, for one process at a time. SQLite's journal and file lock keep them
 * whole, and release them, when the process or the machine dies.
 *
 * @param inbox absolute path of the only folder whose files OUT takes
 * @throws DataDirectoryError when they are in use, damaged, or belong to another folder
 */
export function openFileRecords(out: string, inbox: string): FileRecords & Disposable {
  const data = openDataDirectory(join(out, STATE_FOLDER));
  try {
    const { database } = data;
    database.exec(`PRAGMA synchronous = FULL;
      CREATE TABLE IF NOT EXISTS inbox_files (path TEXT PRIMARY KEY, record TEXT NOT NULL) STRICT`);
    writeFileSync(join(data.path, MARKER_FILE), MARKER);
    data.hold('inbox', inbox, 'belongs to another inbox');
    const rows = readStored(() => database.prepare('SELECT path, record FROM inbox_files').all());
    const records = readStored(
      () =>
        new Map(
          rows.map(({ path, record }) => [String(path), recordSchema.parse(JSON.parse(String(record)))]),
        ),
    );
    const upsert = database.prepare('INSERT OR REPLACE INTO inbox_files (path, record) VALUES (?, ?)');
    const remove = database.prepare('DELETE FROM inbox_files WHERE path = ?');
    for (const [path, { mayPass = false }] of records) {
      if (!mayPass) continue;
      remove.run(path);
      records.delete(path);
    }
    return {
      get: (path) => records.get(path),
      entries: () => records.entries(),
      put(path, record) {
        upsert.run(path, JSON.stringify(record));
        records.set(path, record);
      },
      forget(path) {
        remove.run(path);
        records.delete(path);
      },
      [Symbol.dispose]: () => data[Symbol.dispose](),
    };
  } catch (error) {
    data[Symbol.dispose]();
    throw error;
  }
}

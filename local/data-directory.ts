import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { errorCode } from './error-code.ts';

/** A directory that cannot be used. The message completes "the directory, which ...". */
export class DataDirectoryError extends Error {
  override readonly name = 'DataDirectoryError';
}

/** A directory that stores the data of one process at a time. The lock ends with the process. */
export interface DataDirectory extends Disposable {
  /** Absolute. */
  readonly path: string;
  /** Each part of the program creates its own tables in it. */
  readonly database: DatabaseSync;
  /** Returns a directory for the files of another database. */
  subdirectory(name: string): string;
  /**
   * Stores a value at the first call, and compares it at later calls.
   *
   * @param mismatch message of the error
   * @throws DataDirectoryError when the value differs
   */
  hold(name: string, value: string, mismatch: string): void;
}

const DATABASE_FILE = 'ocr-courier.sqlite';

/** "OCRC" marks the database as ours (https://sqlite.org/pragma.html#pragma_application_id). */
const APPLICATION_ID = 0x4f435243;

/** Increase this number when a change makes stored data unreadable. */
const FORMAT_VERSION = 1;

/** Source: https://sqlite.org/rescode.html */
const RESULT_CODES: Readonly<Record<number, string>> = {
  5: 'another run is using',
  8: 'is not writable',
  10: 'is not writable',
  14: 'is not writable',
  26: 'another program created',
};

/**
 * Opens a directory that is new, empty, or was created by this function.
 *
 * @throws DataDirectoryError when it cannot be used
 */
export function openDataDirectory(path: string): DataDirectory {
  makeDirectory(path);
  const files = readdirSync(path).filter((name) => !name.startsWith('.'));
  if (files.length > 0 && !files.includes(DATABASE_FILE)) {
    throw new DataDirectoryError('contains other files');
  }
  const database = openDatabase(join(path, DATABASE_FILE));
  const held = database.prepare('SELECT value FROM held WHERE name = ?');
  const hold = database.prepare('INSERT INTO held (name, value) VALUES (?, ?)');

  return {
    path,
    database,
    subdirectory: (name) => join(path, name),
    hold(name, value, mismatch) {
      const before = held.get(name)?.['value'];
      if (before === undefined) hold.run(name, value);
      else if (before !== value) throw new DataDirectoryError(mismatch);
    },
    [Symbol.dispose]: () => database.close(),
  };
}

function makeDirectory(path: string): void {
  try {
    mkdirSync(path, { recursive: true });
  } catch (error) {
    const code = errorCode(error);
    if (code === undefined) throw error;
    const isFile = code === 'EEXIST' || code === 'ENOTDIR';
    throw new DataDirectoryError(isFile ? 'is a file, or lies below one' : `cannot be created (${code})`);
  }
}

function openDatabase(file: string): DatabaseSync {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(file, { timeout: 0 });
    // EXCLUSIVE keeps the operating system's file lock until the process ends.
    database.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL');
    database.exec('BEGIN EXCLUSIVE');
    claimFormat(database);
    database.exec('COMMIT');
    return database;
  } catch (error) {
    database?.close();
    throw describeSqliteError(error) ?? error;
  }
}

/** Marks a new database as ours, and checks the mark of an existing one. */
function claimFormat(database: DatabaseSync): void {
  const pragma = (name: string) => database.prepare(`PRAGMA ${name}`).get()?.[name];
  const isNew = database.prepare('SELECT 1 FROM sqlite_schema').get() === undefined;
  if (isNew) {
    database.exec(`
      PRAGMA application_id = ${APPLICATION_ID};
      PRAGMA user_version = ${FORMAT_VERSION};
      CREATE TABLE held (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT`);
  } else if (pragma('application_id') !== APPLICATION_ID) {
    throw new DataDirectoryError('another program created');
  } else if (pragma('user_version') !== FORMAT_VERSION) {
    throw new DataDirectoryError('another version of ocr-courier created');
  }
}

function describeSqliteError(error: unknown): DataDirectoryError | undefined {
  if (!(error instanceof Error && 'errcode' in error)) return undefined;
  // The lowest byte is the primary result code.
  const reason = RESULT_CODES[Number(error.errcode) & 0xff];
  return reason === undefined ? undefined : new DataDirectoryError(reason);
}

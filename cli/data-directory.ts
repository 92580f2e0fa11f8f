import { readdirSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { createDirectory } from './create-directory.ts';
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
  /**
   * Returns the path of another SQLite database in the directory, for the code that opens it.
   *
   * @param file its path in the directory
   * @throws DataDirectoryError when it is damaged, has disappeared, or cannot be created
   */
  otherDatabase(file: string): string;
  /** Notes that another database was created, so that a later process notices its loss. */
  created(file: string): void;
  /**
   * Stores a value at the first call, and compares it at later calls.
   *
   * @param mismatch message of the error
   * @throws DataDirectoryError when the value differs
   */
  hold(name: string, value: string, mismatch: string): void;
}

/** Another process uses the directory. */
export class DataDirectoryInUseError extends DataDirectoryError {}

const DATABASE_FILE = 'ocr-courier.sqlite';

/** "OCRC" marks the database as ours (https://sqlite.org/pragma.html#pragma_application_id). */
const APPLICATION_ID = 0x4f435243;

/** Increase this number when a change makes stored data unreadable. */
const FORMAT_VERSION = 2;

/** SQLITE_BUSY */
const IN_USE_CODE = 5;

/** Source: https://sqlite.org/rescode.html */
const RESULT_CODES: Readonly<Record<number, string>> = {
  [IN_USE_CODE]: 'another run is using',
  8: 'is not writable',
  10: 'cannot be read or written',
  11: 'is damaged',
  13: 'is on a full disk',
  14: 'is not writable',
  26: 'is damaged, or another program created it',
};

/**
 * Every change is in the database file itself before the next one begins. With a write-ahead log,
 * the latest changes would be lost with the log, unnoticed. A power failure may damage the file.
 */
export const JOURNAL = 'PRAGMA journal_mode = TRUNCATE; PRAGMA synchronous = OFF';

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
  const database = openDatabase(
    join(path, DATABASE_FILE),
    files.every((name) => name.startsWith(DATABASE_FILE)),
  );
  const held = database.prepare('SELECT value FROM held WHERE name = ?');
  const holdNew = database.prepare('INSERT OR IGNORE INTO held (name, value) VALUES (?, ?)');

  return {
    path,
    database,
    otherDatabase(file) {
      const location = join(path, file);
      makeDirectory(dirname(location));
      const size = statSync(location, { throwIfNoEntry: false })?.size ?? 0;
      if (size > 0) checkDatabase(location);
      else if (held.get(file) !== undefined) throw new DataDirectoryError(`has lost the content of ${file}`);
      return location;
    },
    created: (file) => void holdNew.run(file, 'created'),
    hold(name, value, mismatch) {
      const before = held.get(name)?.['value'];
      if (before === undefined) holdNew.run(name, value);
      else if (before !== value) throw new DataDirectoryError(mismatch);
    },
    [Symbol.dispose]: () => database.close(),
  };
}

function makeDirectory(path: string): void {
  try {
    createDirectory(path);
  } catch (error) {
    const code = errorCode(error);
    if (code === undefined) throw error;
    const isFile = code === 'EEXIST' || code === 'ENOTDIR';
    throw new DataDirectoryError(isFile ? 'is a file, or lies below one' : `cannot be created (${code})`);
  }
}

/** @param mayBeNew whether the directory contains nothing else */
function openDatabase(file: string, mayBeNew: boolean): DatabaseSync {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(file, { timeout: 0 });
    // EXCLUSIVE keeps the operating system's file lock until the process ends.
    database.exec(`PRAGMA locking_mode = EXCLUSIVE; ${JOURNAL}`);
    database.exec('BEGIN EXCLUSIVE');
    claimFormat(database, mayBeNew);
    database.exec('COMMIT');
    checkIntegrity(database, file);
    return database;
  } catch (error) {
    database?.close();
    throw asDataDirectoryError(error) ?? error;
  }
}

function checkDatabase(file: string): void {
  try {
    using database = new DatabaseSync(file, { timeout: 0 });
    checkIntegrity(database, file);
  } catch (error) {
    throw asDataDirectoryError(error) ?? error;
  }
}

function checkIntegrity(database: DatabaseSync, file: string): void {
  const result = database.prepare('PRAGMA integrity_check(1)').get()?.['integrity_check'];
  if (result !== 'ok') throw new DataDirectoryError(`has a damaged ${basename(file)}`);
}

/** Marks a new database as ours, and checks the mark of an existing one. */
function claimFormat(database: DatabaseSync, mayBeNew: boolean): void {
  const pragma = (name: string) => database.prepare(`PRAGMA ${name}`).get()?.[name];
  const isNew = database.prepare('SELECT 1 FROM sqlite_schema').get() === undefined;
  if (isNew) {
    if (!mayBeNew) throw new DataDirectoryError(`has lost the content of ${DATABASE_FILE}`);
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

/**
 * Reads what an earlier process stored.
 *
 * @throws DataDirectoryError when it cannot be read, because it is damaged
 */
export function readStored<T>(read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw asDataDirectoryError(cause) ?? new DataDirectoryError('is damaged', { cause });
  }
}

/** Describes an error of SQLite; undefined for another one. */
export function asDataDirectoryError(error: unknown): DataDirectoryError | undefined {
  if (error instanceof DataDirectoryError) return error;
  if (!(error instanceof Error && 'errcode' in error)) return undefined;
  // The lowest byte is the primary result code.
  const code = Number(error.errcode) & 0xff;
  const reason = RESULT_CODES[code];
  if (reason === undefined) return undefined;
  const Kind = code === IN_USE_CODE ? DataDirectoryInUseError : DataDirectoryError;
  return new Kind(reason, { cause: error });
}

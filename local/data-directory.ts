import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { errorCode } from './error-code.ts';

/** Why a directory cannot hold the data of a run; `message` goes on from "the directory, which ". */
export class DataDirectoryRefusal extends Error {
  override readonly name = 'DataDirectoryRefusal';
}

/** A directory that keeps what a run must not lose. One process at a time has it; its lock ends with the process. */
export interface DataDirectory extends Disposable {
  /** Absolute. */
  readonly path: string;
  /** For tables of our own: each owner makes its own, if it is not there yet. */
  readonly database: DatabaseSync;
  /** Where another database may put its files. */
  subdirectory(name: string): string;
  /**
   * Holds the directory to a value that it was first used with.
   *
   * @throws DataDirectoryRefusal, with `refusal`, when it is another now
   */
  hold(name: string, value: string, refusal: string): void;
}

const DATABASE_FILE = 'ocr-courier.sqlite';

/** "OCRC": tells our database from those of other programs (https://sqlite.org/pragma.html#pragma_application_id). */
const APPLICATION_ID = 0x4f435243;

/** To be raised with every change after which what is kept already would be misread. */
const FORMAT_VERSION = 1;

/** Source: https://sqlite.org/rescode.html */
const RESULT_CODES: Readonly<Record<number, string>> = {
  5: 'another run is using',
  8: 'cannot be written to',
  10: 'cannot be written to',
  14: 'cannot be written to',
  26: 'something else made',
};

/**
 * Opens a directory, and makes it if it is not there. It must be empty, or have been made by this function.
 *
 * @throws DataDirectoryRefusal when it cannot be had
 */
export function openDataDirectory(path: string): DataDirectory {
  makeDirectory(path);
  const files = readdirSync(path).filter((name) => !name.startsWith('.'));
  if (files.length > 0 && !files.includes(DATABASE_FILE)) {
    throw new DataDirectoryRefusal('has other files in it');
  }
  const database = openDatabase(join(path, DATABASE_FILE));
  const held = database.prepare('SELECT value FROM held WHERE name = ?');
  const hold = database.prepare('INSERT INTO held (name, value) VALUES (?, ?)');

  return {
    path,
    database,
    subdirectory: (name) => join(path, name),
    hold(name, value, refusal) {
      const before = held.get(name)?.['value'];
      if (before === undefined) hold.run(name, value);
      else if (before !== value) throw new DataDirectoryRefusal(refusal);
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
    throw new DataDirectoryRefusal(isFile ? 'is a file, or lies below one' : `cannot be made (${code})`);
  }
}

function openDatabase(file: string): DatabaseSync {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(file, { timeout: 0 });
    // The operating system's lock on the file, held from the first transaction until the process ends.
    database.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL');
    database.exec('BEGIN EXCLUSIVE');
    claimFormat(database);
    database.exec('COMMIT');
    return database;
  } catch (error) {
    database?.close();
    throw refusalOf(error) ?? error;
  }
}

/** Marks a new database as ours, and checks that one that is not new is. */
function claimFormat(database: DatabaseSync): void {
  const pragma = (name: string) => database.prepare(`PRAGMA ${name}`).get()?.[name];
  const isNew = database.prepare('SELECT 1 FROM sqlite_schema').get() === undefined;
  if (isNew) {
    database.exec(`
      PRAGMA application_id = ${APPLICATION_ID};
      PRAGMA user_version = ${FORMAT_VERSION};
      CREATE TABLE held (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT`);
  } else if (pragma('application_id') !== APPLICATION_ID) {
    throw new DataDirectoryRefusal('something else made');
  } else if (pragma('user_version') !== FORMAT_VERSION) {
    throw new DataDirectoryRefusal('another version of ocr-courier made');
  }
}

function refusalOf(error: unknown): DataDirectoryRefusal | undefined {
  if (!(error instanceof Error && 'errcode' in error)) return undefined;
  // The lowest byte; what lies above it says more precisely the same.
  const why = RESULT_CODES[Number(error.errcode) & 0xff];
  return why === undefined ? undefined : new DataDirectoryRefusal(why);
}

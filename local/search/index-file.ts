import { closeSync, openSync, rmSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';

/** The index in the data directory. */
export const INDEX_FILE = 'search.sqlite';

/** Increase this number when tables or their content change. The index is then rebuilt. */
const INDEX_VERSION = 1;

/** "OCRS" marks the database as an index (https://sqlite.org/pragma.html#pragma_application_id). */
const APPLICATION_ID = 0x4f435253;

/** Only the owner may read the index, because it contains the text of documents. */
const FILE_MODE = 0o600;

/** Time that a statement waits for another process. */
const TIMEOUT_MILLISECONDS = 2000;

/**
 * Texts are in FTS5, which stores them, too. A row of `images` is one recognized image; `boxes` has
 * the words of its hOCR document in the same order as `hocr`. Short prefixes, which have thousands
 * of words, are indexed, too.
 */
const TABLES = `
  CREATE TABLE tasks (
    task_id TEXT PRIMARY KEY,
    fingerprint TEXT NOT NULL,
    collected_at TEXT NOT NULL,
    source TEXT
  ) STRICT;
  CREATE TABLE images (
    id INTEGER PRIMARY KEY,
    task_id TEXT NOT NULL REFERENCES tasks,
    text_result TEXT,
    hocr_result TEXT,
    pages TEXT NOT NULL,
    boxes BLOB NOT NULL
  ) STRICT;
  CREATE INDEX images_by_task ON images (task_id);
  CREATE VIRTUAL TABLE texts USING fts5 (text, hocr, tokenize = 'unicode61 remove_diacritics 2', prefix = '1 2 3');
  PRAGMA application_id = ${APPLICATION_ID};
  PRAGMA user_version = ${INDEX_VERSION};`;

/** Opens an index in memory. */
export function openMemoryIndex(): DatabaseSync {
  const database = new DatabaseSync(':memory:');
  database.exec(TABLES);
  return database;
}

/**
 * Opens the index in a file for writing. An index that is damaged, or of another version, is
 * replaced by an empty one.
 *
 * @throws Error of SQLite or Node.js when the file cannot be written
 */
export function openIndexFile(path: string): DatabaseSync {
  return openIfUsable(path) ?? createIndexFile(path);
}

/** Replaces an index by an empty one. @throws Error of SQLite or Node.js */
export function createIndexFile(path: string): DatabaseSync {
  for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(`${path}${suffix}`, { force: true });
  closeSync(openSync(path, 'wx', FILE_MODE));
  const database = new DatabaseSync(path, { timeout: TIMEOUT_MILLISECONDS });
  try {
    // Readers of another process do not wait for the log's writer, nor the writer for them.
    database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; BEGIN; ${TABLES} COMMIT`);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function openIfUsable(path: string): DatabaseSync | undefined {
  let database: DatabaseSync | undefined;
  try {
    // Without this, SQLite would create a missing file, with the mode of other files.
    closeSync(openSync(path, 'r+'));
    database = new DatabaseSync(path, { timeout: TIMEOUT_MILLISECONDS });
    if (!isCurrent(database)) throw new Error('another version');
    const result = database.prepare('PRAGMA quick_check(1)').get()?.['quick_check'];
    if (result !== 'ok') throw new Error('damaged');
    database.exec('PRAGMA synchronous = NORMAL');
    return database;
  } catch {
    database?.close();
    return undefined;
  }
}

/**
 * Opens an index that another process may be writing, for reading.
 *
 * @returns undefined when it has another version
 * @throws Error of SQLite when the file cannot be read or is no database
 */
export function openIndexForReading(path: string): DatabaseSync | undefined {
  const database = new DatabaseSync(path, { readOnly: true, timeout: TIMEOUT_MILLISECONDS });
  try {
    if (isCurrent(database)) return database;
    database.close();
    return undefined;
  } catch (error) {
    database.close();
    throw error;
  }
}

function isCurrent(database: DatabaseSync): boolean {
  const pragma = (name: string) => database.prepare(`PRAGMA ${name}`).get()?.[name];
  return pragma('application_id') === APPLICATION_ID && pragma('user_version') === INDEX_VERSION;
}

/** SQLITE_CORRUPT and SQLITE_NOTADB (https://sqlite.org/rescode.html). */
const DAMAGE_CODES = [11, 26];

/** Whether an error of SQLite means that the index is damaged. */
export function isDamage(error: unknown): boolean {
  return DAMAGE_CODES.includes(resultCode(error));
}

/** Returns the primary result code of an error of SQLite; 0 for another error. */
export function resultCode(error: unknown): number {
  // The lowest byte is the primary result code.
  return error instanceof Error && 'errcode' in error ? Number(error.errcode) & 0xff : 0;
}

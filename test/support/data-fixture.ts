import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { onTestFinished } from 'vitest';

/** Creates a directory that is deleted when the test ends. */
export async function temporaryDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'ocr-courier-data-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  return directory;
}

/** Opens a database in memory, like the one of a data directory. */
export function memoryDatabase(): DatabaseSync {
  return new DatabaseSync(':memory:');
}

/** Makes a database fail as on a full disk: its file cannot grow. */
export function fillDisk(database: DatabaseSync): void {
  const pages = database.prepare('PRAGMA page_count').get()?.['page_count'];
  database.exec(`PRAGMA max_page_count = ${pages}`);
}

/** Undoes `fillDisk`. */
export function freeDisk(database: DatabaseSync): void {
  database.exec('PRAGMA max_page_count = 1000000');
}

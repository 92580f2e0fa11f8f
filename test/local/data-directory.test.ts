import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { openDataDirectory } from '../../local/data-directory.ts';
import { temporaryDirectory } from '../support/data-fixture.ts';

/** A database that another program made, if `pragmas` do not say otherwise. */
function writeDatabase(directory: string, pragmas = ''): void {
  using database = new DatabaseSync(join(directory, 'ocr-courier.sqlite'));
  database.exec(`${pragmas}; CREATE TABLE other (name TEXT)`);
}

it('is made with the directories above it, and keeps what is written to it', async () => {
  const path = join(await temporaryDirectory(), 'deep', 'er');
  {
    using data = openDataDirectory(path);
    data.database.exec(`CREATE TABLE words (word TEXT); INSERT INTO words VALUES ('whale')`);
  }

  using again = openDataDirectory(path);

  expect(again.database.prepare('SELECT word FROM words').get()).toEqual({ word: 'whale' });
});

it('is one process at a time', async () => {
  const path = await temporaryDirectory();
  {
    using _first = openDataDirectory(path);

    expect(() => openDataDirectory(path)).toThrow('another run is using');
  }

  using after = openDataDirectory(path);
  expect(after.path).toBe(path);
});

it('may hold files that begin with a dot, as systems leave them', async () => {
  const path = await temporaryDirectory();
  await writeFile(join(path, '.DS_Store'), '');

  using data = openDataDirectory(path);

  expect(data.path).toBe(path);
});

it('is taken up where its first run broke off before it had written anything', async () => {
  const path = await temporaryDirectory();
  await writeFile(join(path, 'ocr-courier.sqlite'), '');

  using data = openDataDirectory(path);

  expect(data.path).toBe(path);
});

it.each<[what: string, refusal: string, make: (path: string) => unknown]>([
  ['a file', 'is a file', (path) => writeFile(path, '')],
  [
    'a directory of other files',
    'has other files in it',
    (path) => mkdir(join(path, 'letters'), { recursive: true }),
  ],
  [
    "another program's database",
    'something else made',
    async (path) => {
      await mkdir(path);
      writeDatabase(path);
    },
  ],
  [
    'a file that only has the name of the database',
    'something else made',
    async (path) => {
      await mkdir(path);
      await writeFile(join(path, 'ocr-courier.sqlite'), 'no database '.repeat(100));
    },
  ],
  [
    'a database of another version',
    'another version of ocr-courier made',
    async (path) => {
      await mkdir(path);
      writeDatabase(path, `PRAGMA application_id = ${0x4f435243}; PRAGMA user_version = 999`);
    },
  ],
])('is not %s: it %s', async (_, refusal, make) => {
  const path = join(await temporaryDirectory(), 'data');
  await make(path);

  expect(() => openDataDirectory(path)).toThrow(expect.objectContaining({ name: 'DataDirectoryRefusal' }));
  expect(() => openDataDirectory(path)).toThrow(refusal);
});

it('is held to what it was first used with', async () => {
  const path = await temporaryDirectory();
  {
    using data = openDataDirectory(path);
    data.hold('vendor', 'simulator', 'holds tasks of another');
  }

  using again = openDataDirectory(path);

  expect(() => again.hold('vendor', 'simulator', 'holds tasks of another')).not.toThrow();
  expect(() => again.hold('vendor', 'service', 'holds tasks of another')).toThrow('holds tasks of another');
});

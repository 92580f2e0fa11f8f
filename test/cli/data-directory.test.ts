import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { asDataDirectoryError, openDataDirectory } from '../../cli/data-directory.ts';
import { fillDisk, temporaryDirectory } from '../support/data-fixture.ts';

/** Writes a database of another program, unless `pragmas` mark it as ours. */
function writeDatabase(directory: string, pragmas = ''): void {
  using database = new DatabaseSync(join(directory, 'ocr-courier.sqlite'));
  database.exec(`${pragmas}; CREATE TABLE other (name TEXT)`);
}

it('creates the directory with its ancestors, and keeps what is written to it', async () => {
  const path = join(await temporaryDirectory(), 'deep', 'er');
  {
    using data = openDataDirectory(path);
    data.database.exec(`CREATE TABLE words (word TEXT); INSERT INTO words VALUES ('whale')`);
  }

  using reopened = openDataDirectory(path);

  expect(reopened.database.prepare('SELECT word FROM words').get()).toEqual({ word: 'whale' });
});

it('admits one process at a time', async () => {
  const path = await temporaryDirectory();
  {
    using _first = openDataDirectory(path);

    expect(() => openDataDirectory(path)).toThrow('another run is using');
  }

  using after = openDataDirectory(path);
  expect(after.path).toBe(path);
});

it.each([
  ['with only hidden files', '.DS_Store'],
  ['whose first run ended before it wrote anything', 'ocr-courier.sqlite'],
])('opens a directory %s', async (_, file) => {
  const path = await temporaryDirectory();
  await writeFile(join(path, file), '');

  using data = openDataDirectory(path);

  expect(data.path).toBe(path);
});

it.each<[content: string, message: string, create: (path: string) => unknown]>([
  ['a file', 'is a file', (path) => writeFile(path, '')],
  [
    'a directory of other files',
    'contains other files',
    (path) => mkdir(join(path, 'letters'), { recursive: true }),
  ],
  [
    "another program's database",
    'another program created',
    async (path) => {
      await mkdir(path);
      writeDatabase(path);
    },
  ],
  [
    'a file that only has the name of a database',
    'is damaged, or another program created it',
    async (path) => {
      await mkdir(path);
      await writeFile(join(path, 'ocr-courier.sqlite'), 'no database '.repeat(100));
    },
  ],
  [
    'a database of another version',
    'another version of ocr-courier created',
    async (path) => {
      await mkdir(path);
      writeDatabase(path, `PRAGMA application_id = ${0x4f435243}; PRAGMA user_version = 999`);
    },
  ],
])('rejects %s, because %s', async (_, message, create) => {
  const path = join(await temporaryDirectory(), 'data');
  await create(path);

  expect(() => openDataDirectory(path)).toThrow(expect.objectContaining({ name: 'DataDirectoryError' }));
  expect(() => openDataDirectory(path)).toThrow(message);
});

it('rejects another value than at the first use', async () => {
  const path = await temporaryDirectory();
  {
    using data = openDataDirectory(path);
    data.hold('vendor', 'simulator', 'holds tasks of another');
  }

  using reopened = openDataDirectory(path);

  expect(() => reopened.hold('vendor', 'simulator', 'holds tasks of another')).not.toThrow();
  expect(() => reopened.hold('vendor', 'service', 'holds tasks of another')).toThrow(
    'holds tasks of another',
  );
});

it('describes a full disk', async () => {
  using data = openDataDirectory(await temporaryDirectory());
  fillDisk(data.database);

  let thrown: unknown;
  try {
    data.hold('vendor', 'x'.repeat(10_000), 'differs');
  } catch (error) {
    thrown = error;
  }

  expect(asDataDirectoryError(thrown)?.message).toBe('is on a full disk');
});

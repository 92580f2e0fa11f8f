import { stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { findHits } from '../../../local/search/find-hits.ts';
import { openIndexFile, openIndexForReading } from '../../../local/search/index-file.ts';
import { replaceTask } from '../../../local/search/write-index.ts';
import { temporaryDirectory } from '../../support/data-fixture.ts';

const WHALE = {
  taskId: 'whale',
  fingerprint: 'f',
  collectedAt: '2026-01-01T00:00:00.000Z',
  source: undefined,
  images: [{ text: { result: { index: 0, key: 'results/0.txt' }, content: 'whale' } }],
};

async function keepWhale() {
  const path = join(await temporaryDirectory(), 'search.sqlite');
  using database = openIndexFile(path);
  replaceTask(database, WHALE);
  return path;
}

async function countAfter(path: string): Promise<number> {
  using database = openIndexFile(path);
  return (await findHits(database, 'whale', 10)).length;
}

it('keeps an index, which only its owner may read', async () => {
  const path = await keepWhale();

  expect(await countAfter(path)).toBe(1);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
});

it('lets another connection read while it writes', async () => {
  const path = join(await temporaryDirectory(), 'search.sqlite');
  using writer = openIndexFile(path);
  replaceTask(writer, WHALE);
  writer.exec('BEGIN IMMEDIATE; DELETE FROM texts');

  using reader = openIndexForReading(path);

  expect(reader && (await findHits(reader, 'whale', 10))).toHaveLength(1);
  writer.exec('ROLLBACK');
});

it.each([
  ['another file', (path: string) => writeFile(path, 'no database'.repeat(1000))],
  ['an empty file', (path: string) => truncate(path, 0)],
  ['a file that lost its end', (path: string) => truncate(path, 8192)],
  [
    'an index of another version',
    async (path: string) => {
      using database = openIndexFile(path);
      database.exec('PRAGMA user_version = 99');
    },
  ],
])('replaces %s by an empty index', async (_, damage) => {
  const path = await keepWhale();
  await damage(path);

  expect(await countAfter(path)).toBe(0);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
});

it('does not read an index of another version', async () => {
  const path = await keepWhale();
  using database = openIndexFile(path);
  database.exec('PRAGMA user_version = 99');

  expect(openIndexForReading(path)).toBeUndefined();
});

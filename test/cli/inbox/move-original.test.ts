import { readdir, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { copyThenRemove, moveOriginal } from '../../../cli/inbox/move-original.ts';
import { temporaryDirectory } from '../../support/data-fixture.ts';

it('numbers a file whose name is taken', async () => {
  const directory = await temporaryDirectory();
  const target = join(directory, 'new', 'scan.png');
  for (const content of ['first', 'second', 'third']) {
    await writeFile(join(directory, 'scan.png'), content);
    await moveOriginal(join(directory, 'scan.png'), target);
  }

  expect((await readdir(join(directory, 'new'))).toSorted()).toEqual([
    'scan-2.png',
    'scan-3.png',
    'scan.png',
  ]);
  expect(await readFile(target, 'utf8')).toBe('first');
});

it('moves a file to another file system, with its time', async () => {
  const directory = await temporaryDirectory();
  const [from, to] = [join(directory, 'from'), join(directory, 'to')];
  await writeFile(from, 'whale');
  await utimes(from, 1000, 1000);

  await copyThenRemove(from, to);

  expect(await readdir(directory)).toEqual(['to']);
  expect(await readFile(to, 'utf8')).toBe('whale');
  expect((await stat(to)).mtimeMs).toBe(1_000_000);
});

it('keeps the original when the copy fails, and leaves no part of the copy', async () => {
  const directory = await temporaryDirectory();
  await writeFile(join(directory, 'from'), 'whale');

  await expect(copyThenRemove(join(directory, 'from'), join(directory, 'none', 'to'))).rejects.toThrow(
    'ENOENT',
  );

  expect(await readdir(directory)).toEqual(['from']);
});

it("leaves another program's unfinished file alone", async () => {
  const directory = await temporaryDirectory();
  const path = (name: string) => join(directory, name);
  await writeFile(path('from'), 'whale');
  await writeFile(path('to.partial'), 'foreign');

  await expect(copyThenRemove(path('from'), path('to'))).rejects.toThrow('EEXIST');
  await moveOriginal(path('from'), path('to'));

  expect((await readdir(directory)).toSorted()).toEqual(['to-2', 'to.partial']);
  expect(await readFile(path('to.partial'), 'utf8')).toBe('foreign');
});

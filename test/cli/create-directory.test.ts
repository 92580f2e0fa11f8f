import { existsSync } from 'node:fs';
import { readdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createDirectory, removeEmptyDirectories } from '../../cli/create-directory.ts';
import { temporaryDirectory } from '../support/data-fixture.ts';

it('creates the missing levels of a path, and returns them', async () => {
  const base = await temporaryDirectory();

  expect(createDirectory(join(base, 'a', 'b'))).toEqual([join(base, 'a'), join(base, 'a', 'b')]);
  expect(createDirectory(join(base, 'a', 'b'))).toEqual([]);
});

it('removes only the directories that are empty', async () => {
  const base = await temporaryDirectory();
  const created = createDirectory(join(base, 'a', 'b'));
  await writeFile(join(base, 'a', 'file'), '');

  removeEmptyDirectories(created);

  expect(await readdir(join(base, 'a'))).toEqual(['file']);
});

it('refuses a file, and a link to nowhere', async () => {
  const base = await temporaryDirectory();
  await writeFile(join(base, 'file'), '');
  await symlink('nowhere', join(base, 'link'));

  expect(() => createDirectory(join(base, 'file'))).toThrow('ENOTDIR');
  expect(() => createDirectory(join(base, 'link'))).toThrow('EEXIST');
});

// A recursive mkdir of Node.js does not end there.
it.runIf(existsSync('/proc/self'))('ends with an error in /proc', () => {
  expect(() => createDirectory('/proc/ocr-courier/out')).toThrow('ENOENT');
});

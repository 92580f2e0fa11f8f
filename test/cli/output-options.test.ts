import { existsSync } from 'node:fs';
import { mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { checkOut } from '../../cli/output-options.ts';
import { temporaryDirectory } from '../support/data-fixture.ts';

it('creates the output directory with its parents, and leaves no other file there', async () => {
  const base = await temporaryDirectory();

  await checkOut({ out: 'new/er' }, base);

  expect(await readdir(join(base, 'new'))).toEqual(['er']);
  expect(await readdir(join(base, 'new', 'er'))).toEqual([]);
});

it('does not change an output directory that exists', async () => {
  const base = await temporaryDirectory();
  await mkdir(join(base, 'out'));
  await writeFile(join(base, 'out', 'mine'), '');

  await checkOut({}, base);

  expect(await readdir(join(base, 'out'))).toEqual(['mine']);
});

it('removes the directories that it created when a lower one is refused', async () => {
  const base = await temporaryDirectory();
  const out = join('new', 'er', 'x'.repeat(300));

  await expect(checkOut({ out }, base)).rejects.toThrow('which is not writable (ENAMETOOLONG)');

  expect(await readdir(base)).toEqual([]);
});

it('refuses a symbolic link to nowhere', async () => {
  const base = await temporaryDirectory();
  await symlink('nowhere', join(base, 'link'));

  await expect(checkOut({ out: 'link' }, base)).rejects.toThrow("out: got 'link', which is not writable");
});

// access(2) calls /sys writable for root, and a recursive mkdir in /proc does not end.
it.runIf(existsSync('/proc/self')).each(['/sys/ocr-courier', '/proc/ocr-courier', '/proc/ocr-courier/out'])(
  'refuses %s, where no directory can be created',
  async (out) => {
    await expect(checkOut({ out }, '/')).rejects.toThrow(`out: got '${out}', which is not writable (`);
  },
);

import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { type InboxFolder, openInboxFolder } from '../../../cli/inbox/inbox-folder.ts';
import { temporaryDirectory } from '../../support/data-fixture.ts';

async function newFolder() {
  const directory = await temporaryDirectory();
  const unreadable: string[] = [];
  const folder = openInboxFolder(directory, (path, code) => unreadable.push(`${path}: ${code}`));
  return { directory, folder, unreadable };
}

async function listAll(folder: InboxFolder): Promise<string[]> {
  const paths: string[] = [];
  for await (const path of folder.list()) paths.push(path);
  return paths.toSorted();
}

it('tells files from what is empty, gone, a link or a folder', async () => {
  const { directory, folder, unreadable } = await newFolder();
  await writeFile(join(directory, 'file'), 'whale');
  await writeFile(join(directory, 'empty'), '');
  await mkdir(join(directory, 'folder'));
  await mkdir(join(directory, '.git'));
  await writeFile(join(directory, '.git', 'ignored'), 'whale');
  await symlink(join(directory, 'file'), join(directory, 'link'));

  expect(await folder.check('file')).toMatchObject({ kind: 'Present', version: { bytes: 5 } });
  expect(await folder.check('empty')).toEqual({ kind: 'NotReady' });
  for (const path of ['folder', 'link', 'gone', 'file/below']) {
    expect(await folder.check(path)).toEqual({ kind: 'Absent' });
  }
  expect(await listAll(folder)).toEqual(['empty', 'file']);
  expect(unreadable).toEqual([]);
});

it('hashes the content of a file, and reports one that cannot be read', async () => {
  const { directory, folder, unreadable } = await newFolder();
  await writeFile(join(directory, 'file'), 'abc');
  await mkdir(join(directory, 'folder'));

  expect(await folder.hash('file')).toMatch(/^ba7816bf[0-9a-f]{56}$/);
  expect(await folder.hash('gone')).toBeUndefined();
  expect(await folder.hash('folder')).toBeUndefined();
  expect(unreadable).toEqual(['folder: EISDIR']);
});

it('reports that the folder itself is gone, and lists nothing', async () => {
  const { directory, folder, unreadable } = await newFolder();
  await rm(directory, { recursive: true });

  expect(await listAll(folder)).toEqual([]);
  expect(unreadable).toEqual([': ENOENT']);
  await mkdir(directory);
});

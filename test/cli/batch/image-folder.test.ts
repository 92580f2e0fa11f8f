import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { keepOutside, listImageFolder, pathOfImage } from '../../../cli/batch/image-folder.ts';
import { newDirectory } from '../../support/run-command.ts';

async function folderWith(...paths: readonly string[]) {
  const base = await newDirectory();
  for (const path of paths) {
    await mkdir(join(base, 'scans', path, '..'), { recursive: true });
    await writeFile(join(base, 'scans', path), path);
  }
  return base;
}

it('lists the files of all subfolders, without those that an inbox ignores', async () => {
  const base = await folderWith('b.png', 'a/c.png', 'a/.hidden/d.png', 'e.tmp', 'a/_settings.json');
  await symlink(join(base, 'scans', 'b.png'), join(base, 'scans', 'link.png'));

  const folder = await listImageFolder('scans', base);

  expect(folder.images).toEqual(['a/c.png', 'b.png']);
  expect(pathOfImage(folder, 'a/c.png')).toBe(join(folder.path, 'a', 'c.png'));
});

it.each([
  [['.hidden'], "images: got 'scans', in which there is no image; allowed: a folder with images"],
  [['results.csv', 'a.png'], "images: got 'scans', which contains results.csv"],
  [['a\nb.png'], 'in which a file has an unusable name; allowed: names of at most'],
])('refuses a folder with %j: %s', async (paths, message) => {
  const base = await folderWith(...paths);

  await expect(listImageFolder('scans', base)).rejects.toThrow(message);
});

it('refuses a folder that does not exist', async () => {
  await expect(listImageFolder('scans', await newDirectory())).rejects.toThrow(
    "images: got 'scans', which does not exist; allowed: a directory that exists",
  );
});

it('keeps the documents out of the folder, except under an ignored name', async () => {
  const base = await folderWith('a.png');
  const folder = await listImageFolder('scans', base);
  const keep = (out: string) => keepOutside(folder, join(base, out), out);

  await expect(keep('scans/out')).rejects.toThrow("out: got 'scans/out', which lies in the folder of the");
  await expect(keep('scans')).rejects.toThrow("out: got 'scans', which lies in the folder of the images");
  await keep('scans/.out');
  await keep('out');
});

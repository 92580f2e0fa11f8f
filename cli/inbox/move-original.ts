import { constants } from 'node:fs';
import { copyFile, lstat, mkdir, rename, rm, stat, unlink, utimes } from 'node:fs/promises';
import { dirname, join, parse } from 'node:path';
import { CommandError } from '../command-errors.ts';
import { errorCode } from '../error-code.ts';
import { hashFile } from './hash-file.ts';

/**
 * Moves a file, also to another file system. It replaces no file: `scan.png` becomes `scan-2.png`
 * when the name is taken.
 *
 * @throws when it cannot be moved; the original is where it was then
 */
export async function moveOriginal(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  const target = await findFreeName(to);
  try {
    await rename(from, target);
  } catch (error) {
    if (errorCode(error) !== 'EXDEV') throw error;
    await copyThenRemove(from, target);
  }
}

/** Moves a file to another file system. The copy is compared before the original is removed. */
export async function copyThenRemove(from: string, target: string): Promise<void> {
  const unfinished = `${target}.partial`;
  try {
    const { atime, mtime } = await stat(from);
    await copyFile(from, unfinished, constants.COPYFILE_EXCL);
    await utimes(unfinished, atime, mtime);
    if ((await hashFile(unfinished)) !== (await hashFile(from))) {
      throw new CommandError('it changed while it was copied');
    }
    await rename(unfinished, target);
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') await rm(unfinished, { force: true });
    throw error;
  }
  await unlink(from);
}

async function findFreeName(path: string): Promise<string> {
  const { dir, name, ext } = parse(path);
  for (let number = 1; ; number += 1) {
    const candidate = number === 1 ? path : join(dir, `${name}-${number}${ext}`);
    if (!(await exists(candidate)) && !(await exists(`${candidate}.partial`))) return candidate;
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false;
    throw error;
  }
}

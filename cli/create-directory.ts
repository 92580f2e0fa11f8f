import { mkdirSync, rmdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { errorCode } from './error-code.ts';

/**
 * Creates a directory level by level, because a recursive mkdir of Node.js does not end in /proc.
 *
 * @param path absolute
 * @returns the directories that did not exist, outermost first
 * @throws Error of Node.js, after removing what was created
 */
export function createDirectory(path: string): string[] {
  if (isDirectory(path)) return [];
  const created = createDirectory(dirname(path));
  try {
    mkdirSync(path);
    return [...created, path];
  } catch (error) {
    // Another process may have created it.
    if (errorCode(error) === 'EEXIST' && isDirectory(path)) return created;
    removeEmptyDirectories(created);
    throw error;
  }
}

/** Removes what createDirectory has created, unless another process has used it. */
export function removeEmptyDirectories(created: readonly string[]): void {
  for (const path of created.toReversed()) {
    try {
      rmdirSync(path);
    } catch {
      return;
    }
  }
}

/** @throws Error with the code ENOTDIR for a file */
function isDirectory(path: string): boolean {
  try {
    // The dot makes the call fail for a file.
    statSync(`${path}/.`);
    return true;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false;
    throw error;
  }
}

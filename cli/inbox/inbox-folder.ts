import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from '../error-code.ts';
import type { FileCheck } from './file-rules.ts';
import { hashFile } from './hash-file.ts';
import { isIgnoredPath } from './ignored-path.ts';

/** Receives the code of an error that may pass, such as EACCES. */
export type OnUnreadable = (relativePath: string, code: string) => void;

/** A folder whose files are recognized. Paths are relative to it. */
export interface InboxFolder {
  /** Checks a path without reading the file. */
  check(relativePath: string): Promise<FileCheck>;
  /** Returns the SHA-256 of a file; undefined when it cannot be read now. */
  hash(relativePath: string): Promise<string | undefined>;
  /** Lists the files in it and in its subfolders. */
  list(): AsyncIterable<string>;
}

/**
 * Opens a folder. Symbolic links in it are not followed, because they could lead out of it, or in
 * circles.
 *
 * @param directory absolute
 * @param onUnreadable also receives an empty path, for the folder itself
 */
export function openInboxFolder(directory: string, onUnreadable: OnUnreadable): InboxFolder {
  const locate = (relativePath: string) => join(directory, relativePath);

  /** Other programs remove files, and Windows locks those that they are writing. */
  function report(relativePath: string, error: unknown): void {
    const code = errorCode(error);
    if (code === undefined) throw error;
    if (code !== 'EBUSY' && (!isGone(code) || relativePath === '')) onUnreadable(relativePath, code);
  }

  async function* list(folder = ''): AsyncIterable<string> {
    const entries = await readdir(locate(folder), { withFileTypes: true }).catch((error: unknown) => {
      report(folder, error);
      return [];
    });
    for (const entry of entries) {
      const path = join(folder, entry.name);
      if (isIgnoredPath(path)) continue;
      if (entry.isDirectory()) yield* list(path);
      else if (entry.isFile()) yield path;
    }
  }

  return {
    async check(relativePath) {
      try {
        const stats = await lstat(locate(relativePath));
        if (!stats.isFile()) return { kind: 'Absent' };
        const { size: bytes, mtimeMs: modifiedMs, ctimeMs: changedMs } = stats;
        if (bytes === 0) return { kind: 'NotReady' };
        return { kind: 'Present', version: { bytes, modifiedMs, changedMs } };
      } catch (error) {
        report(relativePath, error);
        if (!isGone(errorCode(error))) return { kind: 'NotReady' };
        // Node.js replaces bytes that are not UTF-8, and the result names no file.
        if (relativePath.includes('\uFFFD')) onUnreadable(relativePath, 'its name is not UTF-8');
        return { kind: 'Absent' };
      }
    },
    async hash(relativePath) {
      try {
        return await hashFile(locate(relativePath));
      } catch (error) {
        report(relativePath, error);
        return undefined;
      }
    },
    list: () => list(),
  };
}

const isGone = (code: string | undefined) => code === 'ENOENT' || code === 'ENOTDIR';

import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, rm, rmdir, stat, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { InvalidInput } from '../../functions/core/invalid-input.ts';
import { errorCode } from '../error-code.ts';
import { listEarlierFiles, MANIFEST_FILE } from './earlier-files.ts';
import type { Progress } from './progress.ts';

/** The options of `recognize` and `collect` about their output. */
export interface OutputOptions {
  readonly out?: string;
  readonly json?: true;
  readonly verbose?: true;
}

/** The context of a command. */
export interface CommandContext {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Base of relative paths. */
  readonly directory: string;
  readonly progress: Progress;
  /** Aborted by Ctrl-C. */
  readonly cancelled: AbortSignal;
}

/**
 * Creates the directory of the documents, and checks that they can be written, before anything is
 * submitted whose result would otherwise be lost.
 *
 * @throws InvalidInput when they cannot
 */
export async function checkOut({ out = 'out' }: OutputOptions, directory: string): Promise<void> {
  const path = resolve(directory, out);
  const reason = (await whyNotWritable(path)) ?? (await whyForeign(path));
  if (reason === undefined) return;
  throw new InvalidInput('out', `'${out}', which ${reason}`, 'a writable directory, or a new one');
}

/** A manifest is always written, and it must not replace a file of another program. */
async function whyForeign(directory: string): Promise<string | undefined> {
  if (!existsSync(join(directory, MANIFEST_FILE))) return undefined;
  const earlier = await listEarlierFiles(directory);
  return earlier.length > 0 ? undefined : `contains a ${MANIFEST_FILE} of another program`;
}

/** Creates directory and file, because access(2) does not know the rules of every file system. */
async function whyNotWritable(directory: string): Promise<string | undefined> {
  const created: string[] = [];
  try {
    await createDirectory(directory, created);
    const probe = join(directory, `.ocr-courier-${randomUUID()}`);
    await writeFile(probe, '', { flag: 'wx' });
    await rm(probe);
    return undefined;
  } catch (error) {
    for (const level of created.toReversed()) await rmdir(level).catch(() => undefined);
    const code = errorCode(error);
    if (code === 'ENOTDIR') return 'is a file, or lies below one';
    return `is not writable (${code ?? error})`;
  }
}

/**
 * Creates a directory level by level, because a recursive mkdir of Node.js does not end in /proc.
 *
 * @param created receives the directories that did not exist
 */
async function createDirectory(directory: string, created: string[]): Promise<void> {
  // The dot makes the call fail for a file.
  const exists = await stat(`${directory}/.`).catch((error: unknown) => {
    if (errorCode(error) !== 'ENOENT') throw error;
  });
  if (exists !== undefined) return;
  await createDirectory(dirname(directory), created);
  try {
    await mkdir(directory);
    created.push(directory);
  } catch (error) {
    // Another command may create the same directory.
    if (errorCode(error) !== 'EEXIST') throw error;
  }
}

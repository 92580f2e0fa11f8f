import { randomUUID } from 'node:crypto';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { MANIFEST_FILE } from '../functions/contracts/manifest.ts';
import { InvalidInput } from '../functions/core/invalid-input.ts';
import { createDirectory, removeEmptyDirectories } from './create-directory.ts';
import { listEarlierFiles } from './earlier-files.ts';
import { errorCode } from './error-code.ts';
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
  /** The words that start the command line, for messages. @default - those of a clone */
  readonly program?: string | undefined;
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
  const reason = whyNotWritable(path) ?? (await whyForeign(path));
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
function whyNotWritable(directory: string): string | undefined {
  let created: readonly string[] = [];
  try {
    created = createDirectory(directory);
    const probe = join(directory, `.ocr-courier-${randomUUID()}`);
    writeFileSync(probe, '', { flag: 'wx' });
    rmSync(probe);
    return undefined;
  } catch (error) {
    removeEmptyDirectories(created);
    const code = errorCode(error);
    if (code === 'ENOTDIR') return 'is a file, or lies below one';
    return `is not writable (${code ?? error})`;
  }
}

import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { errorCode } from '../error-code.ts';
import { UsageError } from './command-errors.ts';
import type { Progress } from './progress.ts';

/** Options that both commands share. */
export interface OutputOptions {
  readonly out?: string;
  readonly json?: true;
}

export interface CommandContext {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** What relative paths are relative to. */
  readonly directory: string;
  readonly progress: Progress;
  /** Aborted by Ctrl-C. */
  readonly cancelled: AbortSignal;
}

/**
 * Looks whether documents can be written, before a result is asked for that would then be lost.
 *
 * @throws UsageError when they cannot
 */
export async function checkOut({ out = 'out' }: OutputOptions, directory: string): Promise<void> {
  const why = await whyNotWritable(resolve(directory, out));
  if (why === undefined) return;
  throw new UsageError(
    `--out: got '${out}', which ${why}; allowed: a directory that can be written to, made if it is not there`,
  );
}

/** Asks of a directory, or of the nearest one above it that is there. */
async function whyNotWritable(directory: string): Promise<string | undefined> {
  try {
    // The dot makes it fail for a file.
    await access(`${directory}/.`, constants.W_OK | constants.X_OK);
    return undefined;
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ENOENT') return await whyNotWritable(dirname(directory));
    if (code === 'ENOTDIR') return 'is a file, or lies below one';
    return `cannot be written to (${code ?? error})`;
  }
}

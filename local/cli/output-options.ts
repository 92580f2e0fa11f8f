import { constants, existsSync } from 'node:fs';
import { access } from 'node:fs/promises';
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
 * Checks that documents can be written before a result is fetched, which would otherwise be lost.
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

/** Checks a directory, or its nearest ancestor that exists. */
async function whyNotWritable(directory: string): Promise<string | undefined> {
  try {
    // The dot makes the check fail for a file.
    await access(`${directory}/.`, constants.W_OK | constants.X_OK);
    return undefined;
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ENOENT') return await whyNotWritable(dirname(directory));
    if (code === 'ENOTDIR') return 'is a file, or lies below one';
    return `is not writable (${code ?? error})`;
  }
}

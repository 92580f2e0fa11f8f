import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
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

/** @throws UsageError when documents cannot be written there */
export async function checkOut({ out }: OutputOptions, directory: string): Promise<void> {
  if (out === undefined) return;
  const found = await stat(resolve(directory, out)).catch(() => undefined);
  if (found !== undefined && !found.isDirectory()) {
    throw new UsageError(
      `--out: got '${out}', which is a file; allowed: a directory, made if it is not there`,
    );
  }
}

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** The project's folder. */
export const PROJECT = join(import.meta.dirname, '..', '..');

/** Where checkers are installed and write to: no part of the project, and made anew when it is gone. */
export const CACHE = join(PROJECT, 'node_modules', '.cache', 'ocr-courier');

/** A checker has found something, or could not be run; the message is for a person. */
export class CheckFailed extends Error {
  override readonly name = 'CheckFailed';
}

export interface ToolOptions {
  /** @default - the project's folder */
  readonly directory?: string;
  /** Laid over this process's own. */
  readonly environment?: Readonly<Record<string, string>>;
}

/**
 * Runs a command to its end; what it prints is seen.
 *
 * @throws CheckFailed when it cannot be started or does not end well
 */
export async function runTool(
  command: string,
  args: readonly string[],
  { directory = PROJECT, environment }: ToolOptions = {},
): Promise<void> {
  const child = spawn(command, args, {
    cwd: directory,
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const [code, signal] = await once(child, 'close').catch((cause: unknown) => {
    throw new CheckFailed(`${command} could not be started: ${cause}`, { cause });
  });
  if (code !== 0) throw new CheckFailed(`${[command, ...args].join(' ')} ended with ${signal ?? code}.`);
}

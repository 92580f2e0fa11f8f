import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CACHE, PROJECT } from '../support/project-paths.ts';
import { ensurePythonEnvironment } from '../support/python-environment.ts';

/** A checker reported a problem or could not run. The message is printed without a stack trace. */
export class CheckError extends Error {
  override readonly name = 'CheckError';
}

export interface ToolOptions {
  /** @default - the project's folder */
  readonly directory?: string;
  /** Added to this process's environment. */
  readonly environment?: Readonly<Record<string, string>>;
}

/**
 * Runs a program and passes its output through.
 *
 * @throws CheckError when it cannot start or fails
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
    throw new CheckError(`${command} could not start: ${cause}`, { cause });
  });
  if (code !== 0) throw new CheckError(`${[command, ...args].join(' ')} ended with ${signal ?? code}.`);
}

/**
 * Installs the checkers that are Python programs.
 *
 * @returns the path of one of them
 */
export async function pythonTool(name: string): Promise<string> {
  const file = join(import.meta.dirname, 'requirements.txt');
  const bin = await ensurePythonEnvironment({ name: 'the checkers', file, minimumMinor: 11 }, console.log);
  return join(bin, name);
}

/**
 * Installs the checkers that are Node.js programs, once for each lock file.
 *
 * @returns the path of one of them
 */
export async function nodeTool(name: string): Promise<string> {
  const source = join(import.meta.dirname, 'npm');
  const lock = await readFile(join(source, 'package-lock.json'));
  const hash = createHash('sha256').update(lock).digest('hex').slice(0, 16);
  const directory = join(CACHE, 'checkers', hash);
  const complete = join(directory, 'complete');
  if (!existsSync(complete)) {
    await rm(directory, { recursive: true, force: true });
    await mkdir(directory, { recursive: true });
    for (const file of ['package.json', 'package-lock.json']) {
      await copyFile(join(source, file), join(directory, file));
    }
    await runTool('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { directory });
    await writeFile(complete, '');
  }
  return join(directory, 'node_modules', '.bin', name);
}

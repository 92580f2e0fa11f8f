import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { UsageError } from '../../cli/command-errors.ts';
import { CACHE } from './project-paths.ts';

const run = promisify(execFile);

/** Packages to install from PyPI, and the oldest Python that they support. */
export interface PythonRequirements {
  /** Names the packages in progress lines and error messages. */
  readonly name: string;
  /** Path of a requirements file that pins every package, including dependencies. */
  readonly file: string;
  /** The minor version of Python 3. */
  readonly minimumMinor: number;
}

/**
 * Installs packages into a virtual environment, once for each Python version and requirements file.
 * The environment variable `PYTHON` names the interpreter; the default is `python3`.
 *
 * @returns the folder that contains the environment's programs
 * @throws UsageError when Python is missing or too old, or the installation fails
 */
export async function ensurePythonEnvironment(
  { name, file, minimumMinor }: PythonRequirements,
  progress: (line: string) => void,
): Promise<string> {
  const python = process.env['PYTHON'] || 'python3';
  const version = await pythonVersion(python, name, minimumMinor);
  const hash = createHash('sha256')
    .update(version)
    .update(await readFile(file));
  // Programs contain the absolute path of their environment, so it is built in its final place.
  const directory = join(CACHE, 'python', hash.digest('hex').slice(0, 16));
  const bin = join(directory, 'bin');
  const complete = join(directory, 'complete');
  if (existsSync(complete)) return bin;
  progress(`Installing ${name} under ${directory} (once, about a minute)`);
  await rm(directory, { recursive: true, force: true });
  await run(python, ['-m', 'venv', directory]).catch((cause: unknown) => {
    const hint = 'on Debian, install python3-venv';
    throw new UsageError(`${python}: got no virtual environment (${hint}): ${lastLine(cause)}`, { cause });
  });
  const options = ['--quiet', '--disable-pip-version-check', '--no-deps', '--requirement', file];
  await run(join(bin, 'pip'), ['install', ...options]).catch((cause: unknown) => {
    throw new UsageError(`${name}: pip could not install it from PyPI: ${lastLine(cause)}`, { cause });
  });
  await writeFile(complete, '');
  return bin;
}

async function pythonVersion(python: string, name: string, minimumMinor: number): Promise<string> {
  const allowed = `${name} needs Python 3.${minimumMinor} or later; PYTHON names another interpreter`;
  const { stdout } = await run(python, ['--version']).catch((cause: unknown) => {
    throw new UsageError(`PYTHON: ${python} cannot be run; ${allowed}.`, { cause });
  });
  const [, major, minor] = /^Python (\d+)\.(\d+)/.exec(stdout) ?? [];
  if (Number(major) !== 3 || Number(minor) < minimumMinor) {
    throw new UsageError(`PYTHON: ${python} is ${stdout.trim() || 'an unknown version'}; ${allowed}.`);
  }
  return stdout.trim();
}

/** The last line that a failed program wrote. */
function lastLine(failure: unknown): string {
  const { stderr, stdout } = Object(failure);
  return (
    String(stderr || stdout || failure)
      .trim()
      .split('\n')
      .at(-1) ?? ''
  );
}

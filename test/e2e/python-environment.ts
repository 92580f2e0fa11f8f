import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { UsageError } from './usage-error.ts';

const run = promisify(execFile);
const REQUIREMENTS = join(import.meta.dirname, 'requirements.txt');
const CACHE = join(import.meta.dirname, '..', '..', 'node_modules', '.cache', 'ocr-courier', 'e2e');

/** What MiniStack asks for. */
const LEAST_PYTHON_MINOR = 10;

/**
 * A virtual environment of Python with MiniStack in it, made at the first call and after a change of the pinned versions.
 *
 * @param python the interpreter that makes it
 * @returns its folder of programs
 * @throws UsageError when Python is missing or too old, or pip cannot install
 */
export async function ensurePythonEnvironment(
  progress: (line: string) => void,
  python = process.env['PYTHON'] || 'python3',
): Promise<string> {
  const requirements = await readFile(REQUIREMENTS);
  const version = await pythonVersion(python);
  const hash = createHash('sha256').update(version).update(requirements).digest('hex').slice(0, 16);
  const directory = join(CACHE, `python-${hash}`);
  const finished = join(directory, 'finished');
  if (!existsSync(finished)) {
    progress(`Installing MiniStack under ${directory} (once)`);
    await mkdir(CACHE, { recursive: true });
    await rm(directory, { recursive: true, force: true });
    await install(python, directory);
    await writeFile(`${finished}.new`, version);
    await rename(`${finished}.new`, finished);
  }
  return join(directory, 'bin');
}

async function pythonVersion(python: string): Promise<string> {
  const needed = `Python 3.${LEAST_PYTHON_MINOR} or later is needed to run MiniStack (PYTHON names another interpreter)`;
  const answer = await run(python, ['--version']).catch((cause: unknown) => {
    throw new UsageError(`${needed}: ${python} cannot be run.`, { cause });
  });
  const [, major, minor] = /^Python (\d+)\.(\d+)/.exec(answer.stdout) ?? [];
  if (Number(major) !== 3 || Number(minor) < LEAST_PYTHON_MINOR) {
    throw new UsageError(`${needed}: ${python} is ${answer.stdout.trim() || 'of no known version'}.`);
  }
  return answer.stdout.trim();
}

async function install(python: string, directory: string): Promise<void> {
  const pip = join(directory, 'bin', 'pip');
  const pipOptions = ['--quiet', '--disable-pip-version-check', '--requirement', REQUIREMENTS];
  await run(python, ['-m', 'venv', directory]).catch((cause: unknown) => {
    throw new UsageError(`${python} cannot make a virtual environment: ${lastLine(cause)}`, { cause });
  });
  await run(pip, ['install', ...pipOptions]).catch((cause: unknown) => {
    throw new UsageError(`MiniStack could not be installed from PyPI: ${lastLine(cause)}`, { cause });
  });
}

/** What a program that failed said last. */
function lastLine(failure: unknown): string {
  const { stderr, stdout } = Object(failure);
  return String(stderr || stdout || failure)
    .trim()
    .split('\n')
    .slice(-1)
    .join();
}

import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { CACHE, CheckFailed, runTool } from './run-tool.ts';

const REQUIREMENTS = join(import.meta.dirname, 'requirements.txt');
/** What the packages of requirements.txt ask for. */
const LOWEST_MINOR = 11;

/**
 * The executable of a checker that is written in Python, from a virtual environment of this project's own, which is
 * installed when requirements.txt has changed.
 *
 * @throws CheckFailed when there is no suitable Python
 */
export async function pythonTool(name: string): Promise<string> {
  const hash = createHash('sha256').update(await readFile(REQUIREMENTS));
  // Not moved into place when it is complete: its scripts hold its path.
  const directory = join(CACHE, 'python', hash.digest('hex').slice(0, 16));
  const complete = join(directory, 'complete');
  if (!existsSync(complete)) {
    await findPython();
    await rm(directory, { recursive: true, force: true });
    console.log('Installing the checkers of checks/requirements.txt; about a minute, once.');
    await runTool('python3', ['-m', 'venv', directory]);
    const pip = ['install', '--quiet', '--disable-pip-version-check', '--no-deps', '-r', REQUIREMENTS];
    await runTool(join(directory, 'bin', 'pip'), pip);
    await writeFile(complete, '');
  }
  return join(directory, 'bin', name);
}

async function findPython(): Promise<void> {
  const allowed = `allowed: 3.${LOWEST_MINOR} or later, with its module venv (Debian: apt install python3-venv)`;
  const { stdout } = await promisify(execFile)('python3', [
    '-c',
    'import sys, ensurepip, venv; print(*sys.version_info[:2])',
  ]).catch((cause: unknown) => {
    throw new CheckFailed(`python3: got none that works; ${allowed}.`, { cause });
  });
  const [major, minor] = stdout.split(' ').map(Number);
  if (major !== 3 || minor === undefined || minor < LOWEST_MINOR) {
    throw new CheckFailed(`python3: got ${stdout.trim().replace(' ', '.')}; ${allowed}.`);
  }
}

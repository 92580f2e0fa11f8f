import { execFile } from 'node:child_process';
import { cp, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { PROJECT } from './code-blocks.ts';

/** A reader who pastes the documents' commands into a shell, in a fresh clone of the project. */
export interface Reader extends AsyncDisposable {
  /** The clone, in which the commands run. */
  readonly directory: string;
  /**
   * Runs commands in one shell, until one fails.
   *
   * @returns what they wrote to stdout
   * @throws Error with their output, when one fails or they take too long
   */
  run(commands: string, environment?: NodeJS.ProcessEnv): Promise<string>;
}

/** Some commands loop until something happens, which may never be the case. */
const TIMEOUT_MILLISECONDS = 240_000;

/** Files of this directory that a clone does not have: generated or installed. */
const NOT_CLONED = ['.git', 'node_modules', 'dist', 'cdk.out', 'out'];

/** Clones the project and links its node_modules. All output of the commands stays in the clone. */
export async function openReader(): Promise<Reader> {
  const directory = await mkdtemp(join(tmpdir(), 'ocr-courier-reader-'));
  for (const name of await readdir(PROJECT)) {
    if (!NOT_CLONED.includes(name)) await cp(join(PROJECT, name), join(directory, name), { recursive: true });
  }
  await symlink(join(PROJECT, 'node_modules'), join(directory, 'node_modules'), 'junction');
  return {
    directory,
    async run(commands, environment = process.env) {
      const script = join(directory, 'commands.sh');
      await writeFile(script, commands);
      const { stdout } = await promisify(execFile)('bash', ['-euo', 'pipefail', script], {
        cwd: directory,
        env: environment,
        maxBuffer: 16 * 1024 * 1024,
        timeout: TIMEOUT_MILLISECONDS,
      }).catch((cause: unknown) => {
        const { stdout, stderr } = Object(cause);
        throw new Error(`The commands failed.\n${stdout}\n${stderr}`, { cause });
      });
      return stdout;
    },
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }),
  };
}

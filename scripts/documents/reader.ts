import { execFile } from 'node:child_process';
import { cp, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { PROJECT } from './code-blocks.ts';

/** Somebody who pastes what the documents say into a shell, in a clone of the project where nothing was done before. */
export interface Reader extends AsyncDisposable {
  /** Where it works. */
  readonly directory: string;
  /**
   * Runs commands in one shell, until one fails.
   *
   * @returns what they wrote to stdout
   * @throws Error with what they wrote, when one fails or they take too long
   */
  run(commands: string, environment?: NodeJS.ProcessEnv): Promise<string>;
}

/** Loops that wait for something may wait in vain. */
const PATIENCE_MILLISECONDS = 240_000;

/** What a clone has not: made here, or installed. */
const NOT_CLONED = ['.git', 'node_modules', 'dist', 'cdk.out', 'out'];

/** The clone has our packages, so that nothing needs to be installed; what commands write stays in it. */
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
        timeout: PATIENCE_MILLISECONDS,
      }).catch((cause: unknown) => {
        const { stdout, stderr } = Object(cause);
        throw new Error(`The commands failed.\n${stdout}\n${stderr}`, { cause });
      });
      return stdout;
    },
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }),
  };
}

import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
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
   * @throws Error with what they wrote, when one fails
   */
  run(commands: string, environment?: NodeJS.ProcessEnv): Promise<string>;
}

/** The clone's files are links to ours, so that nothing needs to be installed; what commands write stays in it. */
export async function openReader(): Promise<Reader> {
  const directory = await mkdtemp(join(tmpdir(), 'ocr-courier-reader-'));
  for (const name of await readdir(PROJECT)) {
    if (name !== '.git') await symlink(join(PROJECT, name), join(directory, name));
  }
  return {
    directory,
    async run(commands, environment = process.env) {
      const script = join(directory, 'commands.sh');
      await writeFile(script, commands);
      const { stdout } = await promisify(execFile)('bash', ['-euo', 'pipefail', script], {
        cwd: directory,
        env: environment,
        maxBuffer: 16 * 1024 * 1024,
      }).catch((cause: unknown) => {
        const { stdout, stderr } = Object(cause);
        throw new Error(`The commands failed.\n${stdout}\n${stderr}`, { cause });
      });
      return stdout;
    },
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }),
  };
}

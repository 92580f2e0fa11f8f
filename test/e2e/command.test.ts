import { execFile } from 'node:child_process';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { PROJECT } from '../support/project-paths.ts';

/** Runs the command until it ends. */
async function runE2e(args: readonly string[], environment: Readonly<Record<string, string>>) {
  const { PATH = '' } = process.env;
  return await new Promise<{ status: number | null; output: string }>((resolve) => {
    const options = { cwd: PROJECT, env: { PATH, ...environment } };
    const child = execFile(process.execPath, ['test/e2e/main.ts', ...args], options, (_, stdout, stderr) =>
      resolve({ status: child.exitCode, output: stdout + stderr }),
    );
  });
}

describe('npm run e2e', () => {
  it.each([
    [
      'a missing Python',
      [],
      { PYTHON: '/nowhere/python' },
      /^error: PYTHON: \/nowhere\/python cannot be run; MiniStack needs Python 3\.10 or later; .*\n$/,
    ],
    [
      'an option of another mode',
      ['--simulator-port', '80'],
      {},
      /^error: --simulator-port: allowed only with --stack\n$/,
    ],
    [
      'a port of 0',
      ['--stack', 'x', '--simulator-port', '0'],
      {},
      /Allowed: a whole number from 1 to 65535\.\n$/,
    ],
    [
      'an unreachable AWS',
      ['--stack', 'x'],
      {
        AWS_ENDPOINT_URL: 'http://127.0.0.1:1',
        AWS_REGION: 'us-east-1',
        AWS_ACCESS_KEY_ID: 'x',
        AWS_SECRET_ACCESS_KEY: 'x',
      },
      /^error: --stack: x cannot be described: .*ECONNREFUSED.*\n$/,
    ],
  ])('reports %s in one line, with exit status 2', async (_, args, environment, output) => {
    expect(await runE2e(args, environment)).toEqual({ status: 2, output: expect.stringMatching(output) });
  });

  it('rejects a Python that is too old', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'ocr-courier-python-'));
    onTestFinished(() => rm(directory, { recursive: true }));
    const python = join(directory, 'python');
    await writeFile(python, '#!/bin/sh\necho Python 3.9.18\n');
    await chmod(python, 0o755);

    const { status, output } = await runE2e([], { PYTHON: python });

    expect(status).toBe(2);
    expect(output).toContain(`PYTHON: ${python} is Python 3.9.18;`);
  });
});

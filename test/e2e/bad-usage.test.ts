import { execFile } from 'node:child_process';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';

const PROJECT = dirname(dirname(import.meta.dirname));

/** What the command ends with when something is missing or wrong. */
async function runE2e(args: readonly string[], environment: Readonly<Record<string, string>>) {
  const { PATH = '' } = process.env;
  return await new Promise<{ status: number | null; output: string }>((resolve) => {
    const options = { cwd: PROJECT, env: { PATH, ...environment } };
    const child = execFile(process.execPath, ['test/e2e/main.ts', ...args], options, (_, stdout, stderr) =>
      resolve({ status: child.exitCode, output: stdout + stderr }),
    );
  });
}

test.each([
  [
    'no Python',
    [],
    { PYTHON: '/nowhere/python' },
    /^error: Python 3\.10 or later is needed .*: \/nowhere\/python cannot be run\.\n$/,
  ],
  [
    'an option of another mode',
    ['--simulator-port', '80'],
    {},
    /^error: --simulator-port: allowed with --stack only\n$/,
  ],
  ['no port', ['--stack', 'x', '--simulator-port', '0'], {}, /Allowed: a whole number from 1 to 65535\.\n$/],
  [
    'no AWS',
    ['--stack', 'x'],
    {
      AWS_ENDPOINT_URL: 'http://127.0.0.1:1',
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'x',
      AWS_SECRET_ACCESS_KEY: 'x',
    },
    /^error: --stack: x cannot be looked up: .*ECONNREFUSED.*\n$/,
  ],
])('%s is told in one line, with exit status 2', async (_, args, environment, output) => {
  expect(await runE2e(args, environment)).toEqual({ status: 2, output: expect.stringMatching(output) });
});

test('a Python that is too old is refused', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'ocr-courier-python-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  const python = join(directory, 'python');
  await writeFile(python, '#!/bin/sh\necho Python 3.9.18\n');
  await chmod(python, 0o755);

  const { status, output } = await runE2e([], { PYTHON: python });

  expect(status).toBe(2);
  expect(output).toContain(`${python} is Python 3.9.18.`);
});

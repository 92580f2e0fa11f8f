import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryDirectory } from '../support/data-fixture.ts';
import { PROJECT } from '../support/project-paths.ts';
import { runCommand } from '../support/run-command.ts';

const runE2e = (args: readonly string[], environment: Readonly<Record<string, string>>) =>
  runCommand(args, { program: 'test/e2e/main.ts', directory: PROJECT, environment });

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
      'an empty stack name',
      ['--stack', ''],
      {},
      /^error: --stack: got an empty name; allowed: the name of a stack\n$/,
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
  ])('reports %s in one line, with exit status 2', async (_, args, environment, stderr) => {
    expect(await runE2e(args, environment)).toEqual({
      status: 2,
      stdout: '',
      stderr: expect.stringMatching(stderr),
    });
  });

  it('rejects a Python that is too old', async () => {
    const python = join(await temporaryDirectory(), 'python');
    await writeFile(python, '#!/bin/sh\necho Python 3.9.18\n');
    await chmod(python, 0o755);

    const { status, stderr } = await runE2e([], { PYTHON: python });

    expect(status).toBe(2);
    expect(stderr).toContain(`PYTHON: ${python} is Python 3.9.18;`);
  });
});

import { cp, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { PROJECT } from '../../support/project-paths.ts';
import { MAIN, newDirectory, runCommand } from '../../support/run-command.ts';

const START = join(dirname(MAIN), 'start.js');

it.concurrent('runs the command line', async () => {
  const { status, stdout } = await runCommand(['--help'], { program: START });

  expect(stdout).toContain('Usage: npm start --');
  expect(status).toBe(0);
});

it.concurrent('says in one line what to do when dependencies are not installed', async () => {
  const directory = await newDirectory();
  for (const folder of ['cli', 'client', 'functions', 'lib', 'local']) {
    await cp(join(PROJECT, folder), join(directory, folder), { recursive: true });
  }
  await writeFile(join(directory, 'package.json'), '{"type": "module"}');

  const { status, stdout, stderr } = await runCommand([], {
    program: join(directory, 'local', 'cli', 'start.js'),
  });

  expect(stderr).toMatch(/^ocr-courier: npm start needs .*; run: npm ci --include=dev --include=optional\n$/);
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
});

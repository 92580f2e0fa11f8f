import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { codeBlocks } from '../../scripts/documents/code-blocks.ts';
import { commandEnvironment, recall, SAMPLES } from '../support/run-command.ts';
import { type ServeProcess, startServe } from '../support/serve-process.ts';

const run = promisify(execFile);
/** An empty project, into which the tarball is installed, without the CDK. */
let project: string;
let serve: ServeProcess;

beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), 'ocr-courier-empty-'));
  await writeFile(join(project, 'package.json'), JSON.stringify({ type: 'module', private: true }));
  const { paths } = inject('tarballs');
  await run('npm', ['install', '--offline', '--no-audit', '--no-fund', ...paths], { cwd: project });
  serve = await startServe();
});
afterAll(async () => {
  await serve?.interrupt();
  await rm(project, { recursive: true, force: true });
});

/** Runs a command as a user of the package does. */
async function npx(...args: readonly string[]): Promise<string> {
  const { stdout } = await run('npx', ['ocr-courier', ...args], { cwd: project, env: commandEnvironment() });
  return stdout;
}

it('installs no other package than zod', async () => {
  const installed = await readdir(join(project, 'node_modules'));

  expect(installed.filter((name) => !name.startsWith('.')).sort()).toEqual(['ocr-courier', 'zod']);
});

it('prints its help without the local stack', async () => {
  expect(await npx('--help')).toContain('Usage: ocr-courier [options] [command]');
});

it('recognizes a file', async () => {
  const printed = await npx('recognize', join(SAMPLES, 'letter.png'), '--api', serve.url, '--out', 'letter');

  expect(printed).toMatch(/\nCompleted after /);
  const text = await readFile(join(project, 'letter', '0.txt'), 'utf8');
  expect(recall(text, await readFile(join(SAMPLES, 'letter.txt'), 'utf8'))).toBeGreaterThan(0.9);
});

it('recognizes a folder', async () => {
  await mkdir(join(project, 'scans', '2026'), { recursive: true });
  await cp(join(SAMPLES, 'letter.png'), join(project, 'scans', 'letter.png'));
  await cp(join(SAMPLES, 'form.png'), join(project, 'scans', '2026', 'form.png'));

  const printed = await npx('batch', '--images', 'scans', '--api', serve.url, '--out', 'documents');

  expect(printed).toMatch(/\n {2}Completed +2\n/);
  expect(await readdir(join(project, 'documents', '2026', 'form.png'))).toEqual(['0.txt', 'manifest.json']);
});

it('runs the documented program', async () => {
  const { code = '' } =
    codeBlocks('docs/use/client.md').find((block) => block.code.includes('openAsBlob')) ?? {};
  await writeFile(join(project, 'program.ts'), code);
  await cp(join(SAMPLES, 'letter.png'), join(project, 'scan.png'));

  const { stdout } = await run(process.execPath, ['program.ts'], {
    cwd: project,
    env: { ...commandEnvironment(), API_URL: serve.url },
  });

  expect(stdout).toContain('Dear Ms Okafor');
});

it('says that serve needs a clone', async () => {
  await expect(npx('serve')).rejects.toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/^ocr-courier: serve: got the package, .*npm start -- COMMAND/),
  });
});

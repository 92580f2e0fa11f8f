import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { ensureAssembly } from '../../../local/embedded-aws/synthesis.ts';

/** An app that logs each run, and writes its context to the manifest. */
const APP = `
import { appendFileSync, writeFileSync } from 'node:fs';
appendFileSync('runs.txt', 'run\\n');
writeFileSync(process.env.CDK_OUTDIR + '/manifest.json', process.env.CDK_CONTEXT_JSON ?? '');
`;

async function createProject(app = APP): Promise<string> {
  const project = await mkdtemp(join(tmpdir(), 'synthesis-'));
  onTestFinished(() => rm(project, { recursive: true }));
  await change(project, 'bin/ocr-courier.ts', app);
  await change(project, 'cdk.json', '{"context":{"a":1}}');
  return project;
}

async function change(project: string, file: string, content: string): Promise<void> {
  await mkdir(dirname(join(project, file)), { recursive: true });
  await writeFile(join(project, file), content);
}

const runs = async (project: string) =>
  (await readFile(join(project, 'runs.txt'), 'utf8')).trim().split('\n').length;

it('synthesizes once, with the context of cdk.json', async () => {
  const project = await createProject();

  const first = await ensureAssembly(project);
  const second = await ensureAssembly(project);

  expect(second).toBe(first);
  expect(await readFile(join(first, 'manifest.json'), 'utf8')).toBe('{"a":1}');
  expect(await runs(project)).toBe(1);
});

it('synthesizes another assembly for another configuration of the courier', async () => {
  const project = await createProject();

  const configured = await ensureAssembly(project, { analysis: true });

  expect(configured).not.toBe(await ensureAssembly(project));
  expect(await readFile(join(configured, 'manifest.json'), 'utf8')).toBe(
    '{"a":1,"ocr-courier":{"analysis":true}}',
  );
});

it.each([
  ['bin/ocr-courier.ts', `${APP}//`],
  ['lib/nested/stack.ts', 'new'],
  ['functions/core.ts', 'new'],
  ['package-lock.json', '{}'],
  ['cdk.json', '{}'],
])('synthesizes again when %s has changed, but only then', async (file, content) => {
  const project = await createProject();
  const before = await ensureAssembly(project);

  await change(project, file, content);
  const after = await ensureAssembly(project);

  expect(after).not.toBe(before);
  expect(await ensureAssembly(project)).toBe(after);
  expect(await runs(project)).toBe(2);
});

it('does not synthesize when unrelated files change', async () => {
  const project = await createProject();
  await ensureAssembly(project);

  await change(project, 'README.md', 'new');
  await change(project, 'cdk.out/manifest.json', 'foreign');
  await ensureAssembly(project);

  expect(await runs(project)).toBe(1);
});

it('returns the same complete assembly to concurrent callers', async () => {
  const project = await createProject();

  const directories = await Promise.all([1, 2, 3].map(() => ensureAssembly(project)));

  expect(new Set(directories).size).toBe(1);
  const [directory = ''] = directories;
  expect(await readdir(directory)).toEqual(['manifest.json']);
  expect(await readdir(dirname(directory))).toHaveLength(1);
});

it('reports the stderr of a failing app, and leaves no files', async () => {
  const project = await createProject(`console.error('timeoutSeconds: got -1'); process.exit(1);`);

  await expect(ensureAssembly(project)).rejects.toThrow(/could not be synthesized:\ntimeoutSeconds: got -1$/);

  expect(await readdir(join(project, 'node_modules/.cache/ocr-courier/assemblies'))).toEqual([]);
});

it('removes assemblies of former sources after a day', async () => {
  const project = await createProject();
  const old = await ensureAssembly(project);
  await change(project, 'lib/a.ts', '1');
  const recent = await ensureAssembly(project);
  const twoDaysAgo = new Date(Date.now() - 2 * 24 * 60 * 60 * 1000);
  await utimes(old, twoDaysAgo, twoDaysAgo);

  await change(project, 'lib/a.ts', '2');
  const current = await ensureAssembly(project);

  const kept = (await readdir(dirname(current))).map((name) => join(dirname(current), name));
  expect(kept.toSorted()).toEqual([recent, current].toSorted());
});

it('synthesizes to a temporary directory when the cache cannot be written', async () => {
  const project = await createProject();
  await change(project, 'node_modules/.cache', 'a file');

  const directory = await ensureAssembly(project);

  onTestFinished(() => rm(directory, { recursive: true }));
  expect(dirname(directory)).toBe(tmpdir());
  expect(await readdir(directory)).toEqual(['manifest.json']);
});

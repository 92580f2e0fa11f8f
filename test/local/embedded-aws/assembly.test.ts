import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readAssembly } from '../../../local/embedded-aws/assembly.ts';
import { writeAssembly } from '../../support/fixture-assembly.ts';

const stack = (templateFile: string) => ({ type: 'aws:cloudformation:stack', properties: { templateFile } });

it('returns the stack, its template, and the folder of an asset', async () => {
  const directory = await writeAssembly({ functions: { Poll: '' } });

  const assembly = await readAssembly(directory);

  expect(assembly.stackName).toBe('fixture');
  expect(assembly.template).toHaveProperty('Resources.Poll');
  expect(assembly.assetPath('Poll.zip')).toBe(join(directory, 'asset.Poll'));
  expect(assembly.assetPath('other.zip')).toBeUndefined();
});

it.each([
  ['two stacks', { One: stack('one.json'), Two: stack('two.json') }, 'One, Two'],
  ['no stack', { Tree: { type: 'cdk:tree' } }, 'none'],
])('rejects an assembly of %s', async (_, artifacts, names) => {
  const directory = await mkdtemp(join(tmpdir(), 'assembly-'));
  await writeFile(join(directory, 'manifest.json'), JSON.stringify({ artifacts }));

  await expect(readAssembly(directory)).rejects.toThrow(`got ${names}; allowed: exactly one`);
});

it('names a folder without an assembly', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'assembly-'));

  await expect(readAssembly(directory)).rejects.toThrow(`got ${directory}`);
});

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import * as z from 'zod';

async function json(name: string): Promise<unknown> {
  return JSON.parse(await readFile(join(import.meta.dirname, '..', name), 'utf8'));
}

test('S18: each package that is installed is pinned by its content', async () => {
  const { packages } = z
    .object({
      packages: z.record(
        z.string(),
        z.object({
          integrity: z.string().optional(),
          // Of this repository, or within a package that is pinned itself.
          link: z.boolean().optional(),
          inBundle: z.boolean().optional(),
        }),
      ),
    })
    .parse(await json('package-lock.json'));

  const foreign = Object.entries(packages).filter(
    ([path, { link = false, inBundle = false }]) => path.startsWith('node_modules/') && !link && !inBundle,
  );
  expect(foreign.length).toBeGreaterThan(100);
  expect(foreign.filter(([, { integrity = '' }]) => !/^sha512-[\w+/]{86}==$/.test(integrity))).toEqual([]);
});

test('what others install of us has one dependency, beside the CDK that they have', async () => {
  const { dependencies, peerDependencies } = z
    .object({
      dependencies: z.record(z.string(), z.string()),
      peerDependencies: z.record(z.string(), z.string()),
    })
    .parse(await json('package.json'));

  expect(Object.keys(dependencies)).toEqual(['zod']);
  expect(Object.keys(peerDependencies)).toEqual(['aws-cdk-lib', 'constructs']);
});

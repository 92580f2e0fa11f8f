import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import * as z from 'zod';

async function json(name: string): Promise<unknown> {
  return JSON.parse(await readFile(join(import.meta.dirname, '..', name), 'utf8'));
}

it('S18: pins each installed package by a hash of its content', async () => {
  const { packages } = z
    .object({
      packages: z.record(
        z.string(),
        z.object({
          integrity: z.string().optional(),
          // These are in this repository, or inside a package that is pinned itself.
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

it('has one dependency in addition to the CDK, which consumers already have', async () => {
  const { dependencies, peerDependencies } = z
    .object({
      dependencies: z.record(z.string(), z.string()),
      peerDependencies: z.record(z.string(), z.string()),
    })
    .parse(await json('package.json'));

  expect(Object.keys(dependencies)).toEqual(['zod']);
  expect(Object.keys(peerDependencies)).toEqual(['aws-cdk-lib', 'constructs']);
});

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';

async function json(name: string): Promise<unknown> {
  return JSON.parse(await readFile(join(import.meta.dirname, '..', name), 'utf8'));
}

const lockSchema = z.object({
  packages: z.record(
    z.string(),
    z.object({
      version: z.string().optional(),
      integrity: z.string().optional(),
      hasInstallScript: z.boolean().optional(),
      // These are in this repository, or inside a package that is pinned itself.
      link: z.boolean().optional(),
      inBundle: z.boolean().optional(),
    }),
  ),
});

describe.each(['package-lock.json', 'test/checks/npm/package-lock.json'])('%s', async (file) => {
  const { packages } = lockSchema.parse(await json(file));

  it('S18: pins each installed package by a hash of its content', () => {
    const foreign = Object.entries(packages).filter(
      ([path, { link = false, inBundle = false }]) => path.startsWith('node_modules/') && !link && !inBundle,
    );
    expect(foreign.length).toBeGreaterThan(60);
    expect(foreign.filter(([, { integrity = '' }]) => !/^sha512-[\w+/]{86}==$/.test(integrity))).toEqual([]);
  });

  it('S18: has no package whose install script package.json does not name', async () => {
    const { allowScripts } = z
      .object({ allowScripts: z.record(z.string(), z.literal(false)) })
      .parse(await json('package.json'));

    const scripted = Object.entries(packages)
      .filter(([, { hasInstallScript = false }]) => hasInstallScript)
      .map(([path]) => path.replace(/^.*node_modules\//, ''));
    expect(scripted.filter((name) => !(name in allowScripts))).toEqual([]);
  });
});

it('has the same version of Node.js for every platform, which runs these tests', async () => {
  const { packages } = lockSchema.parse(await json('package-lock.json'));
  const { optionalDependencies } = z
    .object({ optionalDependencies: z.record(z.string(), z.string()) })
    .parse(await json('toolchain/package.json'));

  for (const [name, version] of Object.entries(optionalDependencies)) {
    expect([name, version]).toEqual([name, process.versions.node]);
    expect(packages[`node_modules/${name}`]?.version).toBe(version);
  }
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

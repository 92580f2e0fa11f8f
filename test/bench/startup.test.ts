import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Bundle, bundleOf, importMilliseconds } from '../../bench/startup/bundles.ts';
import { CEILINGS } from '../../bench/startup/ceilings.ts';

let directory: string;
beforeAll(async () => {
  // Outside the project: in Lambda, a bundle has no node_modules.
  directory = await mkdtemp(join(tmpdir(), 'ocr-courier-bundles-'));
});
afterAll(() => rm(directory, { recursive: true }));

it('has a ceiling for every function', async () => {
  const functions = join(import.meta.dirname, '..', '..', 'functions');
  const entries = await readdir(functions, { recursive: true });
  const names = entries.filter((file) => file.endsWith('/index.ts')).map((file) => file.split('/')[0]);
  expect(Object.keys(CEILINGS).sort()).toEqual(names.sort());
});

describe.each(Object.entries(CEILINGS))('the bundle of %s', (name, ceiling) => {
  let bundle: Bundle;
  beforeAll(async () => {
    bundle = await bundleOf(name, directory);
  });

  it(`stays below its ceiling of ${ceiling.bytes / 1000} kB (bench/startup/ceilings.ts)`, () => {
    const excess = bundle.bytes - ceiling.bytes;
    expect(excess, `${bundle.bytes} bytes are ${excess} too many`).toBeLessThanOrEqual(0);
  });

  it('loads with nothing but its environment', async () => {
    await expect(importMilliseconds(bundle.file)).resolves.toBeGreaterThan(0);
  });
});

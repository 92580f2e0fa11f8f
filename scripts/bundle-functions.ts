import { readdir, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { bundleFunction } from './bundle-function.ts';

/** Empties `dist`, then bundles each Lambda function to where `ServiceFunction` finds it. */

const root = join(import.meta.dirname, '..');
const dist = join(root, 'dist');
await rm(dist, { recursive: true, force: true });
for (const file of await readdir(join(root, 'functions'), { recursive: true })) {
  if (basename(file) !== 'index.ts') continue;
  await bundleFunction(join(root, 'functions', file), join(dist, 'bundles', dirname(file), 'index.js'));
}

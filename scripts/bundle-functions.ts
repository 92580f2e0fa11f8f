import { readdir, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { build } from 'esbuild';
import { BUNDLING } from '../lib/service-function.ts';

/** Begins `dist` anew, with the Lambda functions' bundles where `ServiceFunction` looks for them. */

const root = join(import.meta.dirname, '..');
const dist = join(root, 'dist');
await rm(dist, { recursive: true, force: true });
for (const file of await readdir(join(root, 'functions'), { recursive: true })) {
  if (basename(file) !== 'index.ts') continue;
  await build({
    entryPoints: [join(root, 'functions', file)],
    outfile: join(dist, 'bundles', dirname(file), 'index.js'),
    absWorkingDir: root,
    bundle: true,
    platform: 'node',
    format: BUNDLING.format,
    target: BUNDLING.target,
    minify: BUNDLING.minify,
    mainFields: BUNDLING.mainFields,
    logLevel: 'warning',
  });
}

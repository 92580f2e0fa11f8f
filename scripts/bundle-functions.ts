import { cp, readdir, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { bundleFunction } from './bundle-function.ts';
import { bundleEntry, CLIENT_BUNDLE, COMMAND_BUNDLE } from './bundle-package.ts';
import { thirdPartyNotices } from './third-party-notices.ts';

/**
 * Empties `dist`, bundles each Lambda function to where `ServiceFunction` finds it, the client and
 * the commands, writes the licenses of the bundled packages, and copies the queries, which the
 * compiler ignores.
 */

const root = join(import.meta.dirname, '..');
const dist = join(root, 'dist');
await rm(dist, { recursive: true, force: true });
const packageFolders = new Set<string>();
for (const file of await readdir(join(root, 'functions'), { recursive: true })) {
  if (basename(file) !== 'index.ts') continue;
  const outfile = join(dist, 'bundles', dirname(file), 'index.js');
  const bundled = await bundleFunction(join(root, 'functions', file), outfile);
  for (const folder of bundled.packageFolders) packageFolders.add(folder);
}
for (const bundle of [CLIENT_BUNDLE, COMMAND_BUNDLE]) {
  const bundled = await bundleEntry(bundle, join(dist, dirname(bundle.entry)));
  for (const folder of bundled.packageFolders) packageFolders.add(folder);
}
await writeFile(join(dist, 'THIRD-PARTY-NOTICES.txt'), await thirdPartyNotices([...packageFolders]));
const queries = join('lib', 'analysis', 'queries');
await cp(join(root, queries), join(dist, queries), { recursive: true });

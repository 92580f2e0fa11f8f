import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import { BUNDLING } from '../lib/service-function.ts';

const root = join(import.meta.dirname, '..');

/**
 * Bundles an entry file into one file, as it is deployed.
 *
 * @returns the bundle's size in bytes
 */
export async function bundleFunction(entry: string, outfile: string): Promise<number> {
  await build({
    entryPoints: [entry],
    outfile,
    absWorkingDir: root,
    bundle: true,
    platform: 'node',
    format: BUNDLING.format,
    target: BUNDLING.target,
    minify: BUNDLING.minify,
    mainFields: BUNDLING.mainFields,
    external: BUNDLING.externalModules,
    logLevel: 'warning',
  });
  return (await stat(outfile)).size;
}

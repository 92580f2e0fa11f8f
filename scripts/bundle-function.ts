import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import { BUNDLING } from '../lib/service-function.ts';

const root = join(import.meta.dirname, '..');

/**
 * Bundles an entry file into one file, with the options of the deployment.
 *
 * @param external modules that the bundle does not contain
 * @returns the bundle's size in bytes
 */
export async function bundleFunction(
  entry: string,
  outfile: string,
  external: readonly string[] = BUNDLING.externalModules,
): Promise<number> {
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
    external: [...external],
    // The same as BUNDLING.esbuildArgs, which esbuild's API does not accept.
    supported: { 'dynamic-import': false },
    logLevel: 'warning',
  });
  return (await stat(outfile)).size;
}

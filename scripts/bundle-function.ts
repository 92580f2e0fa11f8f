import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { build, type Metafile } from 'esbuild';
import { BUNDLING } from '../lib/service-function.ts';

const root = join(import.meta.dirname, '..');

/** What a bundle contains. */
export interface BundledFunction {
  readonly bytes: number;
  /** Absolute folders of the npm packages whose code the bundle contains. */
  readonly packageFolders: readonly string[];
}

/**
 * Bundles an entry file into one file, with the options of the deployment.
 *
 * @param external modules that the bundle does not contain
 */
export async function bundleFunction(
  entry: string,
  outfile: string,
  external: readonly string[] = BUNDLING.externalModules,
): Promise<BundledFunction> {
  const { metafile } = await build({
    entryPoints: [entry],
    outfile,
    absWorkingDir: root,
    bundle: true,
    metafile: true,
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
  return { bytes: (await stat(outfile)).size, packageFolders: foldersOfPackages(metafile) };
}

/** Lists the absolute folders of the npm packages whose code is in a bundle. */
export function foldersOfPackages({ outputs }: Metafile): string[] {
  const sources = Object.values(outputs).flatMap(({ inputs }) => Object.keys(inputs));
  const folders = sources.flatMap((source) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(source)?.[0] ?? []);
  return [...new Set(folders)].map((folder) => join(root, folder));
}

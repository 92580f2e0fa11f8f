import { chmod, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type BuildOptions, build } from 'esbuild';
import { foldersOfPackages } from './bundle-function.ts';

const root = join(import.meta.dirname, '..');

/** A bundle of the package, besides the functions. */
export interface PackageBundle {
  readonly entry: string;
  readonly options: BuildOptions;
}

export const CLIENT_BUNDLE: PackageBundle = {
  entry: 'client/client.ts',
  // Browsers and Node.js run the same file, so no API of Node.js may be in it.
  options: { platform: 'browser', target: 'es2022' },
};

export const COMMAND_BUNDLE: PackageBundle = {
  entry: 'cli/main.ts',
  options: {
    platform: 'node',
    target: 'node20.11',
    splitting: true,
    chunkNames: 'chunks/[name]-[hash]',
    // Packages in CommonJS call it.
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
  },
};

/** What a bundle contains. */
export interface BundledEntry {
  readonly bytes: number;
  readonly packageFolders: readonly string[];
}

/** Bundles an entry of the package as a module, with everything it imports. */
export async function bundleEntry({ entry, options }: PackageBundle, outdir: string): Promise<BundledEntry> {
  const { metafile } = await build({
    ...options,
    entryPoints: [join(root, entry)],
    outdir,
    absWorkingDir: root,
    bundle: true,
    format: 'esm',
    metafile: true,
    minify: true,
    legalComments: 'none',
    logLevel: 'warning',
  });
  const [file = ''] = Object.keys(metafile.outputs).filter((path) => metafile.outputs[path]?.entryPoint);
  const path = join(root, file);
  if (entry.startsWith('cli/')) await chmod(path, 0o755);
  return { bytes: (await stat(path)).size, packageFolders: foldersOfPackages(metafile) };
}

import { join } from 'node:path';
import { bundleFunction } from '../../scripts/bundle-function.ts';

const FUNCTIONS = join(import.meta.dirname, '..', '..', 'functions');

/** A bundle on disk. */
export interface Bundle {
  readonly file: string;
  readonly bytes: number;
}

/** Bundles a function as it is deployed, into `<directory>/<name>`. */
export function bundleOf(name: string, directory: string): Promise<Bundle> {
  return bundle(join(FUNCTIONS, name, 'index.ts'), join(directory, name));
}

/** Bundles an entry file. @param external packages to leave out. @default - as our functions do */
export async function bundle(
  entry: string,
  directory: string,
  external?: readonly string[],
): Promise<Bundle> {
  const file = join(directory, 'index.js');
  return { file, bytes: await bundleFunction(entry, file, external) };
}

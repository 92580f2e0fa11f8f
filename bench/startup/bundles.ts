import { join } from 'node:path';
import { bundleFunction } from '../../scripts/bundle-function.ts';
import { FUNCTION_ENVIRONMENT } from '../function-environment.ts';
import { outputOf } from '../processes.ts';

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

/** Bundles an entry file. @param external excluded packages. @default - those of our functions */
export async function bundle(
  entry: string,
  directory: string,
  external?: readonly string[],
): Promise<Bundle> {
  const file = join(directory, 'index.js');
  const { bytes } = await bundleFunction(entry, file, external);
  return { file, bytes };
}

/** Loads a CommonJS bundle as Lambda does. Plain JavaScript keeps a compiler out of the figures. */
const SCRIPT = `
const started = performance.now();
require(process.argv[1]);
process.stdout.write(String(performance.now() - started));
`;

/** Measures how long a fresh process takes to read, compile and run a bundle at its import. */
export async function importMilliseconds(file: string): Promise<number> {
  const command = [process.execPath, '--input-type=commonjs', '--eval', SCRIPT, file] as const;
  return Number(await outputOf(command, FUNCTION_ENVIRONMENT));
}

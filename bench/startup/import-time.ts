import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { FUNCTION_ENVIRONMENT } from '../function-environment.ts';

/** As Lambda's runtime loads a bundle in CommonJS. Plain JavaScript: nothing is to be compiled before it but itself. */
const SCRIPT = `
const started = performance.now();
require(process.argv[1]);
process.stdout.write(String(performance.now() - started));
`;

/** Milliseconds in which a fresh process loads a bundle: reading, compiling, and running what it does at its import. */
export async function importMilliseconds(file: string): Promise<number> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--input-type=commonjs', '--eval', SCRIPT, file],
    { env: FUNCTION_ENVIRONMENT },
  );
  return Number(stdout);
}

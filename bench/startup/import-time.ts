import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { FUNCTION_ENVIRONMENT } from '../function-environment.ts';

/** Loads a CommonJS bundle as Lambda does. Plain JavaScript, so that no compiler is loaded first. */
const SCRIPT = `
const started = performance.now();
require(process.argv[1]);
process.stdout.write(String(performance.now() - started));
`;

/** Measures how long a fresh process takes to read, compile and run a bundle at its import. */
export async function importMilliseconds(file: string): Promise<number> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--input-type=commonjs', '--eval', SCRIPT, file],
    { env: FUNCTION_ENVIRONMENT },
  );
  return Number(stdout);
}

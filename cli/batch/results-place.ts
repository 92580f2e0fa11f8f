import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { InvalidInput } from '../../functions/core/invalid-input.ts';
import { errorCode } from '../error-code.ts';
import { RESULT_FILES } from './result-files.ts';

/** An earlier batch, or another program, may have written files with the same names. */
export function refuseForeignResults(out: string, shownOut: string): void {
  const foreign = RESULT_FILES.find((name) => existsSync(join(out, name)));
  if (foreign === undefined) return;
  const got = `'${shownOut}', which contains the ${foreign} of another batch or program`;
  throw new InvalidInput('out', got, 'a directory without results, or a new one');
}

/** @throws InvalidInput when the file could not be written */
export function checkCsv(csv: string | undefined, directory: string): string | undefined {
  if (csv === undefined) return undefined;
  const path = resolve(directory, csv);
  const refuse = (reason: string) =>
    new InvalidInput(
      'csv',
      `'${csv}', which ${reason}`,
      'a writable file, or a new one in a directory that exists',
    );
  try {
    const stats = statSync(path, { throwIfNoEntry: false });
    if (stats?.isDirectory() === true) throw refuse('is a directory');
    accessSync(stats === undefined ? dirname(path) : path, constants.W_OK);
    return path;
  } catch (error) {
    const code = errorCode(error);
    throw code === undefined ? error : refuse(`cannot be written (${code})`);
  }
}

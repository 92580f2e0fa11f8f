import { defaultOut } from './batch-id.ts';

/**
 * Returns the command that continues or retries a batch.
 *
 * @param out as the user named it; undefined for the default
 */
export function continueCommand(
  option: 'resume' | 'retry',
  batchId: string,
  out: string | undefined,
): string {
  const withOut = out === undefined || out === defaultOut(batchId) ? '' : ` --out ${quoted(out)}`;
  return `npm start -- batch --${option} ${batchId}${withOut}`;
}

/** Quotes a word for a shell. */
function quoted(word: string): string {
  return /^[\w./@%+=:,-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

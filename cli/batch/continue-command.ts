import { defaultOut } from './batch-id.ts';

/** The options that a command keeps when it is continued or retried, as the user gave them. */
export interface KeptOptions {
  readonly out?: string;
  readonly csv?: string;
  readonly json?: true;
}

/** Returns the command that continues or retries a batch. */
export function continueCommand(
  option: 'resume' | 'retry',
  batchId: string,
  { out, csv, json }: KeptOptions,
): string {
  const words = ['npm', 'start', ...(json ? ['--silent'] : []), '--', 'batch', `--${option}`, batchId];
  if (out !== undefined && out !== defaultOut(batchId)) words.push('--out', quoted(out));
  if (csv !== undefined) words.push('--csv', quoted(csv));
  if (json) words.push('--json');
  return words.join(' ');
}

/** Quotes a word for a shell. */
function quoted(word: string): string {
  return /^[\w./@%+=:,-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

import { defaultOut } from './batch-id.ts';

/** The options that a command keeps when it is continued or retried, as the user gave them. */
export interface KeptOptions {
  readonly out?: string;
  readonly csv?: string;
  readonly json?: true;
  readonly api?: string;
  readonly awsRegion?: string;
  /** The words that start the command line. @default - those of a clone */
  readonly program?: string;
}

/** Returns the command that continues or retries a batch. */
export function continueCommand(
  option: 'resume' | 'retry',
  batchId: string,
  { out, csv, json, api, awsRegion, program }: KeptOptions,
): string {
  const start = program ?? (json ? 'npm start --silent --' : 'npm start --');
  const words = [start, 'batch', `--${option}`, batchId];
  if (api !== undefined) words.push('--api', quoted(api));
  if (awsRegion !== undefined) words.push('--aws-region', quoted(awsRegion));
  if (out !== undefined && out !== defaultOut(batchId)) words.push('--out', quoted(out));
  if (csv !== undefined) words.push('--csv', quoted(csv));
  if (json) words.push('--json');
  return words.join(' ');
}

/** Quotes a word for a shell. */
function quoted(word: string): string {
  return /^[\w./@%+=:,-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

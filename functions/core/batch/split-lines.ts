/** A line is longer than its reader accepts. */
export class LineTooLongError extends Error {
  override readonly name = 'LineTooLongError';
  /** Number of the line, counted from 1. */
  readonly line: number;

  constructor(line: number) {
    super(`line ${line} is too long`);
    this.line = line;
  }
}

/**
 * Splits a text that arrives in parts into its lines. They end with a line feed only: JSON may
 * contain the other separators of Unicode.
 *
 * @throws LineTooLongError before more of such a line is kept in memory
 */
export async function* splitLines(
  texts: AsyncIterable<string>,
  maxCharacters: number,
): AsyncGenerator<string> {
  let pending = '';
  let number = 0;
  for await (const text of texts) {
    const lines = (pending + text).split('\n');
    pending = lines.pop() ?? '';
    for (const line of lines) {
      number += 1;
      if (line.length > maxCharacters) throw new LineTooLongError(number);
      yield line;
    }
    if (pending.length > maxCharacters) throw new LineTooLongError(number + 1);
  }
  if (pending !== '') yield pending;
}

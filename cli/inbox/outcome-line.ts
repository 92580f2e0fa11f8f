import { printable } from '../../functions/core/printable.ts';
import type { RecognitionEnd } from './recognize-port.ts';

/** Describes the end of a file in one line: `a.png -> Failed (RecognitionError): message`. */
export function outcomeLine(relativePath: string, { outcome, reason, message }: RecognitionEnd): string {
  const why = reason === undefined ? '' : ` (${reason})`;
  const explanation = message === undefined ? '' : `: ${message}`;
  return printable(`${relativePath} -> ${outcome}${why}${explanation}`);
}

import { printable } from '../functions/core/printable.ts';

const SOURCE_POSITION = /\b(?:cli|client|local)\/[\w/-]+\.ts:\d+/;

/** Describes a fault in one line, without the error's message, which may quote user data. */
export function describeFault(fault: unknown): string {
  if (!(fault instanceof Error)) return `a thrown ${typeof fault}`;
  const code = 'code' in fault ? ` ${fault.code}` : '';
  const [position = 'an unknown position'] = SOURCE_POSITION.exec(fault.stack ?? '') ?? [];
  return printable(`${fault.name}${code} at ${position}`);
}

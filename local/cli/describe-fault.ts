import { printable } from './printable.ts';

/** `local/embedded-aws/event-bus.ts:12`, in a line of a stack. */
const OWN_PLACE = /\blocal\/[\w/-]+\.ts:\d+/;

/**
 * What broke down, and where, in one line. Without the error's message, which may quote what was being handled.
 */
export function describeFault(fault: unknown): string {
  if (!(fault instanceof Error)) return `something that is no error, but ${typeof fault}`;
  const code = 'code' in fault ? ` ${fault.code}` : '';
  const [place = 'an unknown place'] = OWN_PLACE.exec(fault.stack ?? '') ?? [];
  return printable(`${fault.name}${code} at ${place}`);
}

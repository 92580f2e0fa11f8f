import { expect, it } from 'vitest';
import { describeFault } from '../../../local/cli/describe-fault.ts';

/** An error that was thrown in a line of our own. */
function fault(properties: object): Error {
  const stack =
    'RangeError: the secret whale\n    at deliver (/home/me/local/embedded-aws/event-bus.ts:12:3)\n    at x';
  return Object.assign(new RangeError('the secret whale\nsinks'), { stack, ...properties });
}

it.each([
  [fault({}), 'RangeError at local/embedded-aws/event-bus.ts:12'],
  [fault({ code: 'ECONNREFUSED' }), 'RangeError ECONNREFUSED at local/embedded-aws/event-bus.ts:12'],
  [fault({ stack: 'RangeError: the secret whale' }), 'RangeError at an unknown place'],
  ['the secret whale', 'something that is no error, but string'],
])('tells in one line what broke down and where, and nothing of what was being handled', (thrown, line) => {
  expect(describeFault(thrown)).toBe(line);
});

import { expect, it } from 'vitest';
import { describeFault } from '../../../cli/describe-fault.ts';
import { describeEvent, isShownEvent } from '../../../local/cli/serve-output.ts';

const event = (detail: unknown) => ({
  version: '0' as const,
  id: '1',
  'detail-type': 'Something',
  source: 'anywhere',
  account: '000000000000',
  time: '2026-03-01T12:00:00Z',
  region: 'eu-west-1',
  resources: [],
  detail,
});

it.each([
  [{ taskId: 'whale', outcome: 'Completed', attempts: 1 }, 'whale, Completed, 1 poll'],
  [
    { taskId: 'whale', outcome: 'Failed', reason: 'ResultDataLost', attempts: 2 },
    'whale, Failed, ResultDataLost, 2 polls',
  ],
  [{ taskId: 'whale' }, 'whale'],
  [
    {
      imageId: 'a',
      source: { bucket: 'b', key: 'inbox/RecognizeImage/whale.png' },
      reason: 'NotAnImage',
      messages: ['image: got text', 'two'],
    },
    'inbox/RecognizeImage/whale.png, NotAnImage: image: got text two',
  ],
  [{ object: { key: 'inbox/whale.png', size: 7 } }, 'inbox/whale.png, 7 bytes'],
  [
    {
      batchId: 'whales',
      outcome: 'Stopped',
      reason: 'QuotaExceeded',
      counts: { Completed: 3, NotStarted: 7 },
    },
    'whales, Stopped, QuotaExceeded, 3 Completed, 7 NotStarted',
  ],
  [{ name: 'whale-1', status: 'RUNNING' }, 'whale-1, RUNNING'],
  [{ anything: [1] }, '{"anything":[1]}'],
  [{ taskId: '\u001b[2J' }, '·[2J'],
])('describes an event of %j in one line', (detail, subject) => {
  expect(describeEvent(event(detail))).toBe(`2026-03-01T12:00:00Z  Something  ${subject}`);
});

it.each([
  [{ object: { key: 'inbox/RecognizeImage/whale.png', size: 7 } }, true],
  [{ object: { key: 'lists/whales.csv', size: 7 } }, true],
  [{ object: { key: 'results/whale/1/1.txt', size: 7 } }, false],
  [{ object: { key: 'batches/whales/items.jsonl', size: 7 } }, false],
  [{ taskId: 'whale' }, true],
])('shows an event of %j: %s', (detail, shown) => {
  expect(isShownEvent({ detail })).toBe(shown);
});

it('truncates an unknown detail', () => {
  expect(describeEvent(event({ long: 'x'.repeat(10_000) })).length).toBeLessThan(300);
});

/** An error with a stack trace of this project. */
function fault(properties: object): Error {
  const stack =
    'RangeError: the secret whale\n    at deliver (/home/me/local/embedded-aws/event-bus.ts:12:3)\n    at x';
  return Object.assign(new RangeError('the secret whale\nsinks'), { stack, ...properties });
}

it.each([
  [fault({}), 'RangeError at local/embedded-aws/event-bus.ts:12'],
  [fault({ code: 'ECONNREFUSED' }), 'RangeError ECONNREFUSED at local/embedded-aws/event-bus.ts:12'],
  [fault({ stack: 'RangeError: the secret whale' }), 'RangeError at an unknown position'],
  ['the secret whale', 'a thrown string'],
])('describes a fault and its position without its message', (thrown, line) => {
  expect(describeFault(thrown)).toBe(line);
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { preferredWaitSeconds } from '../../../functions/task-api/prefer-header.ts';

describe('the preference wait', () => {
  it.each([
    ['wait=20', 20],
    ['wait=0', 0],
    ['WAIT=20', 20],
    ['wait="20"', 20],
    ['wait="2\\0"', 20],
    ['wait \t= 20', 20],
    [' wait=20 ;x=1; y="a,b"', 20],
    ['respond-async, wait=20', 20],
    ['return=minimal; foo="some, text",,wait=20', 20],
    ['handling="a\\", wait=5", wait=20', 20],
    ['wait=20, wait=5', 20],
    ['wait=100000000000000000000', 1e20],
  ])('is read from %j', (prefer, seconds) => {
    expect(preferredWaitSeconds(prefer)).toBe(seconds);
  });

  it.each([
    undefined,
    '',
    ',',
    'respond-async',
    'waiting=5',
    'x-wait=5',
    'foo; wait=5',
    'foo="wait=5"',
    'foo="unterminated, wait=5',
  ])('is absent from %j', (prefer) => {
    expect(preferredWaitSeconds(prefer)).toBeUndefined();
  });

  it.each(['wait', 'wait=', 'wait=""', 'wait=-1', 'wait=1.5', 'wait=5s', 'wait="5', 'wait=a, wait=5'])(
    'is ignored when its first occurrence is malformed: %j',
    (prefer) => {
      expect(preferredWaitSeconds(prefer)).toBeUndefined();
    },
  );

  it('is undefined or a whole number for any header', () => {
    const pieces = fc.constantFrom('wait', '=', '"', '\\', ',', ';', ' ', '\t', '5', '-', 'é', '\n');
    const headers = fc.oneof(
      fc.string(),
      fc.array(pieces, { maxLength: 12 }).map((texts) => texts.join('')),
    );

    fc.assert(
      fc.property(headers, (prefer) => {
        const seconds = preferredWaitSeconds(prefer);
        expect(seconds === undefined || (Number.isInteger(seconds) && seconds >= 0)).toBe(true);
      }),
    );
  });

  it('is found in any list of preferences', () => {
    const token = fc.stringMatching(/^[a-z]{1,8}$/).filter((name) => name !== 'wait');
    const word = fc.oneof(
      token,
      fc.string().map((text) => JSON.stringify(text)),
    );
    const preference = fc.tuple(token, word).map((parts) => parts.join('='));
    const preferences = fc.array(preference, { maxLength: 3 });

    fc.assert(
      fc.property(preferences, fc.nat(), preferences, (before, seconds, after) => {
        const prefer = [...before, `wait=${seconds}`, ...after].join(', ');
        expect(preferredWaitSeconds(prefer)).toBe(seconds);
      }),
    );
  });

  it('takes no longer than linear time', () => {
    const hostile = ['wait=', '"\\', 'wait ', ';"', ',"', '\t'].map((piece) => piece.repeat(20_000));
    const startedAt = performance.now();

    for (const prefer of hostile) preferredWaitSeconds(`${prefer}x`);

    expect(performance.now() - startedAt).toBeLessThan(2000);
  });
});

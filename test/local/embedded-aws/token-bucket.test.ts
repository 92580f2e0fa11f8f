import { expect, it } from 'vitest';
import { VirtualClock } from '../../../local/clock.ts';
import { createTokenBucket } from '../../../local/embedded-aws/token-bucket.ts';

it('gives a burst of tokens, and then those that time refills, up to a burst', () => {
  const clock = new VirtualClock();
  const take = createTokenBucket({ burst: 3, perSecond: 2 }, clock);
  const takeAll = () => {
    let taken = 0;
    while (take()) taken += 1;
    return taken;
  };

  expect(takeAll()).toBe(3);
  clock.advance(400);
  expect(takeAll()).toBe(0);
  clock.advance(600);
  expect(takeAll()).toBe(2);
  clock.advance(60_000);
  expect(takeAll()).toBe(3);
});

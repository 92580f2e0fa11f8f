import { describe, expect, it } from 'vitest';
import { delayToNextRound } from '../../../../functions/core/batch/chunk-rounds.ts';

describe('the delay to the next round of a chunk', () => {
  it.each([
    [0, 20],
    [200, 20],
    [400, 20],
    [401, 21],
    [3600, 180],
    [24 * 3600, 4320],
  ])('is, at the age of %i s, %i s', (ageSeconds, delaySeconds) => {
    expect(delayToNextRound(ageSeconds)).toBe(delaySeconds);
  });
});

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { answerTexts, cuts, decode, decodeNaively } from './decoding.ts';

it.each([
  ['small ones', 200, 5000],
  ['some larger than a piece from the network', 200_000, 100],
  ['some larger than memory holds', 2_000_000, 5],
])('documents come out as JSON.parse and Buffer.from have them: %s', async (_, maxBytes, numRuns) => {
  await fc.assert(
    fc.asyncProperty(answerTexts(maxBytes), cuts, async (text, places) => {
      expect(await decode(text, places)).toEqual(decodeNaively(text));
    }),
    { numRuns },
  );
});

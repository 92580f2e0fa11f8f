import fc from 'fast-check';
import { expect, it } from 'vitest';
import { cuts, decode, decodeNaively, responseTexts } from './decoding.ts';

it.each([
  ['small documents', 200, 5000],
  ['documents larger than a network chunk', 200_000, 100],
  ['documents too large for memory', 2_000_000, 5],
])('decodes %s as JSON.parse and Buffer.from do', async (_, maxBytes, numRuns) => {
  await fc.assert(
    fc.asyncProperty(responseTexts(maxBytes), cuts, async (text, places) => {
      expect(await decode(text, places)).toEqual(decodeNaively(text));
    }),
    { numRuns },
  );
});

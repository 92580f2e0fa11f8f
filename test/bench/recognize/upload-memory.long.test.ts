import { expect, it } from 'vitest';
import { measureUploads } from '../../../bench/recognize/upload-memory.ts';
import { SUBMIT_IMAGE_MEMORY } from '../../../lib/submit-image-function.ts';

it('an image of 50 MB is uploaded within the memory of the deployed function', async () => {
  const { fast, slow } = await measureUploads({ fast: [2], slow: [1] }, () => {});

  for (const { firstPeakRssMB, warmPeakRssMB } of [fast, slow]) {
    expect(firstPeakRssMB).toBeGreaterThan(50);
    expect(warmPeakRssMB).toBeGreaterThanOrEqual(firstPeakRssMB);
    expect(warmPeakRssMB).toBeLessThan(SUBMIT_IMAGE_MEMORY.toBytes() / 1e6);
  }
  expect(fast.warmUploads).toBe(2);
});

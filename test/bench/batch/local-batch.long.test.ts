import { expect, it } from 'vitest';
import { measureLocalBatch } from '../../../bench/batch/local-batch.ts';

it('the local command collects every task of a list, and its time and memory are measured', async () => {
  const { seconds, peakRssMB } = await measureLocalBatch(60);

  // Each task is polled twice.
  expect(seconds).toBeGreaterThan(2);
  expect(peakRssMB).toBeGreaterThan(50);
});

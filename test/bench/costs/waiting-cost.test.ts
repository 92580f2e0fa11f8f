import { expect, it } from 'vitest';
import { costOfRequests, repeatedUsage, waitUsage } from '../../../bench/costs/waiting-cost.ts';

it('computes the cost of a wait from its requests, seconds, reads and slot', () => {
  const cost = costOfRequests({ requests: 1, lambdaSeconds: 10, recordReads: 8, slotWrites: 2 });

  expect(cost.httpApi * 1e6).toBeCloseTo(1, 6);
  expect(cost.lambda * 1e6).toBeCloseTo(0.2 + 10 * 0.25 * 13.3334, 6);
  expect(cost.dynamodb * 1e6).toBeCloseTo(8 * 0.125 + 2 * 0.625, 6);
  expect(cost.logs * 1e9).toBeCloseTo(0.5 * 1100, 6);
});

it('counts a wait until the end of the task, and at most 25 seconds', async () => {
  const short = await waitUsage(3);
  const long = await waitUsage(Number.POSITIVE_INFINITY);

  expect(short.lambdaSeconds).toBeGreaterThan(3.5);
  expect(short.lambdaSeconds).toBeLessThan(7.5);
  expect(long.lambdaSeconds).toBeCloseTo(25.1, 6);
  expect(long.recordReads).toBeGreaterThan(short.recordReads);
  expect(long.recordReads).toBeLessThan(30);
});

it('counts repeated requests from the start to the end', () => {
  expect(repeatedUsage(2, 25)).toMatchObject({ requests: 14, recordReads: 14, slotWrites: 0 });
});

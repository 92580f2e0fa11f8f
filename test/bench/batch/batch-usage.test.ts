import { expect, it } from 'vitest';
import {
  addUsage,
  type ChunkUsage,
  costOfBatch,
  NO_CHUNKS,
  usdPer1000Of,
} from '../../../bench/batch/batch-usage.ts';

const chunk = {
  chunks: 1,
  items: 50,
  stateTransitions: 4,
  invocations: 1,
  lambdaSeconds: 60,
  dynamodbReadUnits: 52,
  dynamodbWriteUnits: 250,
  s3Puts: 101,
  s3Gets: 1,
  polls: 180,
  uploads: 10,
};
/** A batch so large that what it uses only once does not matter. */
const CHUNKS = 2 ** 30;
const usage = Array.from({ length: 30 }).reduce<ChunkUsage>((sum) => addUsage(sum, sum), chunk);

it('the cost of a batch is the sum of list prices for the usage of its chunks', () => {
  const expected = {
    stepFunctions: 4 * 25,
    // 512 MB.
    lambda: 0.2 + 30 * 13.3334,
    dynamodb: 52 * 0.125 + 250 * 0.625,
    // close-batch reads the result lines of the chunk.
    s3: 101 * 5 + 2 * 0.4,
    // The terminal events, and those of the bucket.
    eventbridge: 50 + 101,
    // 17 events of the history, an invocation, polls, uploads and ends.
    logs: ((17 * 400 + 400 + 2150 + 10 * 640 + 50 * 615) / 1e9) * 0.5e6,
    xray: 5,
  };

  const millionths = Object.entries(costOfBatch(usage)).map(([service, usd]) => [
    service,
    (usd * 1e6) / CHUNKS,
  ]);

  expect(Object.fromEntries(millionths)).toEqual(
    Object.fromEntries(Object.entries(expected).map(([service, usd]) => [service, expect.closeTo(usd, 3)])),
  );
  const sum = Object.values(expected).reduce((total, usd) => total + usd, 0);
  expect(usdPer1000Of(usage)).toBeCloseTo((sum / 1e6 / 50) * 1000, 6);
});

it('the batch itself adds less than a fiftieth to the cost of 100,000 items', () => {
  const batch = Array.from({ length: 2000 }, () => chunk).reduce(addUsage, NO_CHUNKS);

  const share = usdPer1000Of(batch) / usdPer1000Of(usage);

  expect(share).toBeGreaterThan(1);
  expect(share).toBeLessThan(1.02);
});

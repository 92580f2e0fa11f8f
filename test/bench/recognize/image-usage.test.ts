import { expect, it } from 'vitest';
import { costOfImage, usdOfImage } from '../../../bench/recognize/image-usage.ts';

it('the cost of an image is the sum of list prices for its usage', () => {
  const usage = {
    stateTransitions: 4,
    invocations: 3,
    gigabyteSeconds: 2,
    dynamodbReadUnits: 6,
    dynamodbWriteUnits: 15,
    s3Puts: 3,
    s3Gets: 5,
    polls: 2,
  };
  const expected = {
    stepFunctions: 4 * 25,
    lambda: 3 * 0.2 + 2 * 13.3334,
    dynamodb: 6 * 0.125 + 15 * 0.625,
    s3: 3 * 5 + 5 * 0.4,
    // Sent, received and deleted.
    sqs: 3 * 0.4,
    // The terminal event, and the events of the bucket about three objects and the tags.
    eventbridge: 5,
    // 17 events of the history, three invocations, two polls, a start, an upload and an end.
    logs: ((17 * 400 + 3 * 400 + 2 * 560 + 1400 + 1200) / 1e9) * 0.5e6,
    xray: 5,
  };

  const millionths = Object.entries(costOfImage(usage)).map(([service, usd]) => [service, usd * 1e6]);

  expect(Object.fromEntries(millionths)).toEqual(
    Object.fromEntries(Object.entries(expected).map(([service, usd]) => [service, expect.closeTo(usd, 6)])),
  );
  const sum = Object.values(expected).reduce((total, usd) => total + usd, 0);
  expect(usdOfImage(usage) * 1e6).toBeCloseTo(sum, 6);
});

import { describe, expect, it } from 'vitest';
import { costOf, maxKeyCostOf, usdOf } from '../../../bench/costs/task-cost.ts';

const usage = {
  stateTransitions: 3,
  invocations: 1,
  lambdaSeconds: 4,
  recordReads: 1,
  recordWrites: 3,
  objectsPut: 2,
  polls: 2,
};

describe('the cost of a task', () => {
  it('is the sum of list prices for its usage', () => {
    const millionths = Object.entries(costOf(usage)).map(([service, usd]) => [service, usd * 1e6]);

    const expected = {
      stepFunctions: 3 * 25,
      lambda: 0.2 + 4 * 0.25 * 13.3334,
      dynamodb: 1 * 0.125 + (3 * 2 + 1) * 0.625,
      s3: 2 * 5,
      // The terminal event, and those of the bucket.
      eventbridge: 3,
      // 14 events of the history, one invocation, two polls, one end.
      logs: ((14 * 400 + 400 + 2 * 560 + 1200) / 1e9) * 0.5e6,
      xray: 5,
    };
    expect(Object.fromEntries(millionths)).toEqual(
      Object.fromEntries(Object.entries(expected).map(([service, usd]) => [service, expect.closeTo(usd, 6)])),
    );
    const sum = Object.values(expected).reduce((total, usd) => total + usd, 0);
    expect(usdOf(usage) * 1e6).toBeCloseTo(sum, 6);
  });

  it('does not include reads of the secret and the key, of which each invocation makes at most one', () => {
    const { secretsManager, kms } = maxKeyCostOf({ ...usage, invocations: 10_000 });

    expect(secretsManager).toBeCloseTo(0.05, 6);
    expect(kms).toBeCloseTo(0.03, 6);
    expect(costOf(usage)).not.toHaveProperty('kms');
  });

  it('is the same for a wait in the state machine as for a hold of some 20 seconds', () => {
    const waited = { ...usage, stateTransitions: 6, invocations: 2, recordReads: 2, recordWrites: 4 };
    const held = { ...usage, lambdaSeconds: usage.lambdaSeconds + 24 };

    expect(usdOf(waited) / usdOf(held)).toBeCloseTo(1, 1);
  });
});

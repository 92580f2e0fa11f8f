import { describe, expect, test } from 'vitest';
import { costOf, usdOf } from '../../lib/task-cost.ts';

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
  test('is what AWS lists for what it uses', () => {
    const cost = costOf(usage);

    // By hand, in millionths of a dollar.
    const expected = {
      stepFunctions: 3 * 25,
      lambda: 0.2 + 4 * 0.25 * 13.3334,
      dynamodb: 1 * 0.125 + (3 * 2 + 1) * 0.625,
      s3: 2 * 5,
      eventbridge: 1,
      // 14 events of the history, one invocation, two polls, one end.
      logs: ((14 * 400 + 400 + 2 * 560 + 1200) / 1e9) * 0.5e6,
      xray: 5,
    };
    for (const [service, usd] of Object.entries(cost)) {
      expect(usd * 1e6).toBeCloseTo(Reflect.get(expected, service), 6);
    }
    expect(Object.keys(cost).sort()).toEqual(Object.keys(expected).sort());
  });

  test('is the sum of its services', () => {
    const sum = Object.values(costOf(usage)).reduce((total, usd) => total + usd, 0);
    expect(usdOf(usage)).toBe(sum);
  });

  test('is for a wait in the state machine that of some 20 seconds held', () => {
    const waited = { ...usage, stateTransitions: 6, invocations: 2, recordReads: 2, recordWrites: 4 };
    const held = { ...usage, lambdaSeconds: usage.lambdaSeconds + 24 };

    expect(usdOf(waited) / usdOf(held)).toBeCloseTo(1, 1);
  });
});

import { describe, expect, test } from 'vitest';
import { logNormal, poissonArrivals } from '../../bench/scale/chance.ts';
import { EventQueue } from '../../bench/scale/event-queue.ts';
import { NO_QUOTAS, type Quotas } from '../../bench/scale/quotas.ts';
import { binding, tasksPerSecond } from '../../bench/scale/scale-page.ts';
import { type Simulation, simulate } from '../../bench/scale/simulate.ts';
import { TokenBucket } from '../../bench/scale/token-bucket.ts';
import { seededRandom } from '../../bench/seeded-random.ts';
import { type PollingOverrides, resolvePolicy } from '../../functions/core/polling-policy.ts';
import { TYPICAL_SECONDS, walkTask } from '../../lib/task-walk.ts';

const HALF = () => 0.5;
const BACKOFF = { intervalSeconds: 2, rate: 2, maxDelaySeconds: 60, maxAttempts: 1000 };

/** Tasks that Aspose completes after so many seconds, with chance halfway. */
function simulated(
  arrivals: readonly number[],
  durationSeconds: number,
  options: {
    readonly polling?: PollingOverrides;
    readonly quotas?: Partial<Quotas>;
    readonly maxAttempts?: number;
    readonly vendorPollsPerSecond?: number;
  } = {},
): Simulation {
  const { polling = {}, quotas, maxAttempts, ...rest } = options;
  return simulate({
    load: { arrivals, durationSeconds: () => durationSeconds },
    policy: resolvePolicy({ preset: 'balanced' }, polling),
    quotas: { ...NO_QUOTAS, ...quotas },
    throttleBackoff: { ...BACKOFF, ...(maxAttempts !== undefined && { maxAttempts }) },
    random: HALF,
    ...rest,
  });
}

describe('the simulation', () => {
  test.each([
    ['held', 3, {}],
    ['waited for', 300, {}],
    ['never held', 20, { holdSeconds: 0 }],
  ])('makes of one task alone what the walk makes of it: %s', (_, durationSeconds, polling) => {
    const walk = walkTask(resolvePolicy({ preset: 'balanced' }, polling), {
      answer: (elapsedSeconds) => (elapsedSeconds >= durationSeconds ? 'Completed' : 'Alive'),
      random: HALF,
      ...TYPICAL_SECONDS,
    });

    const { perTask, lost, untilNearlyAll, meanDelay, peakConcurrency } = simulated([0], durationSeconds, {
      polling,
    });

    expect(perTask).toMatchObject({
      polls: walk.polls,
      stateTransitions: walk.stateTransitions,
      tableWrites: walk.recordWrites,
      // The claim, and each poll; the last one's is the end's.
      partitionWrites: 1 + walk.polls,
    });
    expect(perTask.lambdaSeconds).toBeCloseTo(walk.lambdaSeconds, 6);
    expect(untilNearlyAll).toBeCloseTo(walk.seconds, 6);
    expect(meanDelay).toBeCloseTo(walk.seconds - durationSeconds, 6);
    expect([lost, peakConcurrency]).toEqual([0, 1]);
  });

  test('starts tasks as StartExecution lets them', () => {
    const { meanStartDelay } = simulated([0, 0, 0, 0, 0], 1, {
      quotas: { startExecution: { bucket: 2, perSecond: 1 } },
    });

    expect(meanStartDelay).toBe((0 + 0 + 1 + 2 + 3) / 5);
  });

  test('runs no more invocations at once than there may be, and lets the others come back', () => {
    const free = simulated([0, 0, 0], 1);
    const bounded = simulated([0, 0, 0], 1, { quotas: { lambdaConcurrency: 1 } });

    expect(free).toMatchObject({ peakConcurrency: 3, throttledInvocations: 0 });
    expect(bounded).toMatchObject({ peakConcurrency: 1, lost: 0 });
    expect(bounded.throttledInvocations).toBeGreaterThanOrEqual(3);
    // Each attempt is charged.
    expect(3 * (bounded.perTask.stateTransitions - free.perTask.stateTransitions)).toBeCloseTo(
      bounded.throttledInvocations,
      6,
    );
    expect(bounded.meanDelay).toBeGreaterThan(free.meanDelay);
  });

  test('makes new environments no faster than Lambda does, and uses those that are free', () => {
    const lambdaScaling = { bucket: 1, perSecond: 0.001 };
    const { peakConcurrency, throttledInvocations } = simulated([0, 100, 200], 1, {
      quotas: { lambdaScaling },
    });
    const together = simulated([0, 0], 1, { quotas: { lambdaScaling } });

    expect([peakConcurrency, throttledInvocations]).toEqual([1, 0]);
    expect(together.peakConcurrency).toBe(1);
    expect(together.throttledInvocations).toBeGreaterThan(0);
  });

  test('loses a task that is throttled more often than it is repeated', () => {
    const { lost } = simulated([0, 0], 50, { quotas: { lambdaConcurrency: 1 }, maxAttempts: 2 });

    expect(lost).toBe(1);
  });

  test('lets states wait for transitions', () => {
    const stateTransition = { bucket: 1, perSecond: 0.1 };
    const alone = simulated([0], 1);
    const waiting = simulated([0], 1, { quotas: { stateTransition } });

    // Two more states, 10 s each, of which the poll's time has brought some.
    expect(waiting.meanDelay).toBeGreaterThan(alone.meanDelay + 15);
    expect(waiting.meanDelay).toBeLessThan(alone.meanDelay + 20);
  });

  test('loses the tasks of an Aspose that refuses every poll, after twelve of them', () => {
    const { lost, perTask } = simulated([0, 10], 1, { vendorPollsPerSecond: 0 });

    expect(lost).toBe(2);
    expect(perTask.polls).toBe(12);
  });

  test('counts the seconds in which the index partition has too much', () => {
    const dynamodbPartitionWritesPerSecond = 5;
    const few = simulated([0, 10, 20], 1, { quotas: { dynamodbPartitionWritesPerSecond } });
    const many = simulated(Array(20).fill(0), 1, { quotas: { dynamodbPartitionWritesPerSecond } });

    expect(few.secondsOverPartitionQuota).toBe(0);
    expect(many.secondsOverPartitionQuota).toBeGreaterThan(0);
    expect(many.peakPerSecond.partitionWrites).toBeGreaterThanOrEqual(20);
  });

  test('has as many invocations at once as Little says', () => {
    const perSecond = 50;
    const { peakConcurrency, perTask } = simulated(
      Array.from({ length: 2000 }, (_, n) => n / perSecond),
      3,
    );

    expect(peakConcurrency / (perSecond * perTask.lambdaSeconds)).toBeCloseTo(1, 1);
  });
});

test('what a quota lets through is its rate by what a task uses, and the least binds', () => {
  const simulation = simulated([0], 3);
  const { lambdaSeconds, stateTransitions } = simulation.perTask;
  const quotas = {
    ...NO_QUOTAS,
    lambdaConcurrency: 100,
    stateTransition: { bucket: 1, perSecond: 600 },
    startExecution: { bucket: 1, perSecond: 300 },
  };

  const rates = tasksPerSecond(simulation, quotas);

  expect(rates.get('Lambda concurrency')).toBe(100 / lambdaSeconds);
  expect(rates.get('state transitions')).toBe(600 / stateTransitions);
  expect(rates.get('StartExecution')).toBe(300);
  expect(binding(simulation, quotas)).toEqual(['Lambda concurrency', 100 / lambdaSeconds]);
});

test('a token bucket gives its tokens at once, then at its rate, and fills up again', () => {
  const bucket = new TokenBucket({ bucket: 2, perSecond: 4 });

  expect([0, 0, 0, 0, 10, 10, 10].map((at) => bucket.take(at))).toEqual([0, 0, 0.25, 0.5, 10, 10, 10.25]);
  expect(new TokenBucket({ bucket: 1, perSecond: 1 }).tryTake(0)).toBe(true);
});

test('an event queue gives the earliest first', () => {
  const random = seededRandom(7);
  const queue = new EventQueue<number>();
  const times = Array.from({ length: 500 }, () => Math.floor(random() * 100));
  for (const at of times) queue.push(at, at);
  const taken: number[] = [];

  while (queue.next((at, thing) => taken.push(at === thing ? at : Number.NaN)));

  expect(taken).toEqual(times.toSorted((a, b) => a - b));
});

test('durations have the median and the 99th percentile they are drawn for, arrivals their rate', () => {
  const random = seededRandom(3);
  const draw = logNormal(3, 60, random);
  const drawn = Array.from({ length: 20_000 }, draw).sort((a, b) => a - b);

  expect((drawn[10_000] ?? 0) / 3).toBeCloseTo(1, 1);
  expect((drawn[19_800] ?? 0) / 60).toBeCloseTo(1, 0);
  expect((poissonArrivals(20_000, 10, random).at(-1) ?? 0) / 2000).toBeCloseTo(1, 1);
});

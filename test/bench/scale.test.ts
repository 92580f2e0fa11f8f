import { describe, expect, it } from 'vitest';
import { logNormal } from '../../bench/polling/durations.ts';
import { chunkEnds, simulatePaces } from '../../bench/scale/batch-pace.ts';
import { LARGE_REGION, NO_QUOTAS, type Quotas, tasksPerSecond } from '../../bench/scale/quotas.ts';
import { poissonArrivals } from '../../bench/scale/scale.ts';
import { Scheduler, TokenBucket } from '../../bench/scale/scheduler.ts';
import { type SimulationProps, simulate } from '../../bench/scale/simulate.ts';
import { seededRandom } from '../../bench/seeded-random.ts';
import { typicalTask } from '../../bench/simulated-collection.ts';
import { THROTTLE_BACKOFF } from '../../lib/state-retries.ts';

type Options = Pick<Partial<SimulationProps>, 'polling' | 'vendorPollsPerSecond'> & {
  readonly quotas?: Partial<Quotas>;
};

/** Simulates tasks that Aspose completes after this time, with all random numbers in the middle. */
function simulateTasks(arrivals: readonly number[], durationSeconds: number, options: Options = {}) {
  return simulate({
    arrivals,
    durationSeconds: () => durationSeconds,
    random: () => 0.5,
    vendorPollsPerSecond: null,
    ...options,
    polling: { preset: 'balanced', ...options.polling },
    quotas: { ...NO_QUOTAS, ...options.quotas },
  });
}

describe('the simulation', () => {
  it.each([
    ['is held', 3, {}],
    ['is waited for', 300, {}],
    ['is never held', 20, { holdSeconds: 0 }],
  ])('counts for a single task that %s what its collection uses', async (_, durationSeconds, polling) => {
    const usage = await typicalTask({ preset: 'balanced', ...polling }, durationSeconds);

    const { perTask, lost, peakConcurrency } = await simulateTasks([0], durationSeconds, { polling });

    expect(perTask).toMatchObject({
      polls: usage.polls,
      stateTransitions: usage.stateTransitions,
      tableWrites: usage.recordWrites,
      // The claim and each poll. The write after the last poll is that of the end.
      partitionWrites: 1 + usage.polls,
    });
    expect(perTask.lambdaSeconds).toBeCloseTo(usage.lambdaSeconds, 6);
    expect([lost, peakConcurrency]).toEqual([0, 1]);
  });

  it('measures the delay from the completion of a task to its event', async () => {
    // The first poll is sent 1.5 s after the start; the poll takes 0.3 s and storing 0.2 s.
    const { meanDelay, untilNearlyAll } = await simulateTasks([0], 1);

    expect(untilNearlyAll).toBeCloseTo(2, 6);
    expect(meanDelay).toBeCloseTo(1, 6);
  });

  it('starts tasks at the rate that StartExecution allows', async () => {
    const { meanStartDelay } = await simulateTasks([0, 0, 0, 0, 0], 1, {
      quotas: { startExecution: { bucket: 2, perSecond: 1 } },
    });

    expect(meanStartDelay).toBe((0 + 0 + 1 + 2 + 3) / 5);
  });

  it('limits concurrent invocations and retries the others', async () => {
    const free = await simulateTasks([0, 0, 0], 1);
    const limited = await simulateTasks([0, 0, 0], 1, { quotas: { lambdaConcurrency: 1 } });

    expect(free).toMatchObject({ peakConcurrency: 3, throttledInvocations: 0 });
    expect(limited).toMatchObject({ peakConcurrency: 1, lost: 0 });
    expect(limited.throttledInvocations).toBeGreaterThanOrEqual(3);
    // Each attempt is a state transition.
    expect(3 * (limited.perTask.stateTransitions - free.perTask.stateTransitions)).toBeCloseTo(
      limited.throttledInvocations,
      6,
    );
    expect(limited.meanDelay).toBeGreaterThan(free.meanDelay);
  });

  it('creates environments as fast as Lambda does and reuses free ones', async () => {
    const lambdaScaling = { bucket: 1, perSecond: 0.001 };
    const { peakConcurrency, throttledInvocations } = await simulateTasks([0, 100, 200], 1, {
      quotas: { lambdaScaling },
    });
    const together = await simulateTasks([0, 0], 1, { quotas: { lambdaScaling } });

    expect([peakConcurrency, throttledInvocations]).toEqual([1, 0]);
    expect(together.peakConcurrency).toBe(1);
    expect(together.throttledInvocations).toBeGreaterThan(0);
  });

  it('loses a task that is throttled more often than it is retried', async () => {
    const { lost, throttledInvocations } = await simulateTasks([0], 50, { quotas: { lambdaConcurrency: 0 } });

    expect(lost).toBe(1);
    expect(throttledInvocations).toBe(1 + THROTTLE_BACKOFF.maxAttempts);
  });

  it('makes states wait for transitions', async () => {
    const stateTransition = { bucket: 1, perSecond: 0.1 };
    const alone = await simulateTasks([0], 1);
    const waiting = await simulateTasks([0], 1, { quotas: { stateTransition } });

    // Two more states of 10 s each. The bucket has refilled a little during the poll.
    expect(waiting.meanDelay).toBeGreaterThan(alone.meanDelay + 15);
    expect(waiting.meanDelay).toBeLessThan(alone.meanDelay + 20);
  });

  it('loses tasks after twelve polls if Aspose rejects every poll', async () => {
    const { lost, perTask } = await simulateTasks([0, 10], 1, { vendorPollsPerSecond: 0 });

    expect(lost).toBe(2);
    expect(perTask.polls).toBe(12);
  });

  it('counts the seconds in which the index partitions exceed their quota', async () => {
    const quotas = { openIndexWritesPerSecond: 5 };
    const few = await simulateTasks([0, 10, 20], 1, { quotas });
    const many = await simulateTasks(Array(20).fill(0), 1, { quotas });

    expect(few.secondsOverPartitionQuota).toBe(0);
    expect(many.secondsOverPartitionQuota).toBeGreaterThan(0);
    expect(many.peakPerSecond['partitionWrites']).toBeGreaterThanOrEqual(20);
  });

  it("has as many concurrent invocations as Little's law predicts", async () => {
    const perSecond = 50;
    const arrivals = Array.from({ length: 2000 }, (_, n) => n / perSecond);
    const { peakConcurrency, perTask } = await simulateTasks(arrivals, 3);

    expect(peakConcurrency / (perSecond * perTask.lambdaSeconds)).toBeCloseTo(1, 1);
  });
});

it('computes the rate that each quota allows from the usage of a task', async () => {
  const simulation = await simulateTasks([0], 3);
  const { lambdaSeconds, stateTransitions } = simulation.perTask;

  const rates = tasksPerSecond(simulation.perTask, {
    ...NO_QUOTAS,
    lambdaConcurrency: 100,
    stateTransition: { bucket: 1, perSecond: 600 },
    startExecution: { bucket: 1, perSecond: 300 },
  });

  expect(rates.get('Lambda concurrency')).toBe(100 / lambdaSeconds);
  expect(rates.get('state transitions')).toBe(600 / stateTransitions);
  expect(rates.get('starts of executions')).toBe(300);
});

it('a token bucket grants its tokens immediately, then at its rate, and refills', () => {
  const bucket = new TokenBucket({ bucket: 2, perSecond: 4 });

  expect([0, 0, 0, 0, 10, 10, 10].map((at) => bucket.take(at))).toEqual([0, 0, 0.25, 0.5, 10, 10, 10.25]);
  expect(new TokenBucket({ bucket: 1, perSecond: 1 }).tryTake(0)).toBe(true);
});

it('a scheduler continues the earliest process first', async () => {
  const random = seededRandom(7);
  const scheduler = new Scheduler();
  const continued: number[] = [];
  async function* process(start: number) {
    for (let at = start; at < 5; at += 0.02 * random()) {
      yield at;
      continued.push(at);
    }
  }
  for (let n = 0; n < 20; n += 1) {
    const start = random();
    scheduler.add(start, process(start));
  }

  await scheduler.runAll();

  expect(continued.length).toBeGreaterThan(5000);
  expect(continued).toEqual(continued.toSorted((a, b) => a - b));
});

it('arrivals have the requested rate', () => {
  const arrivals = poissonArrivals(20_000, 10)(seededRandom(3));

  expect((arrivals.at(-1) ?? 0) / 2000).toBeCloseTo(1, 1);
});

it('the chunks of a batch start as soon as others have ended', () => {
  const chunkSeconds = [10, 20, 5, 5, 30];

  expect(chunkEnds(1, chunkSeconds)).toEqual([10, 30, 35, 40, 70]);
  expect(chunkEnds(2, chunkSeconds)).toEqual([10, 20, 15, 20, 50]);
  expect(chunkEnds(5, chunkSeconds)).toEqual(chunkSeconds);
});

it('a batch uses a start and a few transitions for each chunk, and two PUTs for each task', async () => {
  const { perTask, paces } = await simulatePaces(logNormal(3, 20), 500, () => {});

  expect(perTask.executionStarts).toBe(7 / 500);
  expect(perTask.stateTransitions).toBeGreaterThanOrEqual((4 * 7) / 500);
  expect(perTask.stateTransitions).toBeLessThan(0.2);
  expect(perTask.s3Puts).toBeGreaterThan(2);
  // Seven chunks all run at once.
  expect(new Set(paces.map(({ untilAll }) => untilAll)).size).toBe(1);
  const rates = tasksPerSecond(perTask, LARGE_REGION);
  expect(rates.get('starts of executions')).toBeCloseTo((300 * 500) / 7);
  expect(rates.get('PutEvents')).toBe(10_000);
});

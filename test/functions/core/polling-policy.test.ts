import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_PRESET, POLLING_PRESETS } from '../../../functions/contracts/polling-presets.ts';
import { MAX_HOLD_SECONDS, MAX_POLLS } from '../../../functions/contracts/task-input.ts';
import {
  deadlineSeconds,
  nextCheck,
  nextPoll,
  type PollContext,
  type PollingPolicy,
  PRESETS,
  RESULT_LIFETIME_SECONDS,
  resolvePolicy,
  SPREAD_SECONDS,
} from '../../../functions/core/polling-policy.ts';

function aSituation(details: Partial<PollContext> = {}): PollContext {
  return {
    attempts: 0,
    elapsedSeconds: 0,
    resultLostAfterSeconds: RESULT_LIFETIME_SECONDS,
    submittedBeforeStartSeconds: 0,
    faultsInARow: 0,
    ...details,
  };
}

const round = (seconds: number) => Math.round(seconds * 100) / 100;

/** The delays of a task that stays Pending to its end, and why it ended; polls themselves take no time. */
function pollToTheEnd(policy: PollingPolicy, details: Partial<PollContext> = {}, random = 0.5) {
  const held: number[] = [];
  const waited: number[] = [];
  let elapsedSeconds = details.elapsedSeconds ?? 0;
  for (let attempts = 0; ; attempts += 1) {
    const next = nextPoll(policy, aSituation({ ...details, attempts, elapsedSeconds }), random);
    if (next.kind === 'Stop') return { held, waited, reason: next.reason, elapsedSeconds, polls: attempts };
    (next.hold ? held : waited).push(round(next.delaySeconds));
    elapsedSeconds += next.delaySeconds;
  }
}

describe('resolvePolicy', () => {
  it('is the default preset where nobody asks for anything', () => {
    expect(resolvePolicy({})).toEqual(PRESETS[DEFAULT_PRESET]);
  });

  it.each(POLLING_PRESETS)('is the preset %s where the stack asks for it', (preset) => {
    expect(resolvePolicy({ preset })).toEqual(PRESETS[preset]);
  });

  it("lays the task's values over the stack's, and those over the preset", () => {
    const policy = resolvePolicy({ preset: 'frugal', maxPolls: 7, timeoutSeconds: 60 }, { maxPolls: 9 });

    expect(policy).toEqual({ ...PRESETS.frugal, timeoutSeconds: 60, maxPolls: 9 });
  });

  it("drops the stack's values where the task names a preset of its own", () => {
    expect(resolvePolicy({ preset: 'frugal', maxPolls: 7, holdSeconds: 0 }, { preset: 'eager' })).toEqual(
      PRESETS.eager,
    );
  });

  it('takes zero for a value, not for its absence', () => {
    expect(resolvePolicy({ holdSeconds: 30 }, { holdSeconds: 0, firstPollDelaySeconds: 0 })).toMatchObject({
      holdSeconds: 0,
      firstPollDelaySeconds: 0,
    });
  });
});

describe('nextPoll', () => {
  // docs/design.md: a gap is gapSeconds times the fourth root of the age, or gapShare of it (a growing one past ten minutes); after the hold in whole seconds
  // and within its bounds. The last poll falls into the second before the deadline.
  const pendingForTenMinutes = {
    frugal: {
      firstHeld: [2.5, 2.51, 2.99, 3.36, 3.67, 3.94, 4.17, 4.39],
      held: 29,
      waited: [20, 20, 20, 20, 22, 24, 26, 28, 30, 32, 35, 38, 41, 44, 12],
    },
    balanced: {
      firstHeld: [1.5, 1.49, 1.78, 2, 2.18, 2.33, 2.47, 2.6],
      held: 52,
      waited: [
        ...Array(26).fill(8),
        ...[9, 9, 9, 9, 9, 9, 10, 10, 10, 10, 10, 11, 11, 11, 11, 12, 12, 12, 12],
      ],
    },
    eager: {
      firstHeld: [0.9, 0.85, 0.98, 1.09, 1.19, 1.27, 1.35, 1.41],
      held: 81,
      waited: [
        ...Array(11).fill(5),
        ...[6, 6, 6, 6, 6, 6, 6, 6, 6, 7, 7, 7, 7, 7, 7, 7, 8, 8, 8, 8, 8, 8, 9, 9, 9, 9, 9, 9],
        ...[10, 10, 10, 10, 10, 11, 11, 11, 11, 12, 12, 12, 12, 1],
      ],
    },
  } as const;

  it.each(POLLING_PRESETS)('%s: the delays of a task that stays Pending for ten minutes', (preset) => {
    const { held, waited, reason } = pollToTheEnd(resolvePolicy({ preset, timeoutSeconds: 600 }));

    expect({ firstHeld: held.slice(0, 8), held: held.length, waited, reason }).toEqual({
      ...pendingForTenMinutes[preset],
      reason: 'Deadline',
    });
  });

  it.each([
    ['frugal', 86],
    ['balanced', 201],
    ['eager', 255],
  ] as const)(
    '%s: a task that stays Pending for 24 hours costs %d polls, with room for faults',
    (preset, polls) => {
      const policy = resolvePolicy({ preset });

      const end = pollToTheEnd(policy);

      expect(end).toMatchObject({ polls, reason: 'Deadline' });
      expect(polls).toBeLessThan(policy.maxPolls * 0.65);
    },
  );

  it('waits outside the invocation from the first poll on when nothing may be held', () => {
    const { held, waited } = pollToTheEnd(resolvePolicy({ holdSeconds: 0, timeoutSeconds: 60 }));

    // The first delay is over the second that is slept through in any case.
    expect({ held, waited }).toEqual({ held: [], waited: [2, 8, 8, 8, 8, 8, 8, 8, 2] });
  });

  it('sleeps through a delay of a second at most, as no Wait state is worth it', () => {
    const policy = resolvePolicy({ holdSeconds: 0, firstPollDelaySeconds: 0.4 });

    expect(nextPoll(policy, aSituation(), 0.5)).toEqual({ kind: 'Poll', delaySeconds: 0.9, hold: true });
  });

  it('polls a task with a late first poll outside the invocation, at that time', () => {
    const policy = resolvePolicy({ firstPollDelaySeconds: 1800 });

    expect(nextPoll(policy, aSituation(), 0)).toEqual({ kind: 'Poll', delaySeconds: 1800, hold: false });
  });

  it('spreads the first polls of a herd over a second', () => {
    const policy = resolvePolicy({ firstPollDelaySeconds: 2 });

    const delays = [0, 0.25, 0.75, 0.999].map((random) => nextPoll(policy, aSituation(), random));

    expect(delays).toEqual(
      [2, 2.25, 2.75, 2.999].map((delaySeconds) => ({ kind: 'Poll', delaySeconds, hold: true })),
    );
    expect(SPREAD_SECONDS).toBe(1);
  });

  it('keeps the later polls of a herd apart by a tenth either way', () => {
    const policy = resolvePolicy({});
    const situation = aSituation({ attempts: 4, elapsedSeconds: 16 });

    const delays = [0, 0.5, 1].map((random) => nextPoll(policy, situation, random));

    expect(delays.map((next) => next.kind === 'Poll' && round(next.delaySeconds))).toEqual([2.43, 2.7, 2.97]);
  });

  it.each([
    ['none passed yet', 0, 10.5],
    ['a part has passed', 4, 6.5],
    ['all of it has passed', 10, 0.5],
    ['far more has passed', 5000, 0.5],
  ])('counts the first delay from the submission: %s', (_, submittedBeforeStartSeconds, delaySeconds) => {
    const policy = resolvePolicy({ firstPollDelaySeconds: 10 });

    expect(nextPoll(policy, aSituation({ submittedBeforeStartSeconds }), 0.5)).toMatchObject({
      delaySeconds,
    });
  });

  it('counts what the start itself has taken against the first delay', () => {
    const policy = resolvePolicy({ firstPollDelaySeconds: 10 });

    expect(nextPoll(policy, aSituation({ elapsedSeconds: 3 }), 0)).toMatchObject({ delaySeconds: 7 });
  });

  it('reckons with the age of a task that was started late, but holds from its start', () => {
    const situation = aSituation({ attempts: 4, elapsedSeconds: 16, submittedBeforeStartSeconds: 584 });

    expect(nextPoll(resolvePolicy({}), situation, 0.5)).toEqual({
      kind: 'Poll',
      delaySeconds: 12,
      hold: true,
    });
  });

  it('makes no gap shorter in the first second', () => {
    const delays = [0.1, 1].map((elapsedSeconds) =>
      nextPoll(resolvePolicy({}), aSituation({ attempts: 1, elapsedSeconds }), 0.5),
    );

    expect(delays).toMatchObject([{ delaySeconds: 1.35 }, { delaySeconds: 1.35 }]);
  });

  it('holds while the next poll falls within the hold, and waits from then on', () => {
    const policy = resolvePolicy({ holdSeconds: 18.7 });

    const atTheEdge = nextPoll(policy, aSituation({ attempts: 4, elapsedSeconds: 16 }), 0.5);
    const beyondIt = nextPoll(policy, aSituation({ attempts: 4, elapsedSeconds: 16.01 }), 0.5);

    expect([atTheEdge, beyondIt]).toEqual([
      { kind: 'Poll', delaySeconds: 2.7, hold: true },
      { kind: 'Poll', delaySeconds: 8, hold: false },
    ]);
  });

  it.each([
    [20, true],
    [20.001, false],
  ])('sleeps through %d s: %s, as longer ones cost more than a Wait state', (seconds, hold) => {
    const policy = resolvePolicy({ firstPollDelaySeconds: seconds });

    expect(nextPoll(policy, aSituation(), 0)).toMatchObject({ hold });
  });

  it('puts the last poll on the deadline: the result may have come in the last gap', () => {
    const policy = resolvePolicy({ timeoutSeconds: 910 });

    expect(nextPoll(policy, aSituation({ attempts: 40, elapsedSeconds: 900 }), 0.5)).toEqual({
      kind: 'Poll',
      delaySeconds: 10,
      hold: false,
    });
  });

  it('never rounds a wait up past the deadline', () => {
    // Wanted: 0.02 * 680 = 13.6 s; left: 13.9 s.
    const policy = resolvePolicy({ timeoutSeconds: 693.9 });

    const next = nextPoll(policy, aSituation({ attempts: 30, elapsedSeconds: 680 }), 0.5);

    expect(next).toEqual({ kind: 'Poll', delaySeconds: 13, hold: false });
  });

  it.each([0.999, 0, -50])('stops after the deadline: %d s left', (leftSeconds) => {
    const situation = aSituation({ attempts: 1, elapsedSeconds: 100 - leftSeconds });

    expect(nextPoll(resolvePolicy({ timeoutSeconds: 100 }), situation, 0)).toEqual({
      kind: 'Stop',
      reason: 'Deadline',
    });
  });

  it('lets the life of the result set the deadline when it ends before the timeout', () => {
    const policy = resolvePolicy({});
    const submittedTwentyHoursAgo = aSituation({
      submittedBeforeStartSeconds: 72_000,
      resultLostAfterSeconds: 14_400,
    });

    const { elapsedSeconds, reason } = pollToTheEnd(policy, submittedTwentyHoursAgo);

    expect(deadlineSeconds(policy, submittedTwentyHoursAgo)).toBe(14_400);
    expect(reason).toBe('Deadline');
    expect(elapsedSeconds).toBeGreaterThan(14_399);
    expect(elapsedSeconds).toBeLessThanOrEqual(14_400);
  });

  it('polls once, at once, a task that was submitted more than 24 hours ago', () => {
    const lost = { submittedBeforeStartSeconds: 90_000, resultLostAfterSeconds: -3600 };

    expect(pollToTheEnd(resolvePolicy({}), lost)).toEqual({
      held: [0],
      waited: [],
      reason: 'Deadline',
      elapsedSeconds: 0,
      polls: 1,
    });
  });

  it('ends on the poll budget, be it a single poll', () => {
    const policy = resolvePolicy({ maxPolls: 1, firstPollDelaySeconds: 0 });

    expect(pollToTheEnd(policy)).toMatchObject({ polls: 1, reason: 'PollBudget' });
  });

  it('names the deadline when both deadline and budget are reached', () => {
    const situation = aSituation({ attempts: 2, elapsedSeconds: 60 });

    expect(nextPoll(resolvePolicy({ maxPolls: 2, timeoutSeconds: 60 }), situation, 0)).toMatchObject({
      reason: 'Deadline',
    });
  });

  it('rests longer with each fault in a row, to a quarter of an hour', () => {
    const policy = resolvePolicy({ holdSeconds: 0 });
    const afterFaults = Array.from({ length: 12 }, (_, index) =>
      nextPoll(policy, aSituation({ attempts: 1, elapsedSeconds: 1, faultsInARow: index + 1 }), 0.5),
    );

    expect(afterFaults.map((next) => next.kind === 'Poll' && next.delaySeconds)).toEqual([
      8, 8, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900,
    ]);
  });

  it('does not let a fault shorten a gap that is longer anyway', () => {
    const situation = aSituation({ attempts: 50, elapsedSeconds: 10_000, faultsInARow: 2 });

    expect(nextPoll(resolvePolicy({}), situation, 0.5)).toMatchObject({ delaySeconds: 817 });
  });

  it.each([
    ['longer than the own gap: obeyed, and spread', 700, 701],
    ['shorter than the own gap: the gap stands', 5, 8],
    ['fractional, as from a date: rounded up', 20.2, 21],
    ['past the deadline: the last poll is on the deadline', 86_400, 3350],
  ])('Retry-After %s', (_, retryAfterSeconds, delaySeconds) => {
    const policy = resolvePolicy({ timeoutSeconds: 3600 });
    const situation = aSituation({ attempts: 30, elapsedSeconds: 250, faultsInARow: 1, retryAfterSeconds });

    expect(nextPoll(policy, situation, 0.5)).toEqual({ kind: 'Poll', delaySeconds, hold: false });
  });

  it('holds through a Retry-After that ends within the hold, if it is short', () => {
    const next = [10, 30].map((retryAfterSeconds) =>
      nextPoll(
        resolvePolicy({}),
        aSituation({ attempts: 2, elapsedSeconds: 5, faultsInARow: 1, retryAfterSeconds }),
        0.5,
      ),
    );

    expect(next).toEqual([
      { kind: 'Poll', delaySeconds: 10.5, hold: true },
      { kind: 'Poll', delaySeconds: 31, hold: false },
    ]);
  });
});

describe('nextCheck', () => {
  const policy = resolvePolicy({});

  it('looks often while it holds, then as rarely as the owner polls', () => {
    const looks = [0, 16, 199, 1000, 80_000].map((elapsedSeconds) => nextCheck(policy, elapsedSeconds, 0.5));

    expect(looks).toEqual([
      { kind: 'Poll', delaySeconds: 1.35, hold: true },
      { kind: 'Poll', delaySeconds: 2.7, hold: true },
      { kind: 'Poll', delaySeconds: 8, hold: false },
      { kind: 'Poll', delaySeconds: 26, hold: false },
      { kind: 'Poll', delaySeconds: 3600, hold: false },
    ]);
  });
});

describe('any policy', () => {
  const policies = fc
    .record({
      preset: fc.constantFrom(...POLLING_PRESETS),
      firstPollDelaySeconds: fc.double({ min: 0, max: 3600, noNaN: true }),
      holdSeconds: fc.double({ min: 0, max: MAX_HOLD_SECONDS, noNaN: true }),
      timeoutSeconds: fc.double({ min: 1, max: RESULT_LIFETIME_SECONDS, noNaN: true }),
      maxPolls: fc.integer({ min: 1, max: MAX_POLLS }),
    })
    .map((overrides) => resolvePolicy(overrides));
  const submittedBefore = fc.oneof(fc.constant(0), fc.double({ min: 0, max: 100_000, noNaN: true }));
  const polls = fc.array(
    fc.record({
      random: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      pollSeconds: fc.double({ min: 0, max: 40, noNaN: true }),
      isFault: fc.boolean(),
      retryAfterSeconds: fc.option(fc.double({ min: 0.001, max: 86_400, noNaN: true }), { nil: undefined }),
    }),
    { minLength: 1, maxLength: 30 },
  );

  /** Every delay that the policy gives a task with these polls, taken in turn, until it stops. */
  function* course(
    policy: PollingPolicy,
    submittedBeforeStartSeconds: number,
    taken: readonly PollOfCourse[],
  ) {
    let situation = aSituation({
      submittedBeforeStartSeconds,
      resultLostAfterSeconds: RESULT_LIFETIME_SECONDS - submittedBeforeStartSeconds,
    });
    for (;;) {
      const poll = taken[situation.attempts % taken.length];
      if (poll === undefined) return;
      const next = nextPoll(policy, situation, poll.random);
      yield { situation, next };
      if (next.kind === 'Stop') return;
      situation = {
        ...situation,
        attempts: situation.attempts + 1,
        elapsedSeconds: situation.elapsedSeconds + next.delaySeconds + poll.pollSeconds,
        faultsInARow: poll.isFault ? situation.faultsInARow + 1 : 0,
        retryAfterSeconds: poll.isFault ? poll.retryAfterSeconds : undefined,
      };
    }
  }
  type PollOfCourse = {
    random: number;
    pollSeconds: number;
    isFault: boolean;
    retryAfterSeconds: number | undefined;
  };

  it('never goes back in time, and waits in whole seconds that a Wait state takes', () => {
    fc.assert(
      fc.property(policies, submittedBefore, polls, (policy, submitted, taken) => {
        for (const { next } of course(policy, submitted, taken)) {
          if (next.kind === 'Stop') break;
          expect(next.delaySeconds).toBeGreaterThanOrEqual(0);
          if (!next.hold)
            expect(next.delaySeconds).toSatisfy((delay: number) => Number.isInteger(delay) && delay >= 1);
        }
      }),
    );
  });

  it('never leads past the deadline', () => {
    const shortlyBefore = fc.record({
      elapsedSeconds: fc.double({ min: 0, max: 1000, noNaN: true }),
      leftSeconds: fc.double({ min: 0, max: 60, noNaN: true }),
      attempts: fc.integer({ min: 0, max: 50 }),
      faultsInARow: fc.integer({ min: 0, max: 12 }),
      random: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
    });
    fc.assert(
      fc.property(policies, shortlyBefore, (policy, { elapsedSeconds, leftSeconds, random, ...rest }) => {
        const timeoutSeconds = elapsedSeconds + leftSeconds;
        const next = nextPoll({ ...policy, timeoutSeconds }, aSituation({ ...rest, elapsedSeconds }), random);

        if (next.kind === 'Poll') expect(next.delaySeconds).toBeLessThanOrEqual(leftSeconds + 1e-6);
      }),
      { numRuns: 1000 },
    );
  });

  it('gives each task at least one poll, and stops within its budget', () => {
    fc.assert(
      fc.property(policies, submittedBefore, polls, (policy, submitted, taken) => {
        const steps = [...course(policy, submitted, taken)];
        expect(steps.length - 1).toBeGreaterThanOrEqual(1);
        expect(steps.length - 1).toBeLessThanOrEqual(policy.maxPolls);
        expect(steps.at(-1)?.next.kind).toBe('Stop');
      }),
    );
  });

  it('of the presets as they are leaves a pending task its budget for 24 hours, whatever the chance', () => {
    const pendingPolls = fc.array(
      fc.record({
        random: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        pollSeconds: fc.double({ min: 0, max: 5, noNaN: true }),
        isFault: fc.constant(false),
        retryAfterSeconds: fc.constant(undefined),
      }),
      { minLength: 1, maxLength: 30 },
    );
    fc.assert(
      fc.property(fc.constantFrom(...POLLING_PRESETS), pendingPolls, (preset, taken) => {
        const steps = [...course(PRESETS[preset], 0, taken)];
        expect(steps.at(-1)?.next).toEqual({ kind: 'Stop', reason: 'Deadline' });
      }),
    );
  });
});

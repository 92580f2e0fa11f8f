import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MAX_HOLD_SECONDS, MAX_POLLS } from '../../../functions/contract.ts';
import {
  DEFAULT_PRESET,
  deadlineSeconds,
  nextLook,
  nextPoll,
  POLLING_PRESETS,
  type PollingPolicy,
  type PollingPreset,
  type PollingSituation,
  PRESETS,
  RESULT_LIFETIME_SECONDS,
  resolvePolicy,
  SPREAD_SECONDS,
} from '../../../functions/core/polling-policy.ts';

function aSituation(details: Partial<PollingSituation> = {}): PollingSituation {
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
function pollToTheEnd(policy: PollingPolicy, details: Partial<PollingSituation> = {}, random = 0.5) {
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
  test('is the default preset where nobody asks for anything', () => {
    expect(resolvePolicy({})).toEqual(PRESETS[DEFAULT_PRESET]);
  });

  test.each(POLLING_PRESETS)('is the preset %s where the stack asks for it', (preset) => {
    expect(resolvePolicy({ preset })).toEqual(PRESETS[preset]);
  });

  test("lays the task's values over the stack's, and those over the preset", () => {
    const policy = resolvePolicy({ preset: 'frugal', maxPolls: 7, timeoutSeconds: 60 }, { maxPolls: 9 });

    expect(policy).toEqual({ ...PRESETS.frugal, timeoutSeconds: 60, maxPolls: 9 });
  });

  test("drops the stack's values where the task names a preset of its own", () => {
    expect(resolvePolicy({ preset: 'frugal', maxPolls: 7, holdSeconds: 0 }, { preset: 'eager' })).toEqual(
      PRESETS.eager,
    );
  });

  test('takes zero for a value, not for its absence', () => {
    expect(resolvePolicy({ holdSeconds: 30 }, { holdSeconds: 0, firstPollDelaySeconds: 0 })).toMatchObject({
      holdSeconds: 0,
      firstPollDelaySeconds: 0,
    });
  });
});

describe('nextPoll', () => {
  // docs/design.md: the n-th gap of the hold is holdGapSeconds times the square root of n; a wait is waitShare of the
  // time passed, in whole seconds and within its bounds; the last poll falls into the second before the deadline.
  const pendingForAnHour = {
    frugal: {
      held: [2.5, 2, 2.83, 3.46, 4, 4.47, 4.9, 5.29, 5.66, 6],
      waited: [17, 24, 33, 47, 65, 91, 128, 179, 251, 351, 491, 688, 963, 230],
    },
    balanced: {
      held: [
        1.3, 1, 1.41, 1.73, 2, 2.24, 2.45, 2.65, 2.83, 3, 3.16, 3.32, 3.46, 3.61, 3.74, 3.87, 4, 4.12, 4.24,
        4.36,
      ],
      waited: [
        10, 11, 12, 14, 16, 19, 22, 25, 29, 33, 38, 44, 50, 58, 66, 76, 88, 101, 116, 133, 153, 176, 203, 233,
        268, 308, 355, 408, 469, 7,
      ],
    },
    eager: {
      held: [
        0.7, 0.55, 0.78, 0.95, 1.1, 1.23, 1.35, 1.46, 1.56, 1.65, 1.74, 1.82, 1.91, 1.98, 2.06, 2.13, 2.2,
        2.27, 2.33, 2.4, 2.46, 2.52, 2.58, 2.64, 2.69, 2.75, 2.8, 2.86, 2.91, 2.96,
      ],
      waited: [
        8, 9, 10, 11, 12, 14, 15, 17, 19, 21, 24, 27, 30, 34, 38, 42, 47, 53, 59, 66, 74, 83, 93, 104, 117,
        131, 147, 164, 184, 206, 231, 258, 289, 324, 363, 216,
      ],
    },
  } as const satisfies Record<PollingPreset, { held: readonly number[]; waited: readonly number[] }>;

  test.each(POLLING_PRESETS)('%s: the delays of a task that stays Pending for an hour', (preset) => {
    const { held, waited, reason } = pollToTheEnd(resolvePolicy({ preset, timeoutSeconds: 3600 }));

    expect({ held, waited, reason }).toEqual({ ...pendingForAnHour[preset], reason: 'Deadline' });
  });

  test.each([
    ['frugal', 48],
    ['balanced', 80],
    ['eager', 118],
  ] as const)(
    '%s: a task that stays Pending for 24 hours costs %d polls, with room for faults',
    (preset, polls) => {
      const policy = resolvePolicy({ preset });

      const end = pollToTheEnd(policy);

      expect(end).toMatchObject({ polls, reason: 'Deadline' });
      expect(polls).toBeLessThan(policy.maxPolls * 0.65);
      expect(end.waited.at(-2)).toBe(policy.maxWaitSeconds);
    },
  );

  test('waits outside the invocation from the first poll on when nothing may be held', () => {
    const { held, waited } = pollToTheEnd(resolvePolicy({ holdSeconds: 0, timeoutSeconds: 60 }));

    // The first delay is over the second that is slept through in any case.
    expect({ held, waited }).toEqual({ held: [], waited: [2, 10, 10, 10, 10, 10, 8] });
  });

  test('sleeps through a delay of a second at most, as no Wait state is worth it', () => {
    const policy = resolvePolicy({ holdSeconds: 0, firstPollDelaySeconds: 0.4 });

    expect(nextPoll(policy, aSituation(), 0.5)).toEqual({ kind: 'Poll', delaySeconds: 0.9, hold: true });
  });

  test('polls a task with a late first poll outside the invocation, at that time', () => {
    const policy = resolvePolicy({ firstPollDelaySeconds: 1800 });

    expect(nextPoll(policy, aSituation(), 0)).toEqual({ kind: 'Poll', delaySeconds: 1800, hold: false });
  });

  test('spreads the first polls of a herd over a second', () => {
    const policy = resolvePolicy({ firstPollDelaySeconds: 2 });

    const delays = [0, 0.25, 0.75, 0.999].map((random) => nextPoll(policy, aSituation(), random));

    expect(delays).toEqual(
      [2, 2.25, 2.75, 2.999].map((delaySeconds) => ({ kind: 'Poll', delaySeconds, hold: true })),
    );
    expect(SPREAD_SECONDS).toBe(1);
  });

  test('keeps the later polls of a herd apart by a tenth either way', () => {
    const policy = resolvePolicy({});
    const situation = aSituation({ attempts: 4, elapsedSeconds: 10 });

    const delays = [0, 0.5, 1].map((random) => nextPoll(policy, situation, random));

    expect(delays).toMatchObject([{ delaySeconds: 1.8 }, { delaySeconds: 2 }, { delaySeconds: 2.2 }]);
  });

  test.each([
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

  test('counts what the start itself has taken against the first delay', () => {
    const policy = resolvePolicy({ firstPollDelaySeconds: 10 });

    expect(nextPoll(policy, aSituation({ elapsedSeconds: 3 }), 0)).toMatchObject({ delaySeconds: 7 });
  });

  test('holds while the next poll falls within the hold, and waits from then on', () => {
    const policy = resolvePolicy({ holdSeconds: 60 });

    const atTheEdge = nextPoll(policy, aSituation({ attempts: 4, elapsedSeconds: 58 }), 0.5);
    const beyondIt = nextPoll(policy, aSituation({ attempts: 4, elapsedSeconds: 58.01 }), 0.5);

    expect([atTheEdge, beyondIt]).toEqual([
      { kind: 'Poll', delaySeconds: 2, hold: true },
      { kind: 'Poll', delaySeconds: 10, hold: false },
    ]);
  });

  test('puts the last poll on the deadline: the result may have come in the last gap', () => {
    const policy = resolvePolicy({ timeoutSeconds: 1000 });

    expect(nextPoll(policy, aSituation({ attempts: 40, elapsedSeconds: 900 }), 0.5)).toEqual({
      kind: 'Poll',
      delaySeconds: 100,
      hold: false,
    });
  });

  test('never rounds a wait up past the deadline', () => {
    // Wanted: 0.15 * 89.4 = 13.41 s; left: 13.6 s.
    const policy = resolvePolicy({ timeoutSeconds: 103 });

    const next = nextPoll(policy, aSituation({ attempts: 30, elapsedSeconds: 89.4 }), 0.5);

    expect(next).toEqual({ kind: 'Poll', delaySeconds: 13, hold: false });
  });

  test.each([0.999, 0, -50])('stops after the deadline: %d s left', (leftSeconds) => {
    const situation = aSituation({ attempts: 1, elapsedSeconds: 100 - leftSeconds });

    expect(nextPoll(resolvePolicy({ timeoutSeconds: 100 }), situation, 0)).toEqual({
      kind: 'Stop',
      reason: 'Deadline',
    });
  });

  test('lets the life of the result set the deadline when it ends before the timeout', () => {
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

  test('polls once, at once, a task that was submitted more than 24 hours ago', () => {
    const lost = { submittedBeforeStartSeconds: 90_000, resultLostAfterSeconds: -3600 };

    expect(pollToTheEnd(resolvePolicy({}), lost)).toEqual({
      held: [0],
      waited: [],
      reason: 'Deadline',
      elapsedSeconds: 0,
      polls: 1,
    });
  });

  test('ends on the poll budget, be it a single poll', () => {
    const policy = resolvePolicy({ maxPolls: 1, firstPollDelaySeconds: 0 });

    expect(pollToTheEnd(policy)).toMatchObject({ polls: 1, reason: 'PollBudget' });
  });

  test('names the deadline when both deadline and budget are reached', () => {
    const situation = aSituation({ attempts: 2, elapsedSeconds: 60 });

    expect(nextPoll(resolvePolicy({ maxPolls: 2, timeoutSeconds: 60 }), situation, 0)).toMatchObject({
      reason: 'Deadline',
    });
  });

  test('rests longer with each fault in a row, to a quarter of an hour', () => {
    const policy = resolvePolicy({ holdSeconds: 0 });
    const afterFaults = Array.from({ length: 12 }, (_, index) =>
      nextPoll(policy, aSituation({ attempts: 1, elapsedSeconds: 1, faultsInARow: index + 1 }), 0.5),
    );

    expect(afterFaults.map((next) => next.kind === 'Poll' && next.delaySeconds)).toEqual([
      10, 10, 10, 16, 32, 64, 128, 256, 512, 900, 900, 900,
    ]);
  });

  test('does not let a fault shorten a gap that is longer anyway', () => {
    const situation = aSituation({ attempts: 50, elapsedSeconds: 10_000, faultsInARow: 2 });

    expect(nextPoll(resolvePolicy({}), situation, 0.5)).toMatchObject({ delaySeconds: 1500 });
  });

  test.each([
    ['longer than the own gap: obeyed, and spread', 700, 701],
    ['shorter than the own gap: the gap stands', 5, 15],
    ['fractional, as from a date: rounded up', 20.2, 21],
    ['past the deadline: the last poll is on the deadline', 86_400, 3500],
  ])('Retry-After %s', (_, retryAfterSeconds, delaySeconds) => {
    const policy = resolvePolicy({ timeoutSeconds: 3600 });
    const situation = aSituation({ attempts: 30, elapsedSeconds: 100, faultsInARow: 1, retryAfterSeconds });

    expect(nextPoll(policy, situation, 0.5)).toEqual({ kind: 'Poll', delaySeconds, hold: false });
  });

  test('holds through a Retry-After that ends within the hold', () => {
    const situation = aSituation({ attempts: 2, elapsedSeconds: 5, faultsInARow: 1, retryAfterSeconds: 30 });

    expect(nextPoll(resolvePolicy({}), situation, 0.5)).toEqual({
      kind: 'Poll',
      delaySeconds: 30.5,
      hold: true,
    });
  });
});

describe('nextLook', () => {
  const policy = resolvePolicy({});

  test('looks often while it holds, then as rarely as the owner polls', () => {
    const looks = [0, 59, 59.5, 600, 80_000].map((elapsedSeconds) => nextLook(policy, elapsedSeconds, 0.5));

    expect(looks).toEqual([
      { kind: 'Poll', delaySeconds: 1, hold: true },
      { kind: 'Poll', delaySeconds: 1, hold: true },
      { kind: 'Poll', delaySeconds: 10, hold: false },
      { kind: 'Poll', delaySeconds: 90, hold: false },
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

  test('never goes back in time, and waits in whole seconds that a Wait state takes', () => {
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

  test('never leads past the deadline', () => {
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

  test('gives each task at least one poll, and stops within its budget', () => {
    fc.assert(
      fc.property(policies, submittedBefore, polls, (policy, submitted, taken) => {
        const steps = [...course(policy, submitted, taken)];
        expect(steps.length - 1).toBeGreaterThanOrEqual(1);
        expect(steps.length - 1).toBeLessThanOrEqual(policy.maxPolls);
        expect(steps.at(-1)?.next.kind).toBe('Stop');
      }),
    );
  });

  test('of the presets as they are leaves a pending task its budget for 24 hours, whatever the chance', () => {
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

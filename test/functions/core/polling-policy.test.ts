import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_PRESET, POLLING_PRESETS } from '../../../functions/contracts/polling-presets.ts';
import { MAX_HOLD_SECONDS, MAX_POLLS } from '../../../functions/contracts/task-input.ts';
import {
  deadlineSeconds,
  nextCheck,
  nextPoll,
  type PollContext,
  type PollingOverrides,
  type PollingPolicy,
  PRESETS,
  RESULT_LIFETIME_SECONDS,
  resolvePolicy,
  SPREAD_SECONDS,
} from '../../../functions/core/polling-policy.ts';

function aPollContext(details: Partial<PollContext> = {}): PollContext {
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

/** Polls a task that stays Pending to its end. The polls themselves take no time. */
function pollToTheEnd(policy: PollingPolicy, details: Partial<PollContext> = {}) {
  const held: number[] = [];
  const waited: number[] = [];
  let elapsedSeconds = details.elapsedSeconds ?? 0;
  for (let attempts = 0; ; attempts += 1) {
    const next = nextPoll(policy, aPollContext({ ...details, attempts, elapsedSeconds }), 0.5);
    if (next.kind === 'Stop') return { held, waited, reason: next.reason, elapsedSeconds, polls: attempts };
    (next.hold ? held : waited).push(round(next.delaySeconds));
    elapsedSeconds += next.delaySeconds;
  }
}

describe('resolvePolicy', () => {
  it('returns the default preset without overrides', () => {
    expect(resolvePolicy({})).toEqual(PRESETS[DEFAULT_PRESET]);
  });

  it.each(POLLING_PRESETS)('returns the preset %s when the stack selects it', (preset) => {
    expect(resolvePolicy({ preset })).toEqual(PRESETS[preset]);
  });

  it("prefers the task's values to the stack's, and the stack's to the preset", () => {
    const policy = resolvePolicy({ preset: 'frugal', maxPolls: 7, timeoutSeconds: 60 }, { maxPolls: 9 });

    expect(policy).toEqual({ ...PRESETS.frugal, timeoutSeconds: 60, maxPolls: 9 });
  });

  it("ignores the stack's values when the task names a preset", () => {
    expect(resolvePolicy({ preset: 'frugal', maxPolls: 7, holdSeconds: 0 }, { preset: 'eager' })).toEqual(
      PRESETS.eager,
    );
  });

  it('accepts zero as a value', () => {
    expect(resolvePolicy({ holdSeconds: 30 }, { holdSeconds: 0, firstPollDelaySeconds: 0 })).toMatchObject({
      holdSeconds: 0,
      firstPollDelaySeconds: 0,
    });
  });
});

describe('nextPoll, from the start to the end of a task,', () => {
  // A delay is gapSeconds times the fourth root of the task's age, or gapShare of the age when that
  // is longer. Waits are whole seconds; the last poll is in the second before the deadline.
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

  it.each(POLLING_PRESETS)('with the preset %s has these delays for ten minutes', (preset) => {
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
    'with the preset %s polls %i times in 24 hours and leaves a third of its budget for faults',
    (preset, polls) => {
      const policy = resolvePolicy({ preset });

      const end = pollToTheEnd(policy);

      expect(end).toMatchObject({ polls, reason: 'Deadline' });
      expect(polls).toBeLessThan(policy.maxPolls * 0.65);
    },
  );

  it('waits outside the invocation from the first poll when holdSeconds is 0', () => {
    const { held, waited } = pollToTheEnd(resolvePolicy({ holdSeconds: 0, timeoutSeconds: 60 }));

    // Delays of at most one second are always slept through; the first delay is longer.
    expect({ held, waited }).toEqual({ held: [], waited: [2, 8, 8, 8, 8, 8, 8, 8, 2] });
  });

  it('ends a task that is about to lose its result at that moment, before its timeout', () => {
    const policy = resolvePolicy({});
    const submittedTwentyHoursAgo = aPollContext({
      submittedBeforeStartSeconds: 72_000,
      resultLostAfterSeconds: 14_400,
    });

    const { elapsedSeconds, reason } = pollToTheEnd(policy, submittedTwentyHoursAgo);

    expect(deadlineSeconds(policy, submittedTwentyHoursAgo)).toBe(14_400);
    expect(reason).toBe('Deadline');
    expect(elapsedSeconds).toBeGreaterThan(14_399);
    expect(elapsedSeconds).toBeLessThanOrEqual(14_400);
  });

  it('polls a task once, immediately, when it was submitted more than 24 hours ago', () => {
    const lost = { submittedBeforeStartSeconds: 90_000, resultLostAfterSeconds: -3600 };

    expect(pollToTheEnd(resolvePolicy({}), lost)).toEqual({
      held: [0],
      waited: [],
      reason: 'Deadline',
      elapsedSeconds: 0,
      polls: 1,
    });
  });

  it('stops with PollBudget after maxPolls polls', () => {
    const policy = resolvePolicy({ maxPolls: 1, firstPollDelaySeconds: 0 });

    expect(pollToTheEnd(policy)).toMatchObject({ polls: 1, reason: 'PollBudget' });
  });

  it('waits longer after each fault in a row, up to 15 minutes', () => {
    const policy = resolvePolicy({ holdSeconds: 0 });
    const afterFaults = Array.from({ length: 12 }, (_, index) =>
      nextPoll(policy, aPollContext({ attempts: 1, elapsedSeconds: 1, faultsInARow: index + 1 }), 0.5),
    );

    expect(afterFaults.map((next) => next.kind === 'Poll' && next.delaySeconds)).toEqual([
      8, 8, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900,
    ]);
  });
});

describe('nextPoll, for a single poll,', () => {
  const hold = (seconds: number) => ({ kind: 'Poll', delaySeconds: expect.closeTo(seconds, 2), hold: true });
  const wait = (delaySeconds: number) => ({ kind: 'Poll', delaySeconds, hold: false });
  const deadline = { kind: 'Stop', reason: 'Deadline' };
  const next = (policy: PollingOverrides, context: Partial<PollContext> = {}, random = 0.5) =>
    nextPoll(resolvePolicy(policy), aPollContext(context), random);

  it('spreads the first polls of tasks that start together over one second', () => {
    const delays = [0, 0.25, 0.999].map((random) => next({ firstPollDelaySeconds: 2 }, {}, random));

    expect(delays).toEqual([hold(2), hold(2.25), hold(2.999)]);
    expect(SPREAD_SECONDS).toBe(1);
  });

  it('spreads later polls by a tenth in either direction', () => {
    const delays = [0, 0.5, 1].map((random) => next({}, { attempts: 4, elapsedSeconds: 16 }, random));

    expect(delays).toEqual([hold(2.43), hold(2.7), hold(2.97)]);
  });

  it.each([
    [0, 10.5],
    [4, 6.5],
    [10, 0.5],
    [5000, 0.5],
  ])(
    'subtracts the %i s since the submission from the first delay',
    (submittedBeforeStartSeconds, seconds) => {
      expect(next({ firstPollDelaySeconds: 10 }, { submittedBeforeStartSeconds })).toEqual(hold(seconds));
    },
  );

  it('subtracts the time since the start from the first delay', () => {
    expect(next({ firstPollDelaySeconds: 10 }, { elapsedSeconds: 3 }, 0)).toEqual(hold(7));
  });

  it('computes delays from the submission, but the hold from the start', () => {
    const startedLate = { attempts: 4, elapsedSeconds: 16, submittedBeforeStartSeconds: 584 };

    expect(next({}, startedLate)).toEqual(hold(12));
  });

  it.each([0.1, 1])('does not shorten the delay of a task that is %d s old', (elapsedSeconds) => {
    expect(next({}, { attempts: 1, elapsedSeconds })).toEqual(hold(1.35));
  });

  it('sleeps through a delay of at most one second even when holdSeconds is 0', () => {
    expect(next({ holdSeconds: 0, firstPollDelaySeconds: 0.4 })).toEqual(hold(0.9));
  });

  it.each([
    [16, hold(2.7)],
    [16.01, wait(8)],
  ])('holds only for polls within holdSeconds: %d s elapsed', (elapsedSeconds, expected) => {
    expect(next({ holdSeconds: 18.7 }, { attempts: 4, elapsedSeconds })).toEqual(expected);
  });

  // Sleeping for longer than 20 s costs more than a Wait state.
  it.each([
    [20, hold(20)],
    [20.001, wait(21)],
    [1800, wait(1800)],
  ])('sleeps through at most 20 s: %d s', (firstPollDelaySeconds, expected) => {
    expect(next({ firstPollDelaySeconds }, {}, 0)).toEqual(expected);
  });

  it('puts the last poll on the deadline, as the result may have come since the one before', () => {
    expect(next({ timeoutSeconds: 910 }, { attempts: 40, elapsedSeconds: 900 })).toEqual(wait(10));
  });

  it('never rounds a wait up past the deadline', () => {
    // The delay is 0.02 * 680 = 13.6 s; 13.9 s are left.
    expect(next({ timeoutSeconds: 693.9 }, { attempts: 30, elapsedSeconds: 680 })).toEqual(wait(13));
  });

  it.each([99.001, 100, 150])('stops at a deadline of 100 s when %d s have elapsed', (elapsedSeconds) => {
    expect(next({ timeoutSeconds: 100 }, { attempts: 1, elapsedSeconds })).toEqual(deadline);
  });

  it('stops with Deadline when the poll budget is used up, too', () => {
    expect(next({ maxPolls: 2, timeoutSeconds: 60 }, { attempts: 2, elapsedSeconds: 60 })).toEqual(deadline);
  });

  it('keeps a delay that is longer than the one after a fault', () => {
    expect(next({}, { attempts: 50, elapsedSeconds: 10_000, faultsInARow: 2 })).toEqual(wait(817));
  });

  it.each([
    ['follows a Retry-After that is longer than the delay', 700, 701],
    ['ignores a Retry-After that is shorter than the delay', 5, 8],
    ['rounds a fractional Retry-After up', 20.2, 21],
    ['puts the last poll on the deadline when Retry-After is later', 86_400, 3350],
  ])('%s', (_, retryAfterSeconds, delaySeconds) => {
    const afterFault = { attempts: 30, elapsedSeconds: 250, faultsInARow: 1, retryAfterSeconds };

    expect(next({ timeoutSeconds: 3600 }, afterFault)).toEqual(wait(delaySeconds));
  });

  it.each([
    [10, hold(10.5)],
    [30, wait(31)],
  ])('holds through a short Retry-After only: %i s', (retryAfterSeconds, expected) => {
    const afterFault = { attempts: 2, elapsedSeconds: 5, faultsInARow: 1, retryAfterSeconds };

    expect(next({}, afterFault)).toEqual(expected);
  });
});

it('nextCheck checks often during the hold, then as rarely as the owner polls', () => {
  const delays = [0, 16, 199, 1000, 80_000].map((elapsedSeconds) =>
    nextCheck(resolvePolicy({}), elapsedSeconds, 0.5),
  );

  expect(delays).toEqual([
    { kind: 'Poll', delaySeconds: 1.35, hold: true },
    { kind: 'Poll', delaySeconds: 2.7, hold: true },
    { kind: 'Poll', delaySeconds: 8, hold: false },
    { kind: 'Poll', delaySeconds: 26, hold: false },
    { kind: 'Poll', delaySeconds: 3600, hold: false },
  ]);
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

  /**
   * Yields each decision of the policy until it stops. The polls are used in turn, over and over.
   */
  function* course(
    policy: PollingPolicy,
    submittedBeforeStartSeconds: number,
    taken: readonly PollOfCourse[],
  ) {
    let context = aPollContext({
      submittedBeforeStartSeconds,
      resultLostAfterSeconds: RESULT_LIFETIME_SECONDS - submittedBeforeStartSeconds,
    });
    for (;;) {
      const poll = taken[context.attempts % taken.length];
      if (poll === undefined) return;
      const next = nextPoll(policy, context, poll.random);
      yield next;
      if (next.kind === 'Stop') return;
      context = {
        ...context,
        attempts: context.attempts + 1,
        elapsedSeconds: context.elapsedSeconds + next.delaySeconds + poll.pollSeconds,
        faultsInARow: poll.isFault ? context.faultsInARow + 1 : 0,
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

  it('never has a negative delay, and waits whole seconds outside the invocation', () => {
    fc.assert(
      fc.property(policies, submittedBefore, polls, (policy, submitted, taken) => {
        for (const next of course(policy, submitted, taken)) {
          if (next.kind === 'Stop') break;
          expect(next.delaySeconds).toBeGreaterThanOrEqual(0);
          if (!next.hold)
            expect(next.delaySeconds).toSatisfy((delay: number) => Number.isInteger(delay) && delay >= 1);
        }
      }),
    );
  });

  it('never polls after the deadline', () => {
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
        const context = aPollContext({ ...rest, elapsedSeconds });
        const next = nextPoll({ ...policy, timeoutSeconds }, context, random);

        if (next.kind === 'Poll') expect(next.delaySeconds).toBeLessThanOrEqual(leftSeconds + 1e-6);
      }),
      { numRuns: 1000 },
    );
  });

  it('polls each task at least once and stops within its budget', () => {
    fc.assert(
      fc.property(policies, submittedBefore, polls, (policy, submitted, taken) => {
        const steps = [...course(policy, submitted, taken)];
        expect(steps.length - 1).toBeGreaterThanOrEqual(1);
        expect(steps.length - 1).toBeLessThanOrEqual(policy.maxPolls);
        expect(steps.at(-1)?.kind).toBe('Stop');
      }),
    );
  });

  it('polls a pending task for 24 hours without using up maxPolls, if it is a preset', () => {
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
        expect(steps.at(-1)).toEqual({ kind: 'Stop', reason: 'Deadline' });
      }),
    );
  });
});

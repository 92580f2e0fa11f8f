import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { POLLING_PRESETS } from '../../functions/contracts/polling-presets.ts';
import { MAX_HOLD_SECONDS, MAX_POLLS } from '../../functions/contracts/task-input.ts';
import { nextCheck, RESULT_LIFETIME_SECONDS, resolvePolicy } from '../../functions/core/polling-policy.ts';
import {
  EVENTS_BESIDE_WAITS,
  EVENTS_FOR_RETRIES,
  EVENTS_PER_WAIT,
  HISTORY_LIMIT,
  mostHistoryEvents,
  usdPer1000Completed,
  worstCase,
} from '../../lib/polling-estimate.ts';
import { type PollAnswer, walkTask } from '../../lib/task-walk.ts';
import { propertiesOf, synthesise } from '../support/synthesis.ts';

const MACHINE = z
  .object({
    States: z.record(
      z.string(),
      z.object({
        Type: z.enum(['Task', 'Choice', 'Wait', 'Fail', 'Succeed']),
        Next: z.string().optional(),
        Default: z.string().optional(),
        Choices: z.array(z.object({ Next: z.string() })).optional(),
      }),
    ),
  })
  .parse(
    JSON.parse(
      z.string().parse(propertiesOf(synthesise(), 'AWS::StepFunctions::StateMachine')['DefinitionString']),
    ),
  );

/** As GetExecutionHistory lists them: entered and exited; scheduled, started and succeeded for a Task; a Fail state is only entered. */
const EVENTS = { Task: 5, Choice: 2, Wait: 2, Fail: 1 } as const;

/** The most events from a state to the end of the execution, or to the next Wait. */
function mostEvents(name: string): number {
  const state = MACHINE.States[name];
  // Only one that joined another execution, and so publishes nothing, ends in a Succeed state.
  if (state === undefined || state.Type === 'Wait' || state.Type === 'Succeed') return 0;
  const next = [state.Next, state.Default, ...(state.Choices ?? []).map((choice) => choice.Next)];
  const after = next.map((following) => (following === undefined ? 0 : mostEvents(following)));
  return EVENTS[state.Type] + Math.max(...after);
}

describe('the history of an execution', () => {
  test('has as many events beside its waits as the longest way of the state machine', () => {
    expect(1 + mostEvents('Fetch result') + 1).toBe(EVENTS_BESIDE_WAITS);
  });

  test('has as many events for each wait as the states of the loop', () => {
    const { States } = MACHINE;
    expect(States['Wait before next poll']?.Next).toBe('Fetch result');
    expect(States['Fetch result']?.Next).toBe('Task status?');
    expect(EVENTS.Wait + EVENTS.Task + EVENTS.Choice).toBe(EVENTS_PER_WAIT);
  });

  test('O11: cannot reach its limit with the most polls that any door lets through, nor with the retries beside them', () => {
    expect(mostHistoryEvents(MAX_POLLS) + EVENTS_FOR_RETRIES).toBeLessThanOrEqual(HISTORY_LIMIT);
    // And not far below it either: else a policy would be refused for no reason.
    expect(mostHistoryEvents(MAX_POLLS * 1.1) + EVENTS_FOR_RETRIES).toBeGreaterThan(HISTORY_LIMIT);
  });

  test.each(POLLING_PRESETS)(
    'stays far from it while an execution waits for another one for 24 hours (%s)',
    (preset) => {
      const policy = resolvePolicy({ preset, holdSeconds: 0 });
      let looks = 0;
      for (let elapsed = 0; elapsed < RESULT_LIFETIME_SECONDS; looks += 1) {
        elapsed += nextCheck(policy, elapsed, 0).delaySeconds;
      }

      expect(looks).toBeGreaterThan(20);
      expect(mostHistoryEvents(looks)).toBeLessThan(HISTORY_LIMIT / 5);
    },
  );
});

describe('the worst case', () => {
  const overrides = fc.record({
    preset: fc.constantFrom(...POLLING_PRESETS),
    firstPollDelaySeconds: fc.double({ min: 0, max: 3600, noNaN: true }),
    holdSeconds: fc.double({ min: 0, max: MAX_HOLD_SECONDS, noNaN: true }),
    timeoutSeconds: fc.double({ min: 1, max: RESULT_LIFETIME_SECONDS, noNaN: true }),
    maxPolls: fc.integer({ min: 1, max: MAX_POLLS }),
  });
  const seconds = fc.double({ min: 0, max: 5, noNaN: true });
  const answers = fc.array(fc.constantFrom<PollAnswer>('Alive', 'Alive', 'Alive', 'Alive', 'Fault'), {
    minLength: 1,
    maxLength: 40,
  });

  test('is exceeded by no course of any policy', () => {
    fc.assert(
      fc.property(
        overrides,
        answers,
        fc.array(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), { minLength: 1 }),
        fc.double({ min: 0, max: 4000, noNaN: true }),
        seconds,
        (wished, taken, chances, submittedBeforeStartSeconds, pollSeconds) => {
          const policy = resolvePolicy(wished);
          let polls = 0;
          let draws = 0;
          const walk = walkTask(policy, {
            answer: () => taken[polls++ % taken.length] ?? 'Alive',
            random: () => chances[draws++ % chances.length] ?? 0,
            submittedBeforeStartSeconds,
            pollSeconds,
            invocationSeconds: 0,
            storeSeconds: 0,
          });
          const most = worstCase(policy);
          expect(walk.polls).toBeLessThanOrEqual(most.polls);
          expect(walk.stateTransitions).toBeLessThanOrEqual(most.stateTransitions);
        },
      ),
      { numRuns: 500 },
    );
  });

  test('counts the polls of the policy until its deadline or its last one', () => {
    const { polls } = worstCase(resolvePolicy({ preset: 'balanced' }));
    expect(worstCase(resolvePolicy({ preset: 'balanced', maxPolls: 7 }))).toMatchObject({
      polls: 7,
      stateTransitions: 7 * 3 + 5,
      historyEvents: 7 * 9 + 17,
    });
    expect(worstCase(resolvePolicy({ preset: 'balanced', timeoutSeconds: 3600 })).polls).toBeLessThan(polls);
  });

  test('costs more than any task that is Completed', () => {
    for (const preset of POLLING_PRESETS) {
      const policy = resolvePolicy({ preset });
      const completed = [3, 30, 600, 86_000].map((seconds) => usdPer1000Completed(policy, seconds));
      const costs = [...completed, worstCase(policy).usdPer1000Tasks];
      expect(costs).toEqual(costs.toSorted((a, b) => a - b));
    }
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { collectSimulated, type SimulatedResponse, ZERO_TIMES } from '../../bench/simulated-collection.ts';
import { POLLING_PRESETS } from '../../functions/contracts/polling-presets.ts';
import { MAX_HOLD_SECONDS, MAX_POLLS } from '../../functions/contracts/task-input.ts';
import { nextCheck, RESULT_LIFETIME_SECONDS, resolvePolicy } from '../../functions/core/polling-policy.ts';
import {
  chunkHistoryEvents,
  EVENTS_FOR_RETRIES,
  EVENTS_PER_POLL,
  EVENTS_PER_RETRY,
  EVENTS_PER_ROUND,
  EVENTS_PER_UPLOAD,
  HISTORY_LIMIT,
  OTHER_CHUNK_EVENTS,
  OTHER_EVENTS,
  worstCase,
} from '../../lib/worst-case.ts';
import { isProperties, synthesize } from '../support/synthesis.ts';
import { collectChunk, collectResult, recognizeImage, stateMachineOf } from './state-machine.ts';

/** Events of a state in GetExecutionHistory. A Fail state has no exit. */
const EVENTS = { Task: 5, Choice: 2, Wait: 2, Pass: 2, Succeed: 2, Fail: 1 } as const;

/** Returns the maximum number of events from a state to the end or the next loop. */
function maxEvents(name: string, definition: typeof recognizeImage.definition): number {
  const state = definition.States[name];
  // Only an execution that joined another one ends in a Succeed state, and it publishes nothing.
  if (state === undefined || state.Type === 'Wait' || state.Type === 'Succeed' || state.Type === 'Map')
    return 0;
  const branches = [...(state.Choices ?? []), ...(state.Catch ?? [])];
  const next = [state.Next, state.Default, ...branches.map((branch) => branch.Next)];
  const after = next.map((following) =>
    following === undefined || following === 'Submit image' ? 0 : maxEvents(following, definition),
  );
  return EVENTS[state.Type] + Math.max(...after);
}

const machines = [
  { id: 'Collect result', definition: collectResult.definition },
  { id: 'Recognize image', definition: recognizeImage.definition },
];

describe('the history of an execution', () => {
  it.each(machines)('has as many other events as the longest path of $id', ({ definition }) => {
    const startAndEnd = 2;
    expect(maxEvents('Fetch result', definition) + startAndEnd).toBe(OTHER_EVENTS);
  });

  it.each(machines)('has as many events per poll as the states of the loop of $id', ({ definition }) => {
    const { States } = definition;
    expect(States['Wait before next poll']?.Next).toBe('Fetch result');
    expect(States['Fetch result']?.Next).toBe('Task status?');
    expect(EVENTS.Wait + EVENTS.Task + EVENTS.Choice).toBe(EVENTS_PER_POLL);
  });

  it('has as many events per upload as Submit image', () => {
    expect(recognizeImage.definition.States['Submit image']?.Type).toBe('Task');
    expect(EVENTS.Task).toBe(EVENTS_PER_UPLOAD);
  });

  it.each([1, 2, 3, 4, 5])(
    'has room for the retries of throttled and postponed invocations with %i uploads',
    (maxUploads) => {
      const { definition } = stateMachineOf('RecognizeImage', synthesize({ maxUploads }));
      const retries = z
        .array(z.object({ ErrorEquals: z.tuple([z.string()]), MaxDelaySeconds: z.number() }))
        .parse(
          [definition.States['Submit image'], definition.States['Fetch result']]
            .flatMap((state) => state?.['Retry'])
            .filter((retry) => isProperties(retry) && retry['MaxDelaySeconds'] !== undefined),
        );

      expect(new Set(retries.flatMap(({ ErrorEquals }) => ErrorEquals))).toEqual(
        new Set(['UploadPostponed', 'Lambda.TooManyRequestsException']),
      );
      for (const { MaxDelaySeconds } of retries) {
        // With full jitter, a wait is half as long on average.
        const count = definition.TimeoutSeconds / (MaxDelaySeconds / 2);
        expect(count * EVENTS_PER_RETRY).toBeLessThanOrEqual(EVENTS_FOR_RETRIES);
      }
    },
  );

  it('O11: stays below its limit with MAX_POLLS, 5 uploads and retries, and would exceed it with a tenth more polls', () => {
    const historyEvents = (polls: number) =>
      polls * EVENTS_PER_POLL + OTHER_EVENTS + 5 * EVENTS_PER_UPLOAD + EVENTS_FOR_RETRIES;

    expect(historyEvents(MAX_POLLS)).toBeLessThanOrEqual(HISTORY_LIMIT);
    expect(historyEvents(MAX_POLLS * 1.1)).toBeGreaterThan(HISTORY_LIMIT);
  });

  it.each(POLLING_PRESETS)(
    'stays far below its limit while an execution waits 24 hours for another one (%s)',
    (preset) => {
      const policy = resolvePolicy({ preset, holdSeconds: 0 });
      let checks = 0;
      for (let elapsed = 0; elapsed < RESULT_LIFETIME_SECONDS; checks += 1) {
        elapsed += nextCheck(policy, elapsed, 0).delaySeconds;
      }

      expect(checks).toBeGreaterThan(20);
      expect(checks * EVENTS_PER_POLL + OTHER_EVENTS).toBeLessThan(HISTORY_LIMIT / 5);
    },
  );
});

describe('the history of a chunk', () => {
  const DAY_SECONDS = 24 * 3600;

  it('has as many events per round as the states of its loop', () => {
    const { States } = collectChunk;
    expect(States['Wait before next round']?.Next).toBe('Collect chunk');
    expect(States['Collect chunk']?.Next).toBe('Any left?');
    expect(EVENTS.Wait + EVENTS.Task + EVENTS.Choice).toBe(EVENTS_PER_ROUND);
  });

  it('has as many other events as the longest path to its end', () => {
    const startAndEnd = 2;
    const ends = [
      EVENTS.Task + EVENTS.Choice + EVENTS.Succeed,
      EVENTS.Task + EVENTS.Task + EVENTS.Succeed,
      EVENTS.Task + EVENTS.Task + EVENTS.Pass,
    ];
    expect(Object.keys(collectChunk.States)).toHaveLength(6);
    expect(Math.max(...ends) + startAndEnd).toBe(OTHER_CHUNK_EVENTS);
  });

  it.each([
    ['holds for 200 s', 200],
    ['ends immediately, because polling is paused', 0],
  ])('stays within 1,500 events in 24 hours when each invocation %s', (_, invocationSeconds) => {
    const events = chunkHistoryEvents(DAY_SECONDS, invocationSeconds);

    expect(events).toBeLessThanOrEqual(1500);
    expect(events).toBeGreaterThan(500);
  });

  it('stays below its limit with retries when each image of the chunk is uploaded five times', () => {
    const lifetimeSeconds = 5 * 26 * 3600;

    expect(chunkHistoryEvents(lifetimeSeconds, 0) + EVENTS_FOR_RETRIES).toBeLessThan(HISTORY_LIMIT);
  });

  it.each([1, 2, 3, 4, 5])(
    'has room for the retries of throttled invocations with %i uploads',
    (maxUploads) => {
      const { definition } = stateMachineOf('CollectBatch', synthesize({ maxUploads }));
      const [, delay] = /"MaxDelaySeconds":(\d+)/.exec(JSON.stringify(definition.States['Chunks'])) ?? [];
      // With full jitter, a wait is half as long on average.
      const count = (maxUploads * 26 * 3600) / (Number(delay) / 2);

      expect(count * EVENTS_PER_RETRY).toBeLessThanOrEqual(EVENTS_FOR_RETRIES);
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
  const responses = fc.array(
    fc.constantFrom<SimulatedResponse>('Pending', 'Pending', 'Pending', 'Pending', 'Fault'),
    { minLength: 1, maxLength: 40 },
  );
  const randoms = fc.array(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), { minLength: 1 });

  it('is not exceeded by the production code, whatever the policy, responses and jitter', async () => {
    await fc.assert(
      fc.asyncProperty(
        overrides,
        responses,
        randoms,
        fc.double({ min: 0, max: 4000, noNaN: true }),
        fc.double({ min: 0, max: 5, noNaN: true }),
        async (polling, scripted, chances, startedAfterSeconds, pollSeconds) => {
          let draws = 0;
          const usage = await collectSimulated({
            polling,
            times: { ...ZERO_TIMES, pollSeconds },
            startedAfterSeconds,
            respond: (_atSeconds, attempt) => scripted[(attempt - 1) % scripted.length] ?? 'Pending',
            random: () => chances[draws++ % chances.length] ?? 0,
          });

          const { polls, stateTransitions } = worstCase(resolvePolicy(polling));
          expect(usage.polls).toBeLessThanOrEqual(polls);
          expect(usage.stateTransitions).toBeLessThanOrEqual(stateTransitions);
        },
      ),
      { numRuns: 300 },
    );
  });

  it.each(POLLING_PRESETS)(
    'is reached by a task that stays Pending and is polled as early as allowed (%s)',
    async (preset) => {
      const usage = await collectSimulated({
        polling: { preset, firstPollDelaySeconds: 0 },
        times: ZERO_TIMES,
        respond: () => 'Pending',
        random: () => 0,
      });

      expect(worstCase(resolvePolicy({ preset })).polls).toBe(usage.polls);
    },
  );

  it('counts polls until the deadline or the last allowed poll', () => {
    const { polls } = worstCase(resolvePolicy({ preset: 'balanced' }));
    expect(worstCase(resolvePolicy({ preset: 'balanced', maxPolls: 7 }))).toEqual({
      polls: 7,
      stateTransitions: 7 * 3 + 5,
      historyEvents: 7 * 9 + OTHER_EVENTS,
    });
    expect(worstCase(resolvePolicy({ preset: 'balanced', timeoutSeconds: 3600 })).polls).toBeLessThan(polls);
  });
});

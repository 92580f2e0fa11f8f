import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { ScriptedResponse } from '../../../local/aspose-simulator/scripted-responses.ts';
import { newTaskId } from '../../support/courier.ts';
import { reproduction } from '../../support/property-seed.ts';
import type { AwsFault } from '../layers/aws-fault-layer.ts';
import {
  type Answer,
  completed,
  completedBody,
  document,
  startFaultyCourier,
} from '../layers/faulty-courier.ts';
import { bytes, bytesThenReset, chunked, inPieces, withLength } from '../layers/raw-replies.ts';
import { expectSound } from './expect-sound.ts';

const body = completedBody('whale', 'and another');

/** An answer, and what a failure prints of it. */
interface Named {
  readonly what: string;
  readonly answer: Answer;
}

const simulated = (scripted: ScriptedResponse): Named => ({
  what: JSON.stringify(scripted),
  answer: scripted,
});

/** The answer up to there, in each way in which it can end. */
const cutAt = (at: number): readonly Named[] => [
  { what: `the end after ${at} bytes`, answer: bytes(withLength(body.slice(0, at), body.length)) },
  { what: `${at} bytes, and no more promised`, answer: bytes(withLength(body.slice(0, at))) },
  {
    what: `the end after a chunk of ${at}`,
    answer: bytes(chunked(at === 0 ? [] : [body.slice(0, at)], false)),
  },
  { what: `a reset after ${at} bytes`, answer: bytesThenReset(withLength(body.slice(0, at), body.length)) },
];

const answers: fc.Arbitrary<Named> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.constantFrom('Pending', 'Processing').map((taskStatus) => simulated({ taskStatus })),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom('NotExist', 'Error', 'Done').map((taskStatus) => simulated({ taskStatus })),
  },
  { weight: 2, arbitrary: fc.constant(simulated(completed('whale', 'and another'))) },
  {
    weight: 2,
    arbitrary: fc
      .integer({ min: 1, max: 50 })
      .map((length): Named => ({ what: `in pieces of ${length}`, answer: inPieces(body, length) })),
  },
  {
    weight: 2,
    arbitrary: fc.integer({ min: 0, max: body.length - 1 }).chain((at) => fc.constantFrom(...cutAt(at))),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(401, 429, 500, 503).map((httpStatus) => simulated({ httpStatus })),
  },
);

const faults = fc.record({
  call: fc.constantFrom(
    ['dynamodb', 'GetItem'] as const,
    ['dynamodb', 'PutItem'] as const,
    ['s3', 'PutObject'] as const,
  ),
  after: fc.integer({ min: 0, max: 6 }),
  fault: fc.constantFrom<AwsFault>(
    { kind: 'kill', moment: 'before' },
    { kind: 'kill', moment: 'after' },
    { kind: 'reset' },
    { kind: 'lost' },
    { kind: 'answer', status: 500, code: 'InternalServerError' },
  ),
});

const course = fc.record({
  script: fc.array(answers, { minLength: 1, maxLength: 6 }),
  injected: fc.array(faults, { maxLength: 4 }),
  polling: fc.record({ holdSeconds: fc.constantFrom(0, 10, 60), maxPolls: fc.integer({ min: 1, max: 15 }) }),
});

it('P3: sixty courses end soundly on the real state machine, with the deployed functions', async () => {
  await using courier = await startFaultyCourier();
  await fc.assert(
    fc.asyncProperty(course, async ({ script, injected, polling }) => {
      const input = { taskId: newTaskId(), polling };
      courier.answer(
        input.taskId,
        script.map(({ answer }) => answer),
      );
      for (const { call, after, fault } of injected) {
        const [service, operation] = call;
        courier.aws.inject({ service, operation, about: new RegExp(`${input.taskId}\\b`), after, fault });
      }

      const collected = await courier.collect(input);
      courier.aws.heal();

      const { outcome, reason } = collected.record ?? {};
      if (outcome === undefined) throw new Error('the task has not ended');
      // What an answer left half stored, and a later one did not bring again, is listed nowhere.
      const documents = outcome === 'Completed' ? ['whale', 'and another'].map(document) : [];
      await expectSound(courier, input, collected, {
        outcome,
        ...(reason !== undefined && { reason }),
        documents,
        leftovers: true,
        execution: {},
        events: collected.events.length,
      });
      expect(collected.events.length).toBeGreaterThanOrEqual(1);
    }),
    { numRuns: 60, ...reproduction() },
  );
});

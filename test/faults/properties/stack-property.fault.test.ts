import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { ScriptedResponse } from '../../../local/aspose-simulator/scripted-responses.ts';
import { reproducible } from '../../support/reproducible.ts';
import { completed } from '../../support/responses.ts';
import { expectSound } from '../cases/expect-sound.ts';
import type { AwsFault } from '../layers/aws-fault-layer.ts';
import {
  completedBody,
  document,
  type FaultyResponse,
  startFaultyCourier,
  WHALE,
} from '../layers/faulty-courier.ts';
import { bytes, bytesThenReset, chunked, inPieces, withLength } from '../layers/raw-replies.ts';

const documents = [WHALE, document('and another')];
const body = completedBody(...documents);

/** A response, and its name in the report of a failure. */
interface Named {
  readonly name: string;
  readonly response: FaultyResponse;
}

const simulated = (scripted: ScriptedResponse): Named => ({
  name: JSON.stringify(scripted),
  response: scripted,
});

/** The response up to a byte, ended in each possible way. */
const cutAt = (at: number): readonly Named[] => [
  { name: `the end after ${at} bytes`, response: bytes(withLength(body.slice(0, at), body.length)) },
  { name: `${at} bytes, and no more promised`, response: bytes(withLength(body.slice(0, at))) },
  {
    name: `the end after a chunk of ${at}`,
    response: bytes(chunked(at === 0 ? [] : [body.slice(0, at)], false)),
  },
  { name: `a reset after ${at} bytes`, response: bytesThenReset(withLength(body.slice(0, at), body.length)) },
];

const statuses = (...names: readonly string[]) =>
  fc.constantFrom(...names).map((taskStatus) => simulated({ taskStatus }));
const weighted = (weight: number, arbitrary: fc.Arbitrary<Named>) => ({ weight, arbitrary });

const pieces = fc
  .integer({ min: 1, max: 50 })
  .map((length): Named => ({ name: `in pieces of ${length}`, response: inPieces(body, length) }));
const cuts = fc.integer({ min: 0, max: body.length - 1 }).chain((at) => fc.constantFrom(...cutAt(at)));
const httpErrors = fc.constantFrom(401, 429, 500, 503).map((httpStatus) => simulated({ httpStatus }));

const responses: fc.Arbitrary<Named> = fc.oneof(
  weighted(5, statuses('Pending', 'Processing')),
  weighted(1, statuses('NotExist', 'Error', 'Done')),
  weighted(2, fc.constant(simulated(completed(...documents)))),
  weighted(2, pieces),
  weighted(2, cuts),
  weighted(1, httpErrors),
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
    { kind: 'error', status: 500, code: 'InternalServerError' },
  ),
});

const course = fc.record({
  script: fc.array(responses, { minLength: 1, maxLength: 6 }),
  injected: fc.array(faults, { maxLength: 4 }),
  polling: fc.record({ holdSeconds: fc.constantFrom(0, 10, 60), maxPolls: fc.integer({ min: 1, max: 15 }) }),
});

it('P3: sixty random courses end soundly on the deployed stack', async () => {
  await using courier = await startFaultyCourier();
  await fc.assert(
    fc.asyncProperty(course, async ({ script, injected, polling }) => {
      const input = { taskId: courier.createTask(...script.map(({ response }) => response)), polling };
      for (const { call, after, fault } of injected) {
        const [service, operation] = call;
        courier.aws.inject({ service, operation, about: new RegExp(`${input.taskId}\\b`), after, fault });
      }

      const collected = await courier.collect(input);
      courier.aws.heal();

      const { outcome, reason } = collected.record ?? {};
      if (outcome === undefined) throw new Error('the task has not ended');
      await expectSound(courier, input, collected, {
        outcome,
        ...(reason !== undefined && { reason }),
        documents: outcome === 'Completed' ? documents : [],
        // A truncated response may leave a document that no later one completes.
        leftovers: true,
        execution: {},
        events: collected.events.length,
      });
      expect(collected.events.length).toBeGreaterThanOrEqual(1);
    }),
    { numRuns: 60, ...reproducible() },
  );
});

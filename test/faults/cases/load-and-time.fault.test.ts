import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { newTaskId } from '../../support/courier.ts';
import { publishSubmitted, startsOf } from '../../support/submissions.ts';
import {
  completed,
  completedBody,
  document,
  type FaultyCourier,
  result,
  startFaultyCourier,
} from '../layers/faulty-courier.ts';
import { withLength } from '../layers/raw-replies.ts';
import type { RawReply } from '../layers/vendor-front.ts';
import { expectNoCanary, expectSound } from '../properties/expect-sound.ts';

let courier: FaultyCourier;
beforeAll(async () => {
  courier = await startFaultyCourier();
});
afterAll(() => courier[Symbol.asyncDispose]());

const pending = { taskStatus: 'Pending' };
const documents = [document('whale')];

describe('the functions are killed', () => {
  const killing =
    (...parts: string[]): RawReply =>
    (socket) => {
      for (const part of parts) socket.write(part);
      void courier.stack.killFunctions();
    };
  const long = completedBody('x'.repeat(3_000_000));

  it.each([
    ['during the hold, while Aspose thinks', [pending, pending, killing()]],
    ['within the headers of an answer', [killing('HTTP/1.1 200 OK\r\n')]],
    [
      'within the download of a large document',
      [pending, killing(withLength(long.slice(0, 2_500_000), long.length))],
    ],
    ['six times in a row', Array(6).fill(killing())],
  ])('O2: %s', async (_, before) => {
    const taskId = newTaskId();
    courier.answer(taskId, [...before, completed('whale')]);

    await expectSound(courier, { taskId }, await courier.collect({ taskId }), {
      outcome: 'Completed',
      documents,
    });
  });

  it('O2: at every poll, for ever', async () => {
    const taskId = newTaskId();
    courier.answer(taskId, [killing()]);

    await expectSound(courier, { taskId }, await courier.collect({ taskId }), {
      outcome: 'Failed',
      reason: 'InternalError',
      fetches: 7,
      execution: { status: 'FAILED', error: 'Runtime.ExitError' },
    });
  });

  it.each(['before', 'after'] as const)('O2: start-task, %s it has started the execution', async (moment) => {
    const taskId = newTaskId();
    courier.answer(taskId, [pending, completed('whale')]);
    const struck = courier.aws.inject({
      service: 'states',
      operation: 'StartExecution',
      about: taskId,
      fault: { kind: 'kill', moment },
    });

    await publishSubmitted(courier, { taskId });
    await courier.stack.settled();

    expect(struck()).toBe(1);
    expect(startsOf(courier, taskId)).toBe(1);
    const record = await courier.records.read(taskId);
    await expectSound(courier, { taskId }, await courier.collected(record?.executionArn ?? '', taskId), {
      outcome: 'Completed',
      documents,
    });
  });

  it.each([
    ['StartExecution', 'states', 'before'],
    ['StartExecution', 'states', 'after'],
    ['PutItem', 'dynamodb', 'before'],
    ['PutItem', 'dynamodb', 'after'],
  ] as const)(
    'O2: the HTTP API at its %s (%s), %s it is carried out: the caller repeats it',
    async (operation, service, moment) => {
      const taskId = newTaskId();
      courier.answer(taskId, [pending, pending, completed('whale')]);
      const post = () =>
        fetch(`${courier.stack.outputs['ApiUrl']}/tasks`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ taskId }),
        });
      courier.aws.inject({ service, operation, about: taskId, fault: { kind: 'kill', moment } });

      const statuses = await courier.clock.during(
        (async () => {
          const first = await post();
          const again = await post();
          return [first.status, again.status];
        })(),
      );
      await courier.stack.settled();

      expect(statuses[0]).toBe(500);
      expect([200, 202]).toContain(statuses[1]);
      const record = await courier.records.read(taskId);
      await expectSound(courier, { taskId }, await courier.collected(record?.executionArn ?? '', taskId), {
        outcome: 'Completed',
        documents,
      });
      expect(startsOf(courier, taskId)).toBe(1);
    },
  );
});

describe('more results than record and event can list', () => {
  it('O7: 1,500 are all stored and in the manifest; state, record and event stay within their limits', async () => {
    const taskId = newTaskId();
    const texts = Array.from({ length: 1500 }, (_, index) => `region ${index}`);
    courier.answer(taskId, [
      pending,
      { taskStatus: 'Completed', results: texts.map((text) => result(text, 'x'.repeat(100))) },
    ]);
    const input = { taskId, operation: 'RecognizeRegions', correlation: '\u20ac'.repeat(256) };

    const collected = await courier.collect(input);

    await expectSound(courier, input, collected, { outcome: 'Completed', documents: texts.map(document) });
    expect(collected.record?.resultCount).toBe(1500);
    expect(collected.record?.results).toHaveLength(400);
    expect(Buffer.byteLength(JSON.stringify(collected.events[0]))).toBeLessThan(256 * 1024);
    expect(Buffer.byteLength(JSON.stringify(collected.record))).toBeLessThan(400 * 1024);
  });
});

describe('the clock is set', () => {
  it.each([-24 * 3600, -3600, -1, 1, 3600])('O10: by %i seconds, at every poll', async (seconds) => {
    const taskId = newTaskId();
    courier.answer(taskId, [pending, pending, completed('whale')]);
    const stop = courier.stack.onLog((line) => {
      if (line.includes('"Polled"') && line.includes(`"${taskId}"`) && !line.includes('"outcome"'))
        courier.clock.advance(seconds * 1000);
    });

    const collected = await courier.collect({ taskId });
    stop();

    const { events } = collected;
    await expectSound(courier, { taskId }, collected, {
      outcome: 'Completed',
      documents,
      attempts: 3,
      fetches: 3,
      clockSet: true,
    });
    const { durations } = z
      .object({ durations: z.object({ collectingSeconds: z.number() }) })
      .parse(events[0]?.detail);
    expect(durations.collectingSeconds).toBeGreaterThanOrEqual(0);
  });

  it('O10: the clock of who submitted is four minutes ahead', async () => {
    const taskId = newTaskId();
    courier.answer(taskId, [pending, completed('whale')]);
    const input = { taskId, submittedAt: new Date(courier.clock.now() + 240_000).toISOString() };

    await expectSound(courier, input, await courier.collect(input), { outcome: 'Completed', documents });
  });
});

describe('very many start at once', () => {
  it('O9: of 300, each with a second start of another door, every one is collected, once', async () => {
    await using busy = await startFaultyCourier();
    const taskIds = Array.from({ length: 300 }, newTaskId);
    for (const taskId of taskIds) busy.answer(taskId, [pending, completed(taskId)]);

    const ends = await Promise.all(
      taskIds.map(async (taskId, index) => {
        if (index % 2 === 0) await publishSubmitted(busy, { taskId });
        return await busy.collect({ taskId });
      }),
    );
    await busy.stack.settled();

    expect(ends.map(({ execution }) => execution.status)).toEqual(taskIds.map(() => 'SUCCEEDED'));
    for (const taskId of taskIds) {
      const record = await busy.records.read(taskId);
      expect(busy.front.requestsFor(taskId)).toHaveLength(2);
      await expectSound(busy, { taskId }, await busy.collected(record?.executionArn ?? '', taskId), {
        outcome: 'Completed',
        documents: [document(taskId)],
      });
    }
    expectNoCanary(busy, ends);
  });
});

/** In real time, together: the patience of our AWS clients is the machine's. */
describe.concurrent('AWS falls silent', () => {
  it.for([
    ['DynamoDB', { service: 'dynamodb', operation: 'PutItem', after: 1 }],
    ['S3', { service: 's3', operation: 'PutObject' }],
    ['Secrets Manager', { service: 'secretsmanager', operation: 'GetSecretValue' }],
  ] as const)(
    'O3: %s: the call is given up and repeated, long before the function would run out of time',
    async ([, call]) => {
      await using silent = await startFaultyCourier();
      const taskId = newTaskId();
      silent.answer(taskId, [pending, completed('whale')]);
      const struck = silent.aws.inject({ ...call, fault: { kind: 'silence' } });
      const begun = performance.now();

      await expectSound(silent, { taskId }, await silent.collect({ taskId }), {
        outcome: 'Completed',
        documents,
      });

      expect(struck()).toBe(1);
      expect(performance.now() - begun).toBeLessThan(60_000);
    },
  );
});

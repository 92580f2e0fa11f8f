import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { newTaskId } from '../../support/courier.ts';
import { completed, pending, result } from '../../support/responses.ts';
import { publishSubmitted, startsOf } from '../../support/submissions.ts';
import type { AwsInjection } from '../layers/aws-fault-layer.ts';
import {
  completedBody,
  document,
  type FaultyCourier,
  faultyCourierForAll,
  startFaultyCourier,
  WHALE,
} from '../layers/faulty-courier.ts';
import { withLength } from '../layers/raw-replies.ts';
import type { RawReply } from '../layers/vendor-front.ts';
import { expectSound } from './expect-sound.ts';
import { expectSoundUnder } from './fault-case.ts';

const courier = await faultyCourierForAll();

const collected = { outcome: 'Completed', documents: [WHALE] } as const;

/** Expects one sound collection of a task. The record has the ARN of its execution. */
async function expectOneCollection(by: FaultyCourier, taskId: string, text = WHALE): Promise<void> {
  const record = await by.records.read(taskId);
  await expectSound(by, { taskId }, await by.collected(record?.executionArn ?? '', taskId), {
    outcome: 'Completed',
    documents: [text],
  });
}

describe('a killed function', () => {
  const killing =
    (...parts: string[]): RawReply =>
    (socket) => {
      for (const part of parts) socket.write(part);
      void courier.stack.killFunctions();
    };
  const long = completedBody('x'.repeat(3_000_000));

  it.each([
    ['during the hold', [pending, pending, killing()]],
    ['within the headers of a response', [killing('HTTP/1.1 200 OK\r\n')]],
    [
      'within the download of a large document',
      [pending, killing(withLength(long.slice(0, 2_500_000), long.length))],
    ],
    ['at six polls in a row', Array(6).fill(killing())],
  ])('O2: resumes its task after a kill %s', (_, before) =>
    expectSoundUnder(courier, { responses: [...before, completed(WHALE)], expected: collected }),
  );

  it('O2: leaves its task Failed, InternalError after seven kills at the same place', () =>
    expectSoundUnder(courier, {
      responses: [killing()],
      expected: {
        outcome: 'Failed',
        reason: 'InternalError',
        fetches: 7,
        execution: { status: 'FAILED', error: 'Runtime.ExitError' },
      },
    }));

  it.each(['before', 'after'] as const)(
    'O2: starts one execution of an event, killed %s the start',
    async (moment) => {
      const taskId = courier.createTask(pending, completed(WHALE));
      const start = { service: 'states', operation: 'StartExecution', about: taskId } as const;
      const struck = courier.aws.inject({ ...start, fault: { kind: 'kill', moment } });

      await publishSubmitted(courier, { taskId });
      await courier.stack.settled();

      expect(struck()).toBe(1);
      expect(startsOf(courier, taskId)).toBe(1);
      await expectOneCollection(courier, taskId);
    },
  );

  it.each([
    ['states', 'StartExecution', 'before'],
    ['states', 'StartExecution', 'after'],
    ['dynamodb', 'PutItem', 'before'],
    ['dynamodb', 'PutItem', 'after'],
  ] as const)(
    'O2: starts one execution of a repeated POST /tasks, killed at %s %s (%s)',
    async (service, operation, moment) => {
      const taskId = courier.createTask(pending, pending, completed(WHALE));
      courier.aws.inject({ service, operation, about: taskId, fault: { kind: 'kill', moment } });

      const [first, second] = await courier.clock.during(
        (async () => [
          await courier.request('POST', '/tasks', { taskId }),
          await courier.request('POST', '/tasks', { taskId }),
        ])(),
      );
      await courier.stack.settled();

      expect(first?.status).toBe(500);
      expect([200, 202]).toContain(second?.status);
      expect(startsOf(courier, taskId)).toBe(1);
      await expectOneCollection(courier, taskId);
    },
  );
});

it('O7: 1,500 results are all in the manifest, and 400 in record and event', async () => {
  const texts = Array.from({ length: 1500 }, (_, index) => document(`region ${index}`));
  const results = texts.map((text) => result(text, 'x'.repeat(100)));
  const taskId = courier.createTask(pending, { taskStatus: 'Completed', results });
  const input = { taskId, operation: 'RecognizeRegions', correlation: '\u20ac'.repeat(256) };

  const end = await courier.collect(input);
  const { record, events } = end;

  await expectSound(courier, input, end, { outcome: 'Completed', documents: texts });
  expect(record?.resultCount).toBe(1500);
  expect(record?.results).toHaveLength(400);
  expect(Buffer.byteLength(JSON.stringify(events[0]))).toBeLessThan(256 * 1024);
  expect(Buffer.byteLength(JSON.stringify(record))).toBeLessThan(400 * 1024);
});

describe('a wrong clock', () => {
  it.each([-24 * 3600, -3600, -1, 1, 3600])(
    'O10: changes no outcome when the clock of a function moves by %i s at every poll',
    async (seconds) => {
      const taskId = courier.createTask(pending, pending, completed(WHALE));
      const stop = courier.stack.onLog((line) => {
        if (line.includes('"Polled"') && line.includes(`"${taskId}"`) && !line.includes('"outcome"'))
          courier.clock.advance(seconds * 1000);
      });

      const end = await courier.collect({ taskId });
      stop();

      await expectSound(courier, { taskId }, end, { ...collected, attempts: 3, fetches: 3, clockSet: true });
      const { durations } = z
        .object({ durations: z.object({ collectingSeconds: z.number() }) })
        .parse(end.events[0]?.detail);
      expect(durations.collectingSeconds).toBeGreaterThanOrEqual(0);
    },
  );

  it('O10: may put the time of a submission four minutes into the future', () =>
    expectSoundUnder(courier, {
      responses: [pending, completed(WHALE)],
      input: { submittedAt: new Date(courier.clock.now() + 240_000).toISOString() },
      expected: collected,
    }));
});

it('V1: a task that stays Pending for a day ends as TimedOut at the default deadline', () =>
  expectSoundUnder(courier, {
    responses: [pending],
    expected: { outcome: 'TimedOut', reason: 'Deadline' },
  }));

it('O9: 300 concurrent tasks, half of them twice, are each collected once', async () => {
  await using busy = await startFaultyCourier();
  const taskIds = Array.from({ length: 300 }, newTaskId);
  for (const taskId of taskIds) busy.script(taskId, [pending, completed(document(taskId))]);

  const ends = await Promise.all(
    taskIds.map(async (taskId, index) => {
      if (index % 2 === 0) await publishSubmitted(busy, { taskId });
      return await busy.collect({ taskId });
    }),
  );
  await busy.stack.settled();

  expect(ends.map(({ execution }) => execution.status)).toEqual(taskIds.map(() => 'SUCCEEDED'));
  for (const taskId of taskIds) {
    expect(busy.front.requestsFor(taskId)).toHaveLength(2);
    await expectOneCollection(busy, taskId, document(taskId));
  }
});

/** Concurrent, because the timeouts of the AWS clients take real time. */
describe.concurrent('a call to AWS without a response', () => {
  it.for<[string, Omit<AwsInjection, 'fault'>]>([
    ['DynamoDB', { service: 'dynamodb', operation: 'PutItem', after: 1 }],
    ['S3', { service: 's3', operation: 'PutObject' }],
    ['Secrets Manager', { service: 'secretsmanager', operation: 'GetSecretValue' }],
  ])('O3: times out and is repeated within a minute when the service is %s', async ([, call]) => {
    await using silent = await startFaultyCourier();
    const begun = performance.now();

    await expectSoundUnder(silent, {
      responses: [pending, completed(WHALE)],
      aws: [{ ...call, fault: { kind: 'silence' } }],
      expected: collected,
    });

    expect(performance.now() - begun).toBeLessThan(60_000);
  });
});

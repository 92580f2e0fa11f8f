import { expect, it } from 'vitest';
import { openBatches } from '../../support/batches.ts';
import { pending } from '../../support/responses.ts';
import { faultyCourierForAll } from '../layers/faulty-courier.ts';
import type { RawReply } from '../layers/vendor-front.ts';
import {
  awsError,
  completing,
  expectSoundBatch,
  expectSoundBatchUnder,
  PLANNED_ITEMS,
  planBatch,
} from './batch-case.ts';
import { BATCH_FAULTS } from './batch-faults.ts';

const courier = await faultyCourierForAll();

it.each(BATCH_FAULTS)('$row: a batch ends soundly after this fault: $when', (fault) =>
  expectSoundBatchUnder(courier, fault),
);

const killing: RawReply = () => void courier.stack.killFunctions();

it('B1: resumes a chunk whose function is killed six times at its polls', () =>
  expectSoundBatchUnder(courier, {
    responses: [[...Array(6).fill(killing), pending]],
    input: { polling: { timeoutSeconds: 600 } },
    expected: { lines: { 0: 'TimedOut, Deadline', 1: 'Completed', 2: 'Completed' } },
  }));

it('B1: closes the tasks of a chunk whose function is killed seven times, and collects the others', async () => {
  await expectSoundBatchUnder(courier, {
    responses: [[killing]],
    input: { concurrency: 1 },
    expected: { lines: { 0: 'Failed, InternalError', 2: 'Completed' } },
  });

  const position = (part: string) => courier.logs.findIndex((line) => line.includes(part));
  expect(position('"Closed a chunk that had failed"')).toBeGreaterThan(-1);
  expect(position('"Closed a chunk that had failed"')).toBeLessThan(
    position('"Published the event of the batch"'),
  );
});

it('B3: starts no task of chunks that fail at every attempt', async () => {
  const planned = planBatch(courier);
  const fault = awsError(403, 'AccessDenied');
  courier.aws.inject({
    service: 's3',
    operation: 'GetObject',
    about: '/items.jsonl',
    times: Infinity,
    fault,
  });
  const gaveUp = courier.logged(['"Collect chunk failed"'], 2 * 7).then(() => courier.aws.heal());

  const settled = await openBatches(courier).collect(planned.batchId, planned.input);

  await gaveUp;
  await expectSoundBatch(courier, planned, settled, { counts: { NotStarted: PLANNED_ITEMS } });
});

it('B6: every request of a chunk waits as long as Aspose asks for', async () => {
  const throttled = { httpStatus: 429, headers: { 'retry-after': '90' } };
  const planned = planBatch(courier);
  const [first, second] = planned.taskIds;
  courier.script(first, completing(pending, throttled)(first));
  courier.script(second, completing(...Array(30).fill(pending))(second));

  const settled = await openBatches(courier).collect(planned.batchId, planned.input);

  await expectSoundBatch(courier, planned, settled, { lines: { 0: 'Completed', 1: 'Completed' } });
  const [, at = 0] = courier.front.requestsFor(first);
  const meanwhile = courier.front.requestsFor(second).filter((time) => time > at && time < at + 90_000);
  // One request may be sent while the response is under way.
  expect(meanwhile.length).toBeLessThan(2);
  expect(meanwhile.filter((time) => time > at + 2000)).toEqual([]);
});

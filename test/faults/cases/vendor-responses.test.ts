import { describe, expect, it } from 'vitest';
import { newTaskId } from '../../support/courier.ts';
import { completed, result } from '../../support/responses.ts';
import { document, faultyCourierForAll, WHALE } from '../layers/faulty-courier.ts';
import { expectNoCanary } from './expect-sound.ts';
import { expectSoundUnder } from './fault-case.ts';
import { VENDOR_RESPONSES } from './vendor-responses.ts';

const courier = await faultyCourierForAll();

describe('a response of Aspose', () => {
  it.each(VENDOR_RESPONSES)('$row: ends a task as $expected.outcome after $when', (fault) =>
    expectSoundUnder(courier, fault),
  );

  it('V9 S8: gets a key with the extension and a content type of its kind for each entry', async () => {
    const taskId = newTaskId();
    const types = ['Text', 'Pdf', '../../etc/passwd\n', null];
    const results = types.map((type) => result(document(''), type));
    courier.script(taskId, [{ taskStatus: 'Completed', results }]);

    const { record } = await courier.collect({ taskId, operation: 'RecognizeRegions' });

    expect(record?.results.map(({ key, contentType }) => [key, contentType])).toEqual([
      [`results/RecognizeRegions/${taskId}/0.txt`, 'text/plain; charset=utf-8'],
      [`results/RecognizeRegions/${taskId}/1.pdf`, 'application/pdf'],
      [`results/RecognizeRegions/${taskId}/2.bin`, 'application/octet-stream'],
      [`results/RecognizeRegions/${taskId}/3.bin`, 'application/octet-stream'],
    ]);
  });

  it('is fetched without a token for a trial operation, whose event says so', async () => {
    const taskId = newTaskId();
    courier.script(taskId, [completed(WHALE)]);

    const { events } = await courier.collect({ taskId, operation: 'RecognizeImageTrial' });

    expect(events).toMatchObject([{ detail: { outcome: 'Completed', trial: true } }]);
    expect(courier.fetchesOf(taskId)).toMatchObject([{ authorization: false }]);
  });
});

it.each([
  { taskId: 'canary-client-secret in the wrong field' },
  { taskId: 'ok', accessToken: 'canary-client-secret' },
])('S1 U3: a secret in the wrong field appears in no log, event or error: %j', async (input) => {
  const collected = await courier.collect(input);

  expect(collected.execution).toMatchObject({ status: 'FAILED', error: 'InvalidInput' });
  expectNoCanary(courier, [collected]);
});

import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { completed, notExist, pending, result } from '../../support/responses.ts';
import type { AwsFault } from '../layers/aws-fault-layer.ts';
import {
  completedBody,
  document,
  type FaultyResponse,
  faultyCourierForAll,
  WHALE,
} from '../layers/faulty-courier.ts';
import { bytes, chunked, drip, withHeaders } from '../layers/raw-replies.ts';
import { AWS_FAULTS, KILLS } from './aws-faults.ts';
import { expectNoCanary } from './expect-sound.ts';
import { expectSoundUnder, type FaultCase } from './fault-case.ts';
import { HTTP_FAULTS } from './http-faults.ts';
import { VENDOR_RESPONSES } from './vendor-responses.ts';

const courier = await faultyCourierForAll();

/** `npm run test:faults` runs the other cases of these rows. */
function firstOfEachRow(cases: readonly FaultCase[]): FaultCase[] {
  return cases.filter(({ row }, index) => cases.findIndex((other) => other.row === row) === index);
}

it.each([...VENDOR_RESPONSES, ...firstOfEachRow([...HTTP_FAULTS, ...KILLS, ...AWS_FAULTS])])(
  '$row: a task ends as $expected.outcome after $when',
  (fault) => expectSoundUnder(courier, fault),
);

describe('NotExist for a task that has just been submitted', () => {
  const input = () => ({ submittedAt: new Date(courier.clock.now()).toISOString() });

  it('V2: ends the task as NotFound once it is 30 s old', () =>
    expectSoundUnder(courier, {
      responses: [notExist],
      input: input(),
      expected: { outcome: 'NotFound', seconds: { from: 30, to: 60 } },
    }));

  it.each([
    ['not listed yet', []],
    ['listed before', [pending]],
  ])('V2: does not end the task when it is %s and listed after four polls', (_, before) =>
    expectSoundUnder(courier, {
      responses: [...before, ...Array(3).fill(notExist), completed(WHALE)],
      input: input(),
      expected: { outcome: 'Completed', documents: [WHALE] },
    }),
  );
});

describe('a response of Aspose', () => {
  it('V9: gives a JSON text of RecognizeAndParseInvoice the extension .json', async () => {
    const types = ['Text', 'Text', 'Png', 'Wav', 'Xlsx', 'Html'];
    const contents = ['{"total": 12.5}', 'Invoice 7', '\x89PNG', 'RIFF', 'PK', '<p>'];
    const results = types.map((type, index) => result(Buffer.from(contents[index] ?? '', 'latin1'), type));
    const taskId = courier.createTask({ taskStatus: 'Completed', results });

    const { record } = await courier.collect({ taskId, operation: 'RecognizeAndParseInvoice' });

    const folder = `results/RecognizeAndParseInvoice/${taskId}`;
    expect(record?.results.map(({ key, contentType }) => [key, contentType])).toEqual([
      [`${folder}/0.json`, 'application/json'],
      [`${folder}/1.txt`, 'text/plain; charset=utf-8'],
      [`${folder}/2.png`, 'image/png'],
      [`${folder}/3.wav`, 'audio/wav'],
      [`${folder}/4.xlsx`, 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'],
      [`${folder}/5.html`, 'text/html; charset=utf-8'],
    ]);
    expect(record?.warnings).toEqual([]);
  });

  it('V9 S8: gives each entry the file extension and content type of its type', async () => {
    const types = ['Text', 'Pdf', '../../etc/passwd\n', null];
    const results = types.map((type) => result(document(''), type));
    const taskId = courier.createTask({ taskStatus: 'Completed', results });

    const { record } = await courier.collect({ taskId, operation: 'RecognizeRegions' });

    expect(record?.results.map(({ key, contentType }) => [key, contentType])).toEqual([
      [`results/RecognizeRegions/${taskId}/0.txt`, 'text/plain; charset=utf-8'],
      [`results/RecognizeRegions/${taskId}/1.pdf`, 'application/pdf'],
      [`results/RecognizeRegions/${taskId}/2.bin`, 'application/octet-stream'],
      [`results/RecognizeRegions/${taskId}/3.bin`, 'application/octet-stream'],
    ]);
  });

  it('is fetched without a token for a trial operation, and its event names the trial', async () => {
    const taskId = courier.createTask(completed(WHALE));

    const { events } = await courier.collect({ taskId, operation: 'RecognizeImageTrial' });

    expect(events).toMatchObject([{ detail: { outcome: 'Completed', trial: true } }]);
    expect(courier.fetchesOf(taskId)).toMatchObject([{ authorization: false }]);
  });
});

describe('a cap on the length of a response', async () => {
  const capped = await faultyCourierForAll({ environment: { MAX_ANSWER_BYTES: '4000' } });
  const long = document('x'.repeat(4000));
  const bomb = gzipSync(completedBody('x'.repeat(3_000_000)));
  const spaces = `400\r\n${' '.repeat(1024)}\r\n`;

  it.each<[string, FaultyResponse]>([
    ['a response', completed(long)],
    ['a response without a length', bytes(chunked([completedBody(long)]))],
    ['an endless response', drip(withHeaders(['transfer-encoding: chunked']), spaces)],
    [
      'a response that inflates a thousandfold',
      { httpStatus: 200, body: bomb, headers: { 'content-encoding': 'gzip' } },
    ],
  ])('V17 S6: ends a task as Failed, ResultTooLarge after %s over the cap', (_, response) =>
    expectSoundUnder(capped, {
      responses: [response],
      expected: { outcome: 'Failed', reason: 'ResultTooLarge', attempts: 1 },
    }),
  );

  it('V17: lets a response within the cap complete a task', () => {
    const text = document('x'.repeat(2000));
    return expectSoundUnder(capped, {
      responses: [completed(text)],
      expected: { outcome: 'Completed', documents: [text] },
    });
  });
});

it.each<AwsFault>([{ kind: 'error', status: 503, code: 'SlowDown' }, { kind: 'reset' }, { kind: 'lost' }])(
  'O3: storing a document of megabytes survives one fault of S3 without a second poll: $kind',
  (fault) => {
    const large = document('x'.repeat(3_000_000));
    return expectSoundUnder(courier, {
      responses: [completed(large)],
      aws: [{ service: 's3', operation: 'PutObject', about: '0.txt', fault }],
      expected: { outcome: 'Completed', documents: [large], attempts: 1, fetches: 1 },
    });
  },
);

it.each([
  { taskId: 'canary-client-secret in the wrong field' },
  { taskId: 'ok', accessToken: 'canary-client-secret' },
])('S1 U3: a secret in the wrong field appears in no log, event or error: %j', async (input) => {
  const collected = await courier.collect(input);

  expect(collected.execution).toMatchObject({ status: 'FAILED', error: 'InvalidInput' });
  expectNoCanary(courier, [collected]);
});

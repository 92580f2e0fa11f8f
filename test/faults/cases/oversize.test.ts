import { gzipSync } from 'node:zlib';
import { it } from 'vitest';
import { completed } from '../../support/responses.ts';
import {
  completedBody,
  document,
  type FaultyResponse,
  faultyCourierForAll,
} from '../layers/faulty-courier.ts';
import { bytes, chunked, drip, withHeaders } from '../layers/raw-replies.ts';
import { expectSoundUnder } from './fault-case.ts';

const courier = await faultyCourierForAll({ environment: { MAX_ANSWER_BYTES: '4000' } });

const long = document('x'.repeat(4000));
const bomb = gzipSync(completedBody('x'.repeat(3_000_000)));

it.each<[string, FaultyResponse]>([
  ['a response', completed(long)],
  ['a response without a length', bytes(chunked([completedBody(long)]))],
  [
    'an endless response',
    drip(withHeaders(['transfer-encoding: chunked']), `400\r\n${' '.repeat(1024)}\r\n`),
  ],
  [
    'a response that inflates a thousandfold',
    { httpStatus: 200, body: bomb, headers: { 'content-encoding': 'gzip' } },
  ],
])('V17 S6: %s over the cap ends a task as Failed, ResultTooLarge', (_, response) =>
  expectSoundUnder(courier, {
    responses: [response],
    expected: { outcome: 'Failed', reason: 'ResultTooLarge', attempts: 1 },
  }),
);

it('V17: a response within the cap completes a task', () => {
  const text = document('x'.repeat(2000));
  return expectSoundUnder(courier, {
    responses: [completed(text)],
    expected: { outcome: 'Completed', documents: [text] },
  });
});

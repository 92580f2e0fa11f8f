import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, it } from 'vitest';
import {
  completed,
  completedBody,
  document,
  type FaultyCourier,
  startFaultyCourier,
} from '../layers/faulty-courier.ts';
import { bytes, chunked, drip, withHeaders } from '../layers/raw-replies.ts';
import { type FaultCase, showFault } from './fault-case.ts';

let courier: FaultyCourier;
beforeAll(async () => {
  courier = await startFaultyCourier({ environment: { MAX_ANSWER_BYTES: '4000' } });
});
afterAll(() => courier[Symbol.asyncDispose]());

const tooLarge = { outcome: 'Failed', reason: 'ResultTooLarge', attempts: 1 } as const;
const long = completedBody('x'.repeat(4000));
const bomb = gzipSync(completedBody('x'.repeat(3_000_000)));

const cases: readonly Omit<FaultCase, 'row'>[] = [
  { when: 'over the cap', answers: [completed('x'.repeat(4000))], expected: tooLarge },
  {
    when: 'over the cap, of a length that is not told',
    answers: [bytes(chunked([long]))],
    expected: tooLarge,
  },
  {
    when: 'without an end',
    answers: [drip(withHeaders(['transfer-encoding: chunked']), `400\r\n${' '.repeat(1024)}\r\n`)],
    expected: tooLarge,
  },
  {
    when: 'a thousand times larger than it was sent',
    answers: [{ httpStatus: 200, body: bomb, headers: { 'content-encoding': 'gzip' } }],
    expected: tooLarge,
  },
  {
    when: 'within the cap',
    answers: [completed('x'.repeat(2000))],
    expected: { outcome: 'Completed', documents: [document('x'.repeat(2000))] },
  },
];

describe('an answer', () => {
  it.each(cases)('V17: $when', (fault) => showFault(courier, { row: 'V17', ...fault }));
});

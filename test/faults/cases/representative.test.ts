import { it } from 'vitest';
import { faultyCourierForAll } from '../layers/faulty-courier.ts';
import { AWS_FAULTS, KILLS } from './aws-faults.ts';
import { expectSoundUnder, type FaultCase } from './fault-case.ts';
import { HTTP_FAULTS } from './http-faults.ts';

const courier = await faultyCourierForAll();

function firstOfEachRow(cases: readonly FaultCase[]): FaultCase[] {
  return cases.filter(({ row }, index) => cases.findIndex((other) => other.row === row) === index);
}

/** One quick case of each row whose other cases run in `npm run test:faults` only. */
it.each(firstOfEachRow([...HTTP_FAULTS, ...KILLS, ...AWS_FAULTS]))(
  '$row: a task ends as $expected.outcome after $when',
  (fault) => expectSoundUnder(courier, fault),
);

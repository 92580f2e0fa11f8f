import { describe, it } from 'vitest';
import { faultyCourierForAll, startFaultyCourier } from '../layers/faulty-courier.ts';
import { AWS_FAULTS, KILLS, SECRET_FAULTS } from './aws-faults.ts';
import { expectClosedOnce, expectSoundUnder } from './fault-case.ts';

const courier = await faultyCourierForAll();

describe('a killed function', () => {
  it.each(KILLS)('$row: leaves a task that ends as $expected.outcome after $when', (fault) =>
    expectSoundUnder(courier, fault),
  );
});

/** Concurrent, because the SDK waits in real time before it retries. */
describe.concurrent('a fault of AWS', () => {
  it.for(AWS_FAULTS)('$row: ends a task as $expected.outcome after $when', (fault) =>
    expectSoundUnder(courier, fault),
  );

  it.for(SECRET_FAULTS)('$row: ends a task as $expected.outcome after $when', async (fault) => {
    await using fresh = await startFaultyCourier();
    await expectSoundUnder(fresh, fault);
  });

  it('O5: lets close-task close a stopped task once after a write that is throttled 4 times', () =>
    expectClosedOnce(courier, { kind: 'error', status: 400, code: 'ThrottlingException' }, 4));
});

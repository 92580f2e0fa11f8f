import { afterAll, beforeAll, describe, it } from 'vitest';
import { type FaultyCourier, startFaultyCourier } from '../layers/faulty-courier.ts';
import { AWS_FAULTS, KILLS, SECRET_FAULTS } from '../layers/our-side.ts';
import { showAwsFault } from './fault-case.ts';

let courier: FaultyCourier;
beforeAll(async () => {
  courier = await startFaultyCourier();
});
afterAll(() => courier[Symbol.asyncDispose]());

describe('the functions are killed', () => {
  it.each(KILLS)('$row: $when', (fault) => showAwsFault(courier, fault));
});

/** Together, as the SDK waits in real time before it repeats a call. */
describe.concurrent('AWS is out of order', () => {
  it.for(AWS_FAULTS)('$row: $when', (fault) => showAwsFault(courier, fault));

  it.for(SECRET_FAULTS)('$row: $when', async (fault) => {
    await using fresh = await startFaultyCourier();
    await showAwsFault(fresh, fault);
  });
});

import { afterAll, beforeAll, describe, it } from 'vitest';
import { type FaultyCourier, startFaultyCourier } from '../layers/faulty-courier.ts';
import { VENDOR_ANSWERS } from '../layers/vendor-responses.ts';
import { showFault } from './fault-case.ts';

let courier: FaultyCourier;
beforeAll(async () => {
  courier = await startFaultyCourier();
});
afterAll(() => courier[Symbol.asyncDispose]());

describe('an answer of Aspose', () => {
  it.each(VENDOR_ANSWERS)('$row: $when', (fault) => showFault(courier, fault));
});

import { afterAll, beforeAll, describe, it } from 'vitest';
import { showFault } from './fault-case.ts';
import { type FaultyCourier, startFaultyCourier } from './faulty-courier.ts';
import { VENDOR_ANSWERS } from './vendor-answers.ts';

let courier: FaultyCourier;
beforeAll(async () => {
  courier = await startFaultyCourier();
});
afterAll(() => courier[Symbol.asyncDispose]());

describe('an answer of Aspose', () => {
  it.each(VENDOR_ANSWERS)('$row: $when', (fault) => showFault(courier, fault));
});

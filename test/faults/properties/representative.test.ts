import { afterAll, beforeAll, describe, it } from 'vitest';
import { showAwsFault, showFault } from '../cases/fault-case.ts';
import { type FaultyCourier, startFaultyCourier } from '../layers/faulty-courier.ts';
import { HTTP_ANSWERS } from '../layers/http-responses.ts';
import { AWS_FAULTS, KILLS } from '../layers/our-side.ts';
import { VENDOR_ANSWERS } from '../layers/vendor-responses.ts';

/** One case of each row that needs no waiting, at every change; `npm run test:faults` runs them all. */
let courier: FaultyCourier;
beforeAll(async () => {
  courier = await startFaultyCourier();
});
afterAll(() => courier[Symbol.asyncDispose]());

function firstOfEachRow<T extends { readonly row: string }>(cases: readonly T[]): T[] {
  return cases.filter(({ row }, index) => cases.findIndex((other) => other.row === row) === index);
}

describe('a fault of Aspose', () => {
  it.each(firstOfEachRow([...VENDOR_ANSWERS, ...HTTP_ANSWERS]))('$row: $when', (fault) =>
    showFault(courier, fault),
  );
});

describe('a fault of ours', () => {
  it.each(firstOfEachRow([...KILLS, ...AWS_FAULTS]))('$row: $when', (fault) => showAwsFault(courier, fault));
});

import { afterAll, beforeAll, describe, it } from 'vitest';
import { ACCESS_TOKENS } from './access-tokens.ts';
import { showFault, showTokenFault } from './fault-case.ts';
import { type FaultyCourier, startFaultyCourier } from './faulty-courier.ts';
import { HTTP_ANSWERS } from './http-answers.ts';

let courier: FaultyCourier;
beforeAll(async () => {
  courier = await startFaultyCourier();
});
afterAll(() => courier[Symbol.asyncDispose]());

describe('an answer to a fetch', () => {
  it.each(HTTP_ANSWERS)('$row: $when', (fault) => showFault(courier, fault));
});

describe('an access token', () => {
  it.each(ACCESS_TOKENS)('$row: $when', (fault) => showTokenFault(courier, fault));
});

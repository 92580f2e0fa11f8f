import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newTaskId } from '../support/courier.ts';
import { expectSound } from './expect-sound.ts';
import { type FaultyCourier, startFaultyCourier } from './faulty-courier.ts';
import { AWS_FAULTS, type AwsFaultCase, injectAll, KILLS, SECRET_FAULTS } from './our-side.ts';

let courier: FaultyCourier;
beforeAll(async () => {
  courier = await startFaultyCourier();
});
afterAll(() => courier[Symbol.asyncDispose]());

async function showAwsFault(courier: FaultyCourier, { answers, aws, expected }: AwsFaultCase): Promise<void> {
  const taskId = newTaskId();
  courier.answer(taskId, answers);
  const struck = injectAll(courier, aws, taskId);
  const collected = await courier.collect({ taskId });

  const atLeast = aws.map(({ times = 1 }) => (times === Infinity ? 7 : times));
  for (const [index, count] of struck().entries()) expect(count).toBeGreaterThanOrEqual(atLeast[index] ?? 1);
  await expectSound(courier, { taskId }, collected, expected);
}

describe('the functions are killed', () => {
  it.each(KILLS)('$row: $when', (fault) => showAwsFault(courier, fault));
});

describe('AWS is out of order', () => {
  it.each(AWS_FAULTS)('$row: $when', (fault) => showAwsFault(courier, fault));

  it.each(SECRET_FAULTS)('$row: $when', async (fault) => {
    await using fresh = await startFaultyCourier();
    await showAwsFault(fresh, fault);
  });
});

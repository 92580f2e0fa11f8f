import { expect } from 'vitest';
import type { ScriptedTokenResponse } from '../../../local/aspose-simulator/scripted-responses.ts';
import { newTaskId } from '../../support/courier.ts';
import type { AwsInjection } from '../layers/aws-fault-layer.ts';
import type { Answer, FaultyCourier } from '../layers/faulty-courier.ts';
import { type RawReply, TOKEN_ENDPOINT } from '../layers/vendor-front.ts';
import { type Expected, expectSound } from '../properties/expect-sound.ts';

/** One fault, and how a task must end that meets it. */
export interface FaultCase {
  /** The row of docs/faults.md that it shows. */
  readonly row: string;
  readonly when: string;
  /** Of Aspose, to the fetches of the task. */
  readonly answers: readonly Answer[];
  /** Beside the task id. */
  readonly input?: object;
  readonly expected: Expected;
}

/** A fault on the way to an access token. */
export interface TokenFaultCase extends FaultCase {
  /** To requests for tokens; the last repeats. */
  readonly token: readonly (ScriptedTokenResponse | RawReply)[];
  readonly tokenRequests: number;
}

/** Collects a task under a fault, and expects that all is well afterwards. */
export async function showFault(
  courier: FaultyCourier,
  { answers, input, expected }: FaultCase,
): Promise<void> {
  const taskId = newTaskId();
  courier.answer(taskId, answers);
  const whole = { taskId, ...input };
  await expectSound(courier, whole, await courier.collect(whole), expected);
}

/** As `showFault`, by functions that have no token yet; neither they nor the fault are there afterwards. One at a time. */
export async function showTokenFault(courier: FaultyCourier, fault: TokenFaultCase): Promise<void> {
  const { token, tokenRequests } = fault;
  await courier.stack.killFunctions();
  courier.answerToken(token);
  const before = courier.front.requestsFor(TOKEN_ENDPOINT).length;
  try {
    await showFault(courier, fault);
    expect(courier.front.requestsFor(TOKEN_ENDPOINT).length - before).toBe(tokenRequests);
  } finally {
    courier.answerToken([{ grant: {} }]);
    await courier.stack.killFunctions();
  }
}

/** A fault of AWS, or a kill, while a task with three documents is collected. */
export interface AwsFaultCase extends FaultCase {
  /** Those without `about` befall what is about the task alone. */
  readonly aws: readonly AwsInjection[];
}

/** Collects a task while AWS is out of order, and expects that all is well afterwards. */
export async function showAwsFault(
  courier: FaultyCourier,
  { answers, aws, expected }: AwsFaultCase,
): Promise<void> {
  const taskId = newTaskId();
  courier.answer(taskId, answers);
  const struck = injectAll(courier, aws, taskId);
  const collected = await courier.collect({ taskId });

  const atLeast = aws.map(({ times = 1 }) => (times === Infinity ? 7 : times));
  for (const [index, count] of struck().entries()) expect(count).toBeGreaterThanOrEqual(atLeast[index] ?? 1);
  await expectSound(courier, { taskId }, collected, expected);
}

/** Adds the faults of a case, and says how often each has struck. */
function injectAll({ aws }: FaultyCourier, faults: readonly AwsInjection[], taskId: string): () => number[] {
  const struck = faults.map((injection) => {
    const { about = '' } = injection;
    const ofTask = new RegExp(`${taskId}\\b.*${String(about).replaceAll('.', '\\.')}`, 's');
    return aws.inject({ ...injection, about: injection.service === 'secretsmanager' ? '' : ofTask });
  });
  return () => struck.map((count) => count());
}

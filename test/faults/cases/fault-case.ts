import { DeleteItemCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { expect } from 'vitest';
import { newTaskId } from '../../support/courier.ts';
import { pending } from '../../support/responses.ts';
import type { AwsFault, AwsInjection } from '../layers/aws-fault-layer.ts';
import type { FaultyCourier, FaultyResponse, FaultyTokenResponse } from '../layers/faulty-courier.ts';
import { TOKEN_ENDPOINT } from '../layers/vendor-front.ts';
import { type Expected, expectSound } from './expect-sound.ts';

/** A fault, and the required end of a task that meets it. */
export interface Fault {
  /** Aspose's responses to the fetches of the task. */
  readonly responses: readonly FaultyResponse[];
  /** The input, without the task id. */
  readonly input?: object;
  /** Faults of calls to AWS about the task. @default - none */
  readonly aws?: readonly AwsInjection[];
  readonly expected: Expected;
}

/** A fault that a row of docs/design/faults.md describes. */
export interface FaultCase extends Fault {
  readonly row: string;
  readonly when: string;
}

/** A fault of a token request. */
export interface TokenFaultCase extends FaultCase {
  /** Responses to token requests; the last repeats. */
  readonly token: readonly FaultyTokenResponse[];
  readonly expected: Expected & { readonly tokenRequests: number };
}

/** Builds a case. @param title `<row>: <when>` */
export function faultCase(
  title: string,
  responses: readonly FaultyResponse[],
  expected: Expected,
  input: object = {},
): FaultCase {
  const end = title.indexOf(': ');
  return { row: title.slice(0, end), when: title.slice(end + 2), responses, expected, input };
}

/** Collects a task under a fault, and expects that its end is sound. */
export async function expectSoundUnder(
  courier: FaultyCourier,
  { responses, input: details, aws = [], expected }: Fault,
): Promise<void> {
  const input = { taskId: courier.createTask(...responses), ...details };
  const struck = aws.map((injection) => injectForTask(courier, injection, input.taskId));

  const collected = await courier.collect(input);

  for (const [index, { times = 1 }] of aws.entries())
    expect(struck[index]?.()).toBeGreaterThanOrEqual(times === Infinity ? 7 : times);
  await expectSound(courier, input, collected, expected);
}

/** Limits a fault to the calls about one task. Calls to Secrets Manager name no task. */
function injectForTask({ aws }: FaultyCourier, injection: AwsInjection, taskId: string): () => number {
  const { about = '', service } = injection;
  const ofTask = new RegExp(`${taskId}\\b.*${String(about).replaceAll('.', '\\.')}`, 's');
  return aws.inject({ ...injection, about: service === 'secretsmanager' ? '' : ofTask });
}

/**
 * Like `expectSoundUnder`, with functions that hold no token. It removes both afterwards; run one
 * at a time.
 */
export async function expectSoundUnderToken(courier: FaultyCourier, fault: TokenFaultCase): Promise<void> {
  const { token, expected } = fault;
  await forgetTokens(courier);
  courier.scriptToken(token);
  const before = courier.front.requestsFor(TOKEN_ENDPOINT).length;
  try {
    await expectSoundUnder(courier, fault);
    expect(courier.front.requestsFor(TOKEN_ENDPOINT).length - before).toBe(expected.tokenRequests);
  } finally {
    courier.scriptToken([{ grant: {} }]);
    await forgetTokens(courier);
  }
}

/** Ends all environments, and deletes what they have noted about the credentials. */
async function forgetTokens({ stack }: FaultyCourier): Promise<void> {
  await stack.killFunctions();
  const dynamo = new DynamoDBClient(stack.clientConfig('dynamodb'));
  const Key = { taskId: { S: '#token-trial' } };
  await dynamo.send(new DeleteItemCommand({ TableName: stack.resource('AWS::DynamoDB::Table').name, Key }));
  dynamo.destroy();
}

/** Starts a task that stays Pending, and stops its execution after some polls. */
export async function stopAfterPolls(
  courier: FaultyCourier,
  input: { readonly taskId: string },
  { polls = 1, beforeStop = () => {} }: { readonly polls?: number; readonly beforeStop?: () => void } = {},
) {
  courier.script(input.taskId, [pending]);
  const polled = courier.polled(input.taskId, polls);
  const { executionArn } = await courier.start(input);
  await polled;
  beforeStop();
  await courier.stack.stopExecution(executionArn);
  return await courier.collected(executionArn, input.taskId);
}

/** Expects that close-task closes a stopped task once when its write meets a fault. */
export async function expectClosedOnce(courier: FaultyCourier, fault: AwsFault, times = 1): Promise<void> {
  const taskId = newTaskId();
  const about = new RegExp(`"Cancelled".*"${taskId}"|"${taskId}".*"Cancelled"`, 's');
  let struck = () => 0;

  const stopped = await stopAfterPolls(
    courier,
    { taskId },
    {
      beforeStop() {
        struck = courier.aws.inject({ service: 'dynamodb', operation: 'PutItem', about, fault, times });
      },
    },
  );

  await expectSound(courier, { taskId }, stopped, { outcome: 'Cancelled' });
  expect(struck()).toBe(times);
}

import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { beforeEach, describe, expect, it } from 'vitest';
import { createTokenTrials } from '../../../../functions/adapters/aws/token-trials.ts';
import type { TokenFailure } from '../../../../functions/core/token-trials.ts';
import { START } from '../../../support/builders.ts';
import { mockClient } from '../../../support/mock-client.ts';

const dynamo = mockClient(DynamoDBClient);
/** The item, as DynamoDB would store it, and the time that all environments share. */
let item: Record<string, unknown> | undefined;
let now = START;

beforeEach(() => {
  item = undefined;
  now = START;
  dynamo.reset();
  dynamo.on(GetItemCommand).callsFake(() => (item === undefined ? {} : { Item: marshall(item) }));
  dynamo.on(PutItemCommand).callsFake(({ Item, ConditionExpression, ExpressionAttributeValues = {} }) => {
    const expected = unmarshall(ExpressionAttributeValues);
    const isMet =
      ConditionExpression === undefined ||
      (ConditionExpression === 'attribute_not_exists(taskId)'
        ? item === undefined
        : item?.['secretVersion'] === expected[':version'] && item?.['until'] === expected[':until']);
    if (!isMet) throw new ConditionalCheckFailedException({ message: 'no', $metadata: {} });
    item = unmarshall(Item);
    return {};
  });
});

/** The trials of one environment. Its waits let `meanwhile` happen. */
function anEnvironment(meanwhile: () => Promise<void> = async () => {}) {
  return createTokenTrials({
    client: new DynamoDBClient({}),
    tableName: 'tasks',
    now: () => now,
    async sleep(seconds) {
      now += seconds * 1000;
      await meanwhile();
    },
  });
}

const rejected: TokenFailure = { kind: 'Rejected', detail: 'no' };

describe('trials of credentials', () => {
  it('admit one environment, and let the others wait for its result', async () => {
    const first = anEnvironment();
    expect(await first.admit('v1', 10)).toBeUndefined();

    const second = anEnvironment(() => first.record('v1', rejected));

    expect(await second.admit('v1', 10)).toEqual(rejected);
  });

  it('admit every environment for five seconds after a token was granted', async () => {
    const first = anEnvironment();
    await first.admit('v1', 10);
    await first.record('v1', undefined);

    now += 4_000;
    await Promise.all(
      [1, 2, 3].map(async () => expect(await anEnvironment().admit('v1', 10)).toBeUndefined()),
    );
    expect(item).toMatchObject({ state: 'Accepted' });
    now += 1000;
    expect(await anEnvironment().admit('v1', 10)).toBeUndefined();
    expect(item).toMatchObject({ state: 'Trying' });
  });

  it('repeat a rejection for ten minutes, and then admit one environment', async () => {
    await anEnvironment().record('v1', rejected);

    now += 599_000;
    expect(await anEnvironment().admit('v1', 10)).toEqual(rejected);
    now += 1000;
    expect(await anEnvironment().admit('v1', 10)).toBeUndefined();
  });

  it('admit another version of the secret immediately', async () => {
    await anEnvironment().record('v1', rejected);

    expect(await anEnvironment().admit('v2', 10)).toBeUndefined();
  });

  it('repeat a Retry-After with what remains of it, for at most ten minutes', async () => {
    await anEnvironment().record('v1', {
      kind: 'Unavailable',
      detail: 'HTTP 429',
      retryAfterSeconds: 86_400,
    });

    now += 100_000;
    expect(await anEnvironment().admit('v1', 10)).toEqual({
      kind: 'Unavailable',
      detail: 'HTTP 429',
      retryAfterSeconds: 500,
    });
    now += 500_000;
    expect(await anEnvironment().admit('v1', 10)).toBeUndefined();
  });

  it('admit the next environment immediately after a failure without Retry-After', async () => {
    await anEnvironment().record('v1', { kind: 'Unavailable', detail: 'HTTP 500' });

    expect(await anEnvironment().admit('v1', 10)).toBeUndefined();
  });

  it('admit another environment when the admitted one is killed', async () => {
    await anEnvironment().admit('v1', 10);

    expect(await anEnvironment().admit('v1', 60)).toBeUndefined();
    expect(now - START).toBe(20_000);
  });

  it('end a wait that takes longer than the caller has time', async () => {
    await anEnvironment().admit('v1', 10);

    expect(await anEnvironment().admit('v1', 5)).toMatchObject({ kind: 'Unavailable' });
  });

  it('keep no secret, and expire', async () => {
    await anEnvironment().record('v1', rejected);

    expect(item).toEqual({
      taskId: '#token-trial',
      secretVersion: 'v1',
      state: 'Rejected',
      detail: 'no',
      until: START + 600_000,
      expiresAt: START / 1000 + 1200,
    });
  });

  it('replace an item that cannot be read', async () => {
    item = { taskId: '#token-trial', secretVersion: 'v1', state: 'Paused', until: START + 1000 };

    expect(await anEnvironment().admit('v1', 10)).toBeUndefined();
    expect(item).toMatchObject({ state: 'Trying' });
  });

  it('throw the errors of DynamoDB', async () => {
    dynamo.on(GetItemCommand).rejects(new Error('slow down'));

    await expect(anEnvironment().admit('v1', 10)).rejects.toThrow('slow down');
  });
});

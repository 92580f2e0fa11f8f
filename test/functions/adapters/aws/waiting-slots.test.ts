import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { beforeEach, describe, expect, it } from 'vitest';
import { createWaitingSlots } from '../../../../functions/adapters/aws/waiting-slots.ts';
import { START } from '../../../support/builders.ts';
import { startFixture } from '../../../support/fixture-assembly.ts';

/** Longest invocation, in seconds. */
const LEASE = 29;

const TASKS = {
  Type: 'AWS::DynamoDB::Table',
  Properties: {
    KeySchema: [{ AttributeName: 'taskId', KeyType: 'HASH' }],
    AttributeDefinitions: [{ AttributeName: 'taskId', AttributeType: 'S' }],
  },
};

let now = START;

beforeEach(() => {
  now = START;
});

async function setUp(count: number) {
  const stack = await startFixture({ resources: { Tasks: TASKS } });
  const client = new DynamoDBClient(stack.clientConfig('dynamodb'));
  const tableName = stack.resource('Tasks').name;
  /** Another environment, which begins to look at this share of the slots. */
  const environment = (random = 0) =>
    createWaitingSlots({ client, tableName, count, now: () => now, random: () => random });
  async function items() {
    const { Items = [] } = await client.send(new ScanCommand({ TableName: tableName }));
    return Items.map((item) => unmarshall(item));
  }
  return { environment, items };
}

describe('waiting slots', () => {
  it('S40: are never more than their number, however many environments compete', async () => {
    const { environment, items } = await setUp(5);
    const competing = Array.from({ length: 60 }, (_, index) => environment(index / 60).take(LEASE));

    const taken = (await Promise.all(competing)).filter((slot) => slot !== undefined);

    expect(taken).toHaveLength(5);
    expect(await items()).toHaveLength(5);
  });

  it('can be taken again once they are freed', async () => {
    const { environment } = await setUp(1);
    const free = await environment().take(LEASE);

    expect(await environment().take(LEASE)).toBeUndefined();
    await free?.();

    expect(await environment().take(LEASE)).toBeTypeOf('function');
  });

  it('S40: become free after their lease when an invocation dies, and not before', async () => {
    const { environment } = await setUp(1);
    await environment().take(LEASE);

    now += LEASE * 1000;
    const early = await environment().take(LEASE);
    now += 1000;
    const later = await environment().take(LEASE);

    expect(early).toBeUndefined();
    expect(later).toBeTypeOf('function');
  });

  it('are not freed by an earlier holder', async () => {
    const { environment } = await setUp(1);
    const freeByEarlier = await environment().take(LEASE);
    now += (LEASE + 1) * 1000;
    await environment().take(LEASE);

    await freeByEarlier?.();

    expect(await environment().take(LEASE)).toBeUndefined();
  });

  it('are tried three at a time at most', async () => {
    const { environment } = await setUp(4);
    for (const _ of [1, 2, 3]) await environment().take(LEASE);

    expect(await environment(0).take(LEASE)).toBeUndefined();
    expect(await environment(0.99).take(LEASE)).toBeTypeOf('function');
  });

  it('do not exist when their number is 0', async () => {
    const { environment, items } = await setUp(0);

    expect(await environment().take(LEASE)).toBeUndefined();
    expect(await items()).toEqual([]);
  });

  it('have keys that no task, image or batch has, no listing, and a time to live', async () => {
    const { environment, items } = await setUp(1);
    await environment().take(LEASE);

    expect(await items()).toEqual([
      {
        taskId: '#waiting-0',
        holder: expect.any(String),
        leaseUntil: START + (LEASE + 1) * 1000,
        expiresAt: START / 1000 + 86_400,
      },
    ]);
  });
});

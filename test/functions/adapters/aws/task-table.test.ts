import { createHash } from 'node:crypto';
import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  GetItemCommand,
  ProvisionedThroughputExceededException,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import 'aws-sdk-client-mock-vitest/extend';
import { beforeEach, describe, expect, it } from 'vitest';
import { createTaskTable } from '../../../../functions/adapters/aws/task-table.ts';
import { closeRecord } from '../../../../functions/core/task-record.ts';
import {
  anEnding,
  aRecord,
  instantAfter,
  longestStoredResults,
  START,
  TASK_ID,
} from '../../../support/builders.ts';
import { mockClient } from '../../../support/mock-client.ts';

const dynamo = mockClient(DynamoDBClient);
const table = createTaskTable(new DynamoDBClient({}), 'tasks');
const conditionFailed = new ConditionalCheckFailedException({ message: 'no', $metadata: {} });

/** Sorts by the start of the task, then by a hash, as the index must not contain the task id. */
const HASH = createHash('sha256').update(TASK_ID).digest('hex');
const LISTING_KEY = `2026-01-01T00:00:00.000Z~${HASH.slice(0, 16)}`;
const SHARD = Number.parseInt(HASH.slice(0, 2), 16) % 4;

beforeEach(() => {
  dynamo.reset();
  dynamo.rejects('not expected');
});

const aFullRecord = () =>
  closeRecord(
    aRecord({ submittedAt: instantAfter(-5), correlation: 'Büro', faultsInARow: { Unavailable: 2 } }),
    anEnding('Failed', { reason: 'UndecodableResult', messages: ['m'], responseStatusCode: 'Ok' }),
    { results: longestStoredResults(2), manifestKey: 'manifest.json', warnings: ['w'] },
    START,
  );

describe('reading a record', () => {
  it('is strongly consistent, as claims depend on it', async () => {
    dynamo.on(GetItemCommand).resolves({});

    expect(await table.read(TASK_ID)).toBeUndefined();
    expect(dynamo).toHaveReceivedCommandExactlyOnceWith(GetItemCommand, {
      TableName: 'tasks',
      Key: { taskId: { S: TASK_ID } },
      ConsistentRead: true,
    });
  });

  it.each([
    ['an open record', aRecord()],
    ['a closed record', aFullRecord()],
  ])('returns %s as it was written', async (_, record) => {
    dynamo.on(PutItemCommand).resolves({});
    await table.write(record);
    const Item = dynamo.commandCalls(PutItemCommand)[0]?.args[0].input.Item ?? {};
    dynamo.on(GetItemCommand).resolves({ Item });

    expect(await table.read(TASK_ID)).toEqual(record);
  });

  it('throws the errors of DynamoDB', async () => {
    const throttled = new ProvisionedThroughputExceededException({ message: 'slow down', $metadata: {} });
    dynamo.on(GetItemCommand).rejects(throttled);

    await expect(table.read(TASK_ID)).rejects.toBe(throttled);
  });

  it('throws for an item that is not a task record', async () => {
    dynamo.on(GetItemCommand).resolves({ Item: marshall({ taskId: TASK_ID, status: 'Collecting' }) });

    await expect(table.read(TASK_ID)).rejects.toThrow();
  });
});

describe('writing a record', () => {
  it('requires that there is none when it is the first', async () => {
    dynamo.on(PutItemCommand).resolves({});

    expect(await table.write(aRecord({ version: 1 }))).toBe(true);
    expect(dynamo).toHaveReceivedCommandExactlyOnceWith(PutItemCommand, {
      TableName: 'tasks',
      Item: marshall({ ...aRecord({ version: 1 }), listing: `task#open#${SHARD}`, listingKey: LISTING_KEY }),
      ConditionExpression: 'attribute_not_exists(taskId)',
    });
  });

  it('requires the previous version when it is a later one', async () => {
    dynamo.on(PutItemCommand).resolves({});

    await table.write(aRecord({ version: 7 }));

    expect(dynamo).toHaveReceivedCommandExactlyOnceWith(PutItemCommand, {
      TableName: 'tasks',
      Item: marshall({ ...aRecord({ version: 7 }), listing: `task#open#${SHARD}`, listingKey: LISTING_KEY }),
      ConditionExpression: '#version = :previous',
      ExpressionAttributeNames: { '#version': 'version' },
      ExpressionAttributeValues: { ':previous': { N: '6' } },
    });
  });

  it('returns false when another write came first', async () => {
    dynamo.on(PutItemCommand).rejects(conditionFailed);

    expect(await table.write(aRecord())).toBe(false);
  });

  it('throws any other error of DynamoDB', async () => {
    await expect(table.write(aRecord())).rejects.toThrow('not expected');
  });

  it('keeps a record with thousands of results below the 400 KB limit of DynamoDB', async () => {
    dynamo.on(PutItemCommand).resolves({});
    const stored = { results: longestStoredResults(5000), warnings: ['w'.repeat(4096)] };
    const ending = anEnding('Completed', { messages: ['m'.repeat(4096)] });

    await table.write(closeRecord(aRecord(), ending, stored, START));

    const Item = dynamo.commandCalls(PutItemCommand)[0]?.args[0].input.Item ?? {};
    // DynamoDB counts names and values; JSON counts more than that.
    expect(Buffer.byteLength(JSON.stringify(unmarshall(Item)))).toBeLessThan(300_000);
  });
});

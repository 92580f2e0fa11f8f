import { DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import 'aws-sdk-client-mock-vitest/extend';
import { beforeEach, expect, it } from 'vitest';
import { createTaskIndex } from '../../../../functions/adapters/aws/task-index.ts';
import { START, TASK_ID } from '../../../support/builders.ts';
import { mockClient } from '../../../support/mock-client.ts';

const dynamo = mockClient(DynamoDBClient);
const index = createTaskIndex(new DynamoDBClient({}), 'tasks');
const summary = {
  taskId: TASK_ID,
  operation: 'RecognizeImage',
  generation: 1,
  status: 'Failed',
  attempts: 3,
  resultCount: 0,
  startedAt: '2026-01-01T00:00:00.000Z',
  expiresAt: START / 1000 + 86_400,
};
const PARTITION = 'task#unsuccessful#3';
const listingKey = '2026-01-01T00:00:00.000Z~0123456789abcdef';

beforeEach(() => {
  dynamo.reset();
  dynamo.rejects('not expected');
});

it('reads the unexpired tasks of a partition from the index, newest first', async () => {
  dynamo.on(QueryCommand).resolves({ Items: [marshall({ ...summary, listingKey })] });

  expect(await index.read({ partition: PARTITION, filters: {}, limit: 20, now: START })).toEqual({
    entries: [{ listingKey, summary }],
  });
  expect(dynamo).toHaveReceivedCommandExactlyOnceWith(QueryCommand, {
    TableName: 'tasks',
    IndexName: 'byState',
    KeyConditionExpression: '#partition = :partition',
    FilterExpression: '#expiresAt > :now',
    ExpressionAttributeNames: { '#partition': 'listing', '#expiresAt': 'expiresAt' },
    ExpressionAttributeValues: marshall({ ':partition': PARTITION, ':now': START / 1000 }),
    ScanIndexForward: false,
    Limit: 20,
  });
});

it('reads tasks of one status and operation that are older than a listing key, and returns where it stopped', async () => {
  const LastEvaluatedKey = marshall({ taskId: TASK_ID, listing: PARTITION, listingKey });
  dynamo.on(QueryCommand).resolves({ LastEvaluatedKey });

  const page = await index.read({
    partition: PARTITION,
    filters: { status: 'Failed', operation: 'RecognizePdf' },
    before: '2026-01-02',
    limit: 5,
    now: START,
  });

  expect(page).toEqual({ entries: [], readTo: listingKey });
  expect(dynamo).toHaveReceivedCommandWith(QueryCommand, {
    KeyConditionExpression: '#partition = :partition AND #key < :before',
    FilterExpression: '#expiresAt > :now AND #status = :status AND #operation = :operation',
    ExpressionAttributeNames: {
      '#partition': 'listing',
      '#status': 'status',
      '#expiresAt': 'expiresAt',
      '#key': 'listingKey',
      '#operation': 'operation',
    },
    ExpressionAttributeValues: marshall({
      ':partition': PARTITION,
      ':status': 'Failed',
      ':now': START / 1000,
      ':before': '2026-01-02',
      ':operation': 'RecognizePdf',
    }),
  });
});

it('throws the errors of DynamoDB', async () => {
  await expect(index.read({ partition: PARTITION, filters: {}, limit: 1, now: START })).rejects.toThrow(
    'not expected',
  );
});

it('finds unpublished and then open tasks with an expired lease, in all pages of all partitions', async () => {
  const executionArn = 'arn:aws:states:eu-central-1:111122223333:execution:Collect:first';
  const LastEvaluatedKey = marshall({ taskId: 'one', listing: 'task#open#0', listingKey });
  const from = START - 60_000;
  const inPartition = (partition: string, range?: string) => ({
    IndexName: 'byState',
    KeyConditionExpression: `#partition = :partition${range === undefined ? '' : ` AND ${range}`}`,
    FilterExpression: '#lease < :now',
    ExpressionAttributeNames: {
      '#partition': 'listing',
      '#lease': 'leaseExpiresAt',
      ...(range !== undefined && { '#key': 'listingKey' }),
    },
    ExpressionAttributeValues: marshall({
      ':partition': partition,
      ':now': new Date(START).toISOString(),
      ...(range !== undefined && { ':from': new Date(from).toISOString() }),
    }),
  });
  dynamo.on(QueryCommand).resolves({});
  dynamo
    .on(QueryCommand, inPartition('task#open#0', '#key >= :from'))
    .resolvesOnce({ Items: [marshall({ taskId: 'one', executionArn })], LastEvaluatedKey })
    .resolvesOnce({ Items: [marshall({ taskId: 'two', executionArn })] });
  dynamo
    .on(QueryCommand, inPartition('task#unpublished#3'))
    .resolves({ Items: [marshall({ taskId: 'three', executionArn })] });
  dynamo
    .on(QueryCommand, inPartition('image#unpublished#1'))
    .resolves({ Items: [marshall({ taskId: 'image#a', executionArn })] });

  dynamo
    .on(QueryCommand, inPartition('task#open#2', '#key < :from'))
    .resolves({ Items: [marshall({ taskId: 'earlier', executionArn })] });

  const found = [];
  for await (const lease of index.expiredLeases(START, from)) found.push(lease);

  expect(found).toEqual(
    [
      ...[{ imageId: 'a' }, { taskId: 'three' }, { taskId: 'one' }, { taskId: 'two' }, { taskId: 'earlier' }],
    ].map((key) => ({ ...key, executionArn })),
  );
  expect(dynamo).toHaveReceivedCommandTimes(QueryCommand, 8 + 2 * 8 + 1);
});

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
const listingKey = '2026-01-01T00:00:00.000Z~0123456789abcdef';

beforeEach(() => {
  dynamo.reset();
  dynamo.rejects('not expected');
});

it('reads the unexpired tasks of a status from the index, newest first', async () => {
  dynamo.on(QueryCommand).resolves({ Items: [marshall({ ...summary, listingKey })] });

  expect(await index.read({ status: 'Failed', limit: 20, now: START })).toEqual({
    tasks: [{ listingKey, summary }],
  });
  expect(dynamo).toHaveReceivedCommandExactlyOnceWith(QueryCommand, {
    TableName: 'tasks',
    IndexName: 'byStatus',
    KeyConditionExpression: '#status = :status',
    FilterExpression: '#expiresAt > :now',
    ExpressionAttributeNames: { '#status': 'status', '#expiresAt': 'expiresAt' },
    ExpressionAttributeValues: marshall({ ':status': 'Failed', ':now': START / 1000 }),
    ScanIndexForward: false,
    Limit: 20,
  });
});

it('reads tasks of one operation that are older than a listing key, and returns where it stopped', async () => {
  const LastEvaluatedKey = marshall({ taskId: TASK_ID, status: 'Failed', listingKey });
  dynamo.on(QueryCommand).resolves({ LastEvaluatedKey });

  const page = await index.read({
    status: 'Failed',
    operation: 'RecognizePdf',
    before: '2026-01-02',
    limit: 5,
    now: START,
  });

  expect(page).toEqual({ tasks: [], readTo: listingKey });
  expect(dynamo).toHaveReceivedCommandWith(QueryCommand, {
    KeyConditionExpression: '#status = :status AND #key < :before',
    FilterExpression: '#expiresAt > :now AND #operation = :operation',
    ExpressionAttributeNames: {
      '#status': 'status',
      '#expiresAt': 'expiresAt',
      '#key': 'listingKey',
      '#operation': 'operation',
    },
    ExpressionAttributeValues: marshall({
      ':status': 'Failed',
      ':now': START / 1000,
      ':before': '2026-01-02',
      ':operation': 'RecognizePdf',
    }),
  });
});

it('throws the errors of DynamoDB', async () => {
  await expect(index.read({ status: 'Failed', limit: 1, now: START })).rejects.toThrow('not expected');
});

import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { expect, it } from 'vitest';
import { isPollingPaused } from '../../../../functions/adapters/aws/polling-pause.ts';
import { mockClient } from '../../../support/mock-client.ts';

const dynamo = mockClient(DynamoDBClient);

it.each([
  ['is paused while the table has the pause item', { taskId: { S: '#polling-paused' } }, true],
  ['continues while the table has no pause item', undefined, false],
])('polling %s', async (_, Item, paused) => {
  dynamo.reset();
  dynamo.rejects('not expected');
  dynamo
    .on(GetItemCommand, { TableName: 'tasks', Key: { taskId: { S: '#polling-paused' } } })
    .resolves(Item === undefined ? {} : { Item });

  expect(await isPollingPaused(new DynamoDBClient({}), 'tasks')).toBe(paused);
});

import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { expect, it } from 'vitest';
import { isPollingPaused } from '../../../../functions/adapters/aws/polling-pause.ts';

it.each([
  ['is paused while its item is in the table, whatever it holds', { taskId: { S: '#polling-paused' } }, true],
  ['goes on while there is none', undefined, false],
])('polling %s', async (_, Item, paused) => {
  const dynamo = mockClient(DynamoDBClient);
  dynamo.rejects('not expected');
  dynamo
    .on(GetItemCommand, { TableName: 'tasks', Key: { taskId: { S: '#polling-paused' } } })
    .resolves(Item === undefined ? {} : { Item });

  expect(await isPollingPaused(new DynamoDBClient({}), 'tasks')).toBe(paused);
});

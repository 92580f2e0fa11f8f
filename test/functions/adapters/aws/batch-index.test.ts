import { DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import 'aws-sdk-client-mock-vitest/extend';
import { expect, it } from 'vitest';
import { createBatchIndex } from '../../../../functions/adapters/aws/batch-index.ts';
import { mockClient } from '../../../support/mock-client.ts';
import { toArray } from '../../../support/to-array.ts';

const dynamo = mockClient(DynamoDBClient);

it('lists the batches of all shards page by page, unpublished ones first', async () => {
  const key = marshall({ taskId: 'batch#old' });
  dynamo.rejects('not expected');
  dynamo.on(QueryCommand).resolves({ Items: [] });
  const partition = (name: string) => ({ ExpressionAttributeValues: marshall({ ':partition': name }) });
  dynamo.on(QueryCommand, partition('batch#open#3')).resolvesOnce({
    Items: [marshall({ taskId: 'batch#old', listing: 'batch#open#3' })],
    LastEvaluatedKey: key,
  });
  dynamo
    .on(QueryCommand, { ...partition('batch#open#3'), ExclusiveStartKey: key })
    .resolves({ Items: [marshall({ taskId: 'batch#new' })] });
  dynamo
    .on(QueryCommand, partition('batch#unpublished#1'))
    .resolves({ Items: [marshall({ taskId: 'batch#ended' })] });

  const index = createBatchIndex(new DynamoDBClient({}), 'tasks');

  expect(await toArray(index.unclosedBatches())).toEqual(['ended', 'old', 'new']);
  expect(dynamo).toHaveReceivedCommandTimes(QueryCommand, 9);
  expect(dynamo).toHaveReceivedCommandWith(QueryCommand, { TableName: 'tasks', IndexName: 'byState' });
});

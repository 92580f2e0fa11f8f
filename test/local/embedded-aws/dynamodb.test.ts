import { DynamoDBClient, GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { expect, it } from 'vitest';
import { STORES, startFixture } from '../../support/fixture-assembly.ts';

it('sets and counts in one update, once only when its condition excludes what it sets', async () => {
  const stack = await startFixture({ resources: STORES });
  const client = new DynamoDBClient(stack.clientConfig('dynamodb'));
  const target = { TableName: stack.resource('Table').name, Key: { id: { S: 'batch' } } };
  const update = (chunk: string, images: string) =>
    client.send(
      new UpdateItemCommand({
        ...target,
        UpdateExpression: 'SET #c = :tag ADD #done :one, #n :k',
        ConditionExpression: 'attribute_not_exists(#c)',
        ExpressionAttributeNames: { '#c': chunk, '#done': 'chunks', '#n': 'images' },
        ExpressionAttributeValues: { ':tag': { S: 'v' }, ':one': { N: '1' }, ':k': { N: images } },
      }),
    );
  await update('chunk-0', '25');
  await update('chunk-1', '7');

  await expect(update('chunk-0', '25')).rejects.toMatchObject({ name: 'ConditionalCheckFailedException' });

  const { Item } = await client.send(new GetItemCommand(target));
  expect(Item).toMatchObject({ chunks: { N: '2' }, images: { N: '32' } });
});

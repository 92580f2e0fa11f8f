import { type DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';

/** No task has an id with a `#`. */
const PAUSE_KEY = '#polling-paused';

/**
 * Whether an operator has paused polling: an item with the key `#polling-paused` in the task table says so, whatever
 * else it holds. docs/operate/runbook.md has the commands.
 */
export async function isPollingPaused(client: DynamoDBClient, tableName: string): Promise<boolean> {
  const { Item } = await client.send(
    new GetItemCommand({
      TableName: tableName,
      Key: { taskId: { S: PAUSE_KEY } },
      ProjectionExpression: 'taskId',
    }),
  );
  return Item !== undefined;
}

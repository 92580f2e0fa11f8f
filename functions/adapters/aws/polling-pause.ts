import { type DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';

/** A task id cannot contain `#`. */
const PAUSE_KEY = '#polling-paused';

/**
 * Whether an operator has paused polling: the task table has an item with the key
 * `#polling-paused`. The commands are in docs/operate/runbook.md.
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

import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod/mini';
import { taskRecordSchema } from '../contract.ts';
import type { TaskRecords } from '../core/task-record.ts';

/** Task records in DynamoDB: one item a task, its key `taskId`, its TTL attribute `expiresAt`. */
export function createTaskTable(client: DynamoDBClient, tableName: string): TaskRecords {
  return {
    async read(taskId) {
      const { Item } = await client.send(
        // Consistent: a claim decides on what it reads.
        new GetItemCommand({ TableName: tableName, Key: { taskId: { S: taskId } }, ConsistentRead: true }),
      );
      return Item === undefined ? undefined : z.parse(taskRecordSchema, unmarshall(Item));
    },

    async write(record) {
      const first = record.version === 1;
      try {
        await client.send(
          new PutItemCommand({
            TableName: tableName,
            Item: marshall(record, { removeUndefinedValues: true }),
            ConditionExpression: first ? 'attribute_not_exists(taskId)' : '#version = :previous',
            ...(!first && {
              ExpressionAttributeNames: { '#version': 'version' },
              ExpressionAttributeValues: { ':previous': { N: String(record.version - 1) } },
            }),
          }),
        );
        return true;
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return false;
        throw error;
      }
    },
  };
}

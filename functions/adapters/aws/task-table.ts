import { createHash } from 'node:crypto';
import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod/mini';
import { LISTING_INDEX } from '../../contracts/listing-index.ts';
import { type TaskRecord, taskRecordSchema } from '../../contracts/task-record.ts';
import type { TaskRecords } from '../../core/task-record.ts';

/**
 * Task records in DynamoDB: one item a task, its key `taskId`, its TTL attribute `expiresAt`. Beside the record it
 * holds its place in the index for listing.
 */
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
            Item: marshall(
              { ...record, [LISTING_INDEX.sortKey]: listingKey(record) },
              { removeUndefinedValues: true },
            ),
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

/** `<startedAt>~<hash of the task id>`: cursors are made of it, so it must not give an id away. */
function listingKey({ startedAt, taskId }: TaskRecord): string {
  return `${startedAt}~${createHash('sha256').update(taskId).digest('hex').slice(0, 16)}`;
}

import { createHash } from 'node:crypto';
import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod/mini';
import { LISTING_INDEX, listingPartition } from '../../contracts/listing-index.ts';
import { type TaskRecord, taskRecordSchema } from '../../contracts/task-record.ts';
import type { TaskRecords } from '../../core/task-record.ts';

/**
 * Stores task records in DynamoDB: one item per task, with the key `taskId` and the TTL attribute
 * `expiresAt`. The item also has the keys of the listing index.
 */
export function createTaskTable(client: DynamoDBClient, tableName: string): TaskRecords {
  return {
    async read(taskId) {
      const { Item } = await client.send(
        // A claim needs the latest version.
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
            Item: marshall({ ...record, ...listingKeys(record) }, { removeUndefinedValues: true }),
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

/** Cursors contain the sort key, so it must not reveal the task id. */
function listingKeys(record: TaskRecord) {
  const hash = createHash('sha256').update(record.taskId).digest();
  return {
    [LISTING_INDEX.partitionKey]: listingPartition(record, hash),
    [LISTING_INDEX.sortKey]: `${record.startedAt}~${hash.toString('hex', 0, 8)}`,
  };
}

import { type DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod/mini';
import { taskSummarySchema } from '../../contracts/http-api.ts';
import { LISTING_INDEX } from '../../contracts/listing-index.ts';
import type { IndexedTask, TaskIndex } from '../../core/list-tasks.ts';

const { name, partitionKey, sortKey } = LISTING_INDEX;
const sortKeySchema = z.object({ [sortKey]: z.string() });

/** Reads the task table's listing index, which is eventually consistent. */
export function createTaskIndex(client: DynamoDBClient, tableName: string): TaskIndex {
  return {
    async read({ status, operation, before, limit, now }) {
      const { Items = [], LastEvaluatedKey } = await client.send(
        new QueryCommand({
          TableName: tableName,
          IndexName: name,
          KeyConditionExpression:
            before === undefined ? '#status = :status' : '#status = :status AND #key < :before',
          FilterExpression:
            operation === undefined ? '#expiresAt > :now' : '#expiresAt > :now AND #operation = :operation',
          ExpressionAttributeNames: {
            '#status': partitionKey,
            '#expiresAt': 'expiresAt',
            ...(before !== undefined && { '#key': sortKey }),
            ...(operation !== undefined && { '#operation': 'operation' }),
          },
          ExpressionAttributeValues: marshall(
            { ':status': status, ':now': now / 1000, ':before': before, ':operation': operation },
            { removeUndefinedValues: true },
          ),
          ScanIndexForward: false,
          Limit: limit,
        }),
      );
      return {
        tasks: Items.map((item) => unmarshall(item)).map(toTask),
        ...(LastEvaluatedKey !== undefined && {
          readTo: z.parse(sortKeySchema, unmarshall(LastEvaluatedKey))[sortKey],
        }),
      };
    },
  };
}

function toTask(item: unknown): IndexedTask {
  return { listingKey: z.parse(sortKeySchema, item)[sortKey], summary: z.parse(taskSummarySchema, item) };
}

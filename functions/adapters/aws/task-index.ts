import { type DynamoDBClient, paginateQuery, QueryCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod/mini';
import { taskSummarySchema } from '../../contracts/http-api.ts';
import { imagePartitions, LISTING_INDEX, taskPartitions } from '../../contracts/listing-index.ts';
import { taskRecordSchema } from '../../contracts/task-record.ts';
import type { IndexedTask, TaskIndex } from '../../core/list-tasks.ts';
import type { ExpiredLease, ExpiredLeases } from '../../core/sweep-tasks.ts';

const { name, partitionKey, sortKey } = LISTING_INDEX;
const sortKeySchema = z.object({ [sortKey]: z.string() });
const ownershipSchema = z.pick(taskRecordSchema, { taskId: true, executionArn: true });
const IMAGE_KEY = /^image#(.*)$/;

/** Reads the task table's listing index, which is eventually consistent. */
export function createTaskIndex(client: DynamoDBClient, tableName: string): TaskIndex & ExpiredLeases {
  return {
    async read({ partition, status, operation, before, limit, now }) {
      const { Items = [], LastEvaluatedKey } = await client.send(
        new QueryCommand({
          TableName: tableName,
          IndexName: name,
          KeyConditionExpression: ['#partition = :partition', before !== undefined && '#key < :before']
            .filter(Boolean)
            .join(' AND '),
          FilterExpression: [
            '#expiresAt > :now',
            status !== undefined && '#status = :status',
            operation !== undefined && '#operation = :operation',
          ]
            .filter(Boolean)
            .join(' AND '),
          ExpressionAttributeNames: {
            '#partition': partitionKey,
            '#expiresAt': 'expiresAt',
            ...(before !== undefined && { '#key': sortKey }),
            ...(status !== undefined && { '#status': 'status' }),
            ...(operation !== undefined && { '#operation': 'operation' }),
          },
          ExpressionAttributeValues: marshall(
            {
              ':partition': partition,
              ':now': now / 1000,
              ':before': before,
              ':status': status,
              ':operation': operation,
            },
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

    async *expiredLeases(now, from) {
      const queries = [
        ...partitionsOf('unpublished').map((partition) => ({ partition, range: undefined })),
        ...['#key >= :from', '#key < :from'].flatMap((range) =>
          partitionsOf('open').map((partition) => ({ partition, range })),
        ),
      ];
      for (const { partition, range } of queries) {
        const pages = paginateQuery(
          { client },
          {
            TableName: tableName,
            IndexName: name,
            KeyConditionExpression: `#partition = :partition${range === undefined ? '' : ` AND ${range}`}`,
            FilterExpression: '#lease < :now',
            ExpressionAttributeNames: {
              '#partition': partitionKey,
              '#lease': 'leaseExpiresAt',
              ...(range !== undefined && { '#key': sortKey }),
            },
            ExpressionAttributeValues: marshall({
              ':partition': partition,
              ':now': new Date(now).toISOString(),
              ...(range !== undefined && { ':from': new Date(from).toISOString() }),
            }),
          },
        );
        for await (const { Items = [] } of pages) {
          for (const item of Items) yield toLease(unmarshall(item));
        }
      }
    },
  };
}

/** Images first: closing an image closes its task, too. */
const partitionsOf = (group: 'open' | 'unpublished') => [...imagePartitions(group), ...taskPartitions(group)];

function toLease(item: unknown): ExpiredLease {
  const { taskId, executionArn } = z.parse(ownershipSchema, item);
  const [, imageId] = IMAGE_KEY.exec(taskId) ?? [];
  return imageId === undefined ? { taskId, executionArn } : { imageId, executionArn };
}

function toTask(item: unknown): IndexedTask {
  return { listingKey: z.parse(sortKeySchema, item)[sortKey], summary: z.parse(taskSummarySchema, item) };
}

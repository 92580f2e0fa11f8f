import { type DynamoDBClient, paginateQuery } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod/mini';
import { taskSummarySchema } from '../../contracts/http-api.ts';
import { imagePartitions, LISTING_INDEX, taskPartitions } from '../../contracts/listing-index.ts';
import { taskRecordSchema } from '../../contracts/task-record.ts';
import type { TaskListing } from '../../core/list-tasks.ts';
import type { ExpiredLease, ExpiredLeases } from '../../core/sweep-tasks.ts';
import { createListing } from './listing.ts';

const { name, partitionKey, sortKey } = LISTING_INDEX;
const ownershipSchema = z.pick(taskRecordSchema, { taskId: true, executionArn: true });
const IMAGE_KEY = /^image#(.*)$/;

/** Reads tasks and images in the listing index, which is eventually consistent. */
export function createTaskIndex(client: DynamoDBClient, tableName: string): TaskListing & ExpiredLeases {
  return {
    ...createListing(client, tableName, taskSummarySchema),

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

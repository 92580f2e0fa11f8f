import { type DynamoDBClient, paginateQuery } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod/mini';
import { batchPartitions, LISTING_INDEX } from '../../contracts/listing-index.ts';
import type { UnclosedBatches } from '../../core/batch/sweep-batches.ts';

const BATCH_KEY = /^batch#(.*)$/;
const tableKeySchema = z.object({ taskId: z.string() });

/** Finds batches in the task table's listing index, which is eventually consistent. */
export function createBatchIndex(client: DynamoDBClient, tableName: string): UnclosedBatches {
  return {
    async *unclosedBatches() {
      for (const partition of [...batchPartitions('unpublished'), ...batchPartitions('open')]) {
        const pages = paginateQuery(
          { client },
          {
            TableName: tableName,
            IndexName: LISTING_INDEX.name,
            KeyConditionExpression: '#partition = :partition',
            ExpressionAttributeNames: { '#partition': LISTING_INDEX.partitionKey },
            ExpressionAttributeValues: marshall({ ':partition': partition }),
          },
        );
        for await (const { Items = [] } of pages) {
          for (const item of Items) {
            const [, batchId] = BATCH_KEY.exec(z.parse(tableKeySchema, unmarshall(item)).taskId) ?? [];
            if (batchId !== undefined) yield batchId;
          }
        }
      }
    },
  };
}

import { type DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod/mini';
import { LISTING_INDEX } from '../../contracts/listing-index.ts';
import type { Listing } from '../../core/listing.ts';

const { name, partitionKey, sortKey } = LISTING_INDEX;
const sortKeySchema = z.object({ [sortKey]: z.string() });

/** Reads the summaries of one kind of record in the table's listing index. */
export function createListing<Summary>(
  client: DynamoDBClient,
  tableName: string,
  summarySchema: z.ZodMiniType<Summary>,
): Listing<Summary> {
  return {
    async read({ partition, filters, before, limit, now }) {
      const wanted = Object.entries(filters).filter(([, value]) => value !== undefined);
      const { Items = [], LastEvaluatedKey } = await client.send(
        new QueryCommand({
          TableName: tableName,
          IndexName: name,
          KeyConditionExpression: [
            '#partition = :partition',
            ...(before === undefined ? [] : ['#key < :before']),
          ].join(' AND '),
          FilterExpression: [
            '#expiresAt > :now',
            ...wanted.map(([attribute]) => `#${attribute} = :${attribute}`),
          ].join(' AND '),
          ExpressionAttributeNames: {
            '#partition': partitionKey,
            '#expiresAt': 'expiresAt',
            ...(before !== undefined && { '#key': sortKey }),
            ...Object.fromEntries(wanted.map(([attribute]) => [`#${attribute}`, attribute])),
          },
          ExpressionAttributeValues: marshall({
            ':partition': partition,
            ':now': now / 1000,
            ...(before !== undefined && { ':before': before }),
            ...Object.fromEntries(wanted.map(([attribute, value]) => [`:${attribute}`, value])),
          }),
          ScanIndexForward: false,
          Limit: limit,
        }),
      );
      return {
        entries: Items.map((item) => unmarshall(item)).map((item) => ({
          listingKey: z.parse(sortKeySchema, item)[sortKey],
          summary: z.parse(summarySchema, item),
        })),
        ...(LastEvaluatedKey !== undefined && {
          readTo: z.parse(sortKeySchema, unmarshall(LastEvaluatedKey))[sortKey],
        }),
      };
    },
  };
}

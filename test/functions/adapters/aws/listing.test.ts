import { DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import 'aws-sdk-client-mock-vitest/extend';
import { beforeEach, expect, it } from 'vitest';
import { createListing } from '../../../../functions/adapters/aws/listing.ts';
import { batchSummarySchema } from '../../../../functions/contracts/batches-api.ts';
import { LISTED_ATTRIBUTES } from '../../../../lib/result-storage.ts';
import { anEndedBatch } from '../../../support/batch-builders.ts';
import { START } from '../../../support/builders.ts';
import { mockClient } from '../../../support/mock-client.ts';

const dynamo = mockClient(DynamoDBClient);
const listing = createListing(new DynamoDBClient({}), 'tasks', batchSummarySchema);
const listingKey = '2026-01-01T00:00:00.000Z~0123456789abcdef';
const record = anEndedBatch();
/** What the index has of the record. */
const projected = Object.fromEntries(
  Object.entries(record).filter(([name]) => LISTED_ATTRIBUTES.includes(name)),
);

beforeEach(() => {
  dynamo.reset();
  dynamo.rejects('not expected');
});

it('reads the summaries of batches from what the index projects', async () => {
  dynamo.on(QueryCommand).resolves({ Items: [marshall({ ...projected, taskId: 'batch#a', listingKey })] });

  const { entries } = await listing.read({ partition: 'batch#ended#0', filters: {}, limit: 5, now: START });

  expect(entries).toEqual([{ listingKey, summary: batchSummarySchema.parse(record) }]);
});

it('filters by the attributes that have a value', async () => {
  dynamo.on(QueryCommand).resolves({});

  const filters = { status: 'Stopped', reason: undefined } as const;
  const range = await listing.read({ partition: 'batch#ended#0', filters, limit: 5, now: START });

  expect(range).toEqual({ entries: [] });
  expect(dynamo).toHaveReceivedCommandWith(QueryCommand, {
    FilterExpression: '#expiresAt > :now AND #status = :status',
    ExpressionAttributeNames: { '#partition': 'listing', '#expiresAt': 'expiresAt', '#status': 'status' },
    ExpressionAttributeValues: marshall({
      ':partition': 'batch#ended#0',
      ':now': START / 1000,
      ':status': 'Stopped',
    }),
  });
});

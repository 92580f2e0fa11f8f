import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';
import { z } from 'zod';
import { CREDENTIALS, REGION } from './aws-account.ts';
import { type LoopbackServer, listenOnLoopback } from './http-server.ts';
import type { Template } from './template.ts';

const keySchema = z.array(z.object({ AttributeName: z.string(), KeyType: z.enum(['HASH', 'RANGE']) }));
const index = z.object({
  IndexName: z.string(),
  KeySchema: keySchema,
  Projection: z.object({
    ProjectionType: z.enum(['ALL', 'INCLUDE', 'KEYS_ONLY']),
    NonKeyAttributes: z.array(z.string()).optional(),
  }),
});

/**
 * What a table of the template must say to be created. A TTL attribute needs nothing: DynamoDB itself deletes
 * expired items within days only, and readers must not rely on it.
 */
const tableSchema = z.object({
  KeySchema: keySchema,
  AttributeDefinitions: z.array(
    z.object({ AttributeName: z.string(), AttributeType: z.enum(['S', 'N', 'B']) }),
  ),
  GlobalSecondaryIndexes: z.array(index).optional(),
  StreamSpecification: z.never('streams are not served').optional(),
});

/** Starts DynamoDB (dynalite, in memory), with the template's tables. */
export async function startDynamoDb(template: Template): Promise<LoopbackServer> {
  const tables = template
    .resources('AWS::DynamoDB::Table', 'AWS::DynamoDB::GlobalTable')
    .map((table) => ({ TableName: table.name, ...template.read(table, tableSchema) }));
  const server = await listenOnLoopback(dynalite({ createTableMs: 0 }));
  const client = new DynamoDBClient({ endpoint: server.url, region: REGION, credentials: CREDENTIALS });
  await Promise.all(
    tables.map(({ StreamSpecification: _, ...table }) =>
      client.send(new CreateTableCommand({ ...table, BillingMode: 'PAY_PER_REQUEST' })),
    ),
  );
  client.destroy();
  return server;
}

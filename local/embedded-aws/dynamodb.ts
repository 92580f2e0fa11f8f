import {
  CreateTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  ListTablesCommand,
  ResourceInUseException,
} from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';
import { z } from 'zod';
import { DataDirectoryError } from '../data-directory.ts';
import { CREDENTIALS, REGION } from './aws-account.ts';
import { type LoopbackServer, listenOnLoopback, refuseForeign } from './http-server.ts';
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

/** The template's tables, as they are created. */
export function tablesOf(template: Template) {
  return template
    .resources('AWS::DynamoDB::Table', 'AWS::DynamoDB::GlobalTable')
    .map((table) => ({ TableName: table.name, ...template.read(table, tableSchema) }));
}

/**
 * Starts DynamoDB (dynalite), with the template's tables.
 *
 * @param path where they are kept; in memory without it
 * @throws DataDirectoryError when a table was left unusable there
 */
export async function startDynamoDb(template: Template, path?: string): Promise<LoopbackServer> {
  const tables = tablesOf(template);
  const options = { createTableMs: 0, deleteTableMs: 0, ...(path !== undefined && { path }) };
  const server = await listenOnLoopback(refuseForeign(dynalite(options)));
  const client = new DynamoDBClient({ endpoint: server.url, region: REGION, credentials: CREDENTIALS });
  await Promise.all(
    tables.map(async ({ StreamSpecification: _, ...table }) => {
      try {
        await client.send(new CreateTableCommand({ ...table, BillingMode: 'PAY_PER_REQUEST' }));
      } catch (error) {
        // Kept from earlier.
        if (path === undefined || !(error instanceof ResourceInUseException)) throw error;
      }
      await untilActive(client, table.TableName);
    }),
  );
  return {
    url: server.url,
    async close() {
      // A caller that was ended leaves its call behind: in the time of these three it has come to its end, too.
      for (let turn = 0; turn < 3; turn += 1) await client.send(new ListTablesCommand({}));
      client.destroy();
      await server.close();
    },
  };
}

/** Far more than it takes to write that a table is active. */
const MOST_ACTIVATION_MILLISECONDS = 10_000;

/** On disk, a table is not active at once; a process that is killed before leaves one that never will be. */
async function untilActive(client: DynamoDBClient, TableName: string): Promise<void> {
  const start = performance.now();
  for (;;) {
    const { Table } = await client.send(new DescribeTableCommand({ TableName }));
    if (Table?.TableStatus === 'ACTIVE') return;
    if (performance.now() - start > MOST_ACTIVATION_MILLISECONDS) {
      throw new DataDirectoryError('has a table whose creation was cut off, and nothing else');
    }
  }
}

import type { DatabaseSync } from 'node:sqlite';
import {
  CreateTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  InternalServerError,
  ListTablesCommand,
  ResourceInUseException,
} from '@aws-sdk/client-dynamodb';
import { z } from 'zod';
import { DataDirectoryError } from '../../cli/data-directory.ts';
import { withoutUndefined } from '../../functions/core/without-undefined.ts';
import { CREDENTIALS, REGION } from './aws-account.ts';
import { createDynalite } from './dynalite.ts';
import { type LoopbackServer, listenOnLoopback, refuseForeign } from './http-server.ts';
import { createItemStore } from './item-store.ts';
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
 * The properties of a table. The TTL attribute is ignored: DynamoDB deletes expired items only
 * within days, and readers must not rely on it.
 */
const tableSchema = z.object({
  KeySchema: keySchema,
  AttributeDefinitions: z.array(
    z.object({ AttributeName: z.string(), AttributeType: z.enum(['S', 'N', 'B']) }),
  ),
  GlobalSecondaryIndexes: z.array(index).optional(),
  StreamSpecification: z.never('streams are not supported').optional(),
});

/** Reads the template's tables. */
export function readTables(template: Template) {
  return template
    .resources('AWS::DynamoDB::Table', 'AWS::DynamoDB::GlobalTable')
    .map((table) => ({ TableName: table.name, ...template.read(table, tableSchema) }));
}

/**
 * Starts DynamoDB (dynalite) with the template's tables.
 *
 * @param database stores the items; in memory by default
 * @throws DataDirectoryError when the database has an unusable table, or cannot be written
 */
export async function startDynamoDb(template: Template, database?: DatabaseSync): Promise<LoopbackServer> {
  const tables = readTables(template);
  const path = database && createItemStore(database);
  const dynalite = createDynalite({ createTableMs: 0, ...withoutUndefined({ path }) });
  const server = await listenOnLoopback(refuseForeign(dynalite));
  const client = new DynamoDBClient({ endpoint: server.url, region: REGION, credentials: CREDENTIALS });
  async function close(): Promise<void> {
    // A terminated caller may leave a call running. It ends while these three calls run.
    for (let turn = 0; turn < 3; turn += 1) await client.send(new ListTablesCommand({}));
    client.destroy();
    await server.close();
  }
  await using started = new AsyncDisposableStack();
  started.defer(close);
  await Promise.all(
    tables.map(async ({ StreamSpecification: _, ...table }) => {
      try {
        await client.send(new CreateTableCommand({ ...table, BillingMode: 'PAY_PER_REQUEST' }));
      } catch (error) {
        if (database === undefined) throw error;
        if (error instanceof InternalServerError) throw new DataDirectoryError('cannot be written');
        // The table persists from an earlier process.
        if (!(error instanceof ResourceInUseException)) throw error;
      }
      await untilActive(client, table.TableName);
    }),
  );
  started.move();
  return { url: server.url, close };
}

/** Far more than a table needs to become active. */
const MAX_ACTIVATION_MILLISECONDS = 10_000;

/** A table becomes active in a second step. If the process is killed before, it never does. */
async function untilActive(client: DynamoDBClient, TableName: string): Promise<void> {
  const start = performance.now();
  for (;;) {
    const { Table } = await client.send(new DescribeTableCommand({ TableName }));
    if (Table?.TableStatus === 'ACTIVE') return;
    if (performance.now() - start > MAX_ACTIVATION_MILLISECONDS) {
      throw new DataDirectoryError('has a table whose creation was cut off, and nothing else');
    }
  }
}

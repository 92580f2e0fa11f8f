import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { batchRecordSchema } from '../../contracts/batch-record.ts';
import { batchPartition } from '../../contracts/listing-index.ts';
import type { BatchRecords } from '../../core/batch/batch-ports.ts';
import { createRecordTable } from './record-table.ts';

/** The table's key of a batch. `#` cannot occur in a task id. */
export const batchKey = (batchId: string) => `batch#${batchId}`;

/** Stores batch records in the task table. */
export function createBatchTable(client: DynamoDBClient, tableName: string): BatchRecords {
  const table = createRecordTable(client, tableName, {
    schema: batchRecordSchema,
    keyOf: (record) => batchKey(record.batchId),
    partitionOf: batchPartition,
  });
  return { read: (batchId) => table.read(batchKey(batchId)), write: table.write };
}

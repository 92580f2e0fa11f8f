import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { taskPartition } from '../../contracts/listing-index.ts';
import { taskRecordSchema } from '../../contracts/task-record.ts';
import type { TaskRecords } from '../../core/task-record.ts';
import { createRecordTable } from './record-table.ts';

/** Stores task records. The table's key is the task id. */
export function createTaskTable(client: DynamoDBClient, tableName: string): TaskRecords {
  return createRecordTable(client, tableName, {
    schema: taskRecordSchema,
    keyOf: ({ taskId }) => taskId,
    partitionOf: taskPartition,
  });
}

import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { imageRecordSchema } from '../../contracts/image-record.ts';
import { imagePartition } from '../../contracts/listing-index.ts';
import type { ImageRecords } from '../../core/image-record.ts';
import { createRecordTable } from './record-table.ts';

/** Stores image records in the task table. `#` cannot occur in a task id. */
export function createImageTable(client: DynamoDBClient, tableName: string): ImageRecords {
  const keyOf = (imageId: string) => `image#${imageId}`;
  const table = createRecordTable(client, tableName, {
    schema: imageRecordSchema,
    keyOf: (record) => keyOf(record.imageId),
    partitionOf: imagePartition,
  });
  return { read: (imageId) => table.read(keyOf(imageId)), write: table.write };
}

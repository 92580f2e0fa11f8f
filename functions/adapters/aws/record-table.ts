import { createHash } from 'node:crypto';
import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod/mini';
import { LISTING_INDEX } from '../../contracts/listing-index.ts';

/** A record of any kind. */
interface VersionedRecord {
  readonly startedAt: string;
  readonly version: number;
}

export interface RecordKind<Stored extends VersionedRecord> {
  readonly schema: z.ZodMiniType<Stored>;
  /** The value of the table's key `taskId`. */
  keyOf(record: Stored): string;
  /**
   * The partition of the listing index; undefined for a record that the index does not list.
   * `hash` is derived from the key and spreads records evenly.
   */
  partitionOf(record: Stored, hash: Uint8Array): string | undefined;
}

/**
 * Stores records in DynamoDB: one item per record, with the TTL attribute `expiresAt`. The item
 * also has the keys of the listing index.
 */
export function createRecordTable<Stored extends VersionedRecord>(
  client: DynamoDBClient,
  tableName: string,
  { schema, keyOf, partitionOf }: RecordKind<Stored>,
) {
  /** Cursors contain the sort key, so it must not reveal the task id. */
  function listingKeys(record: Stored): Record<string, string> {
    const hash = createHash('sha256').update(keyOf(record)).digest();
    const partition = partitionOf(record, hash);
    if (partition === undefined) return {};
    return {
      [LISTING_INDEX.partitionKey]: partition,
      [LISTING_INDEX.sortKey]: `${record.startedAt}~${hash.toString('hex', 0, 8)}`,
    };
  }

  return {
    async read(key: string): Promise<Stored | undefined> {
      const { Item } = await client.send(
        // A claim needs the latest version.
        new GetItemCommand({ TableName: tableName, Key: { taskId: { S: key } }, ConsistentRead: true }),
      );
      return Item === undefined ? undefined : z.parse(schema, unmarshall(Item));
    },

    /** Writes the record if its predecessor is still the latest version; returns whether it did. */
    async write(record: Stored): Promise<boolean> {
      const first = record.version === 1;
      try {
        await client.send(
          new PutItemCommand({
            TableName: tableName,
            Item: marshall(
              { ...record, taskId: keyOf(record), ...listingKeys(record) },
              { removeUndefinedValues: true },
            ),
            ConditionExpression: first ? 'attribute_not_exists(taskId)' : '#version = :previous',
            ...(!first && {
              ExpressionAttributeNames: { '#version': 'version' },
              ExpressionAttributeValues: { ':previous': { N: String(record.version - 1) } },
            }),
          }),
        );
        return true;
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return false;
        throw error;
      }
    },
  };
}

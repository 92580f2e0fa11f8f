import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod/mini';
import { LINE_OUTCOMES } from '../../contracts/batch-record.ts';
import type { BatchProgressStore } from '../../core/batch/batch-ports.ts';
import { batchKey } from './batch-table.ts';

/** Chunks in one item of the table, which then has at most 10 kB. */
const CHUNKS_PER_ITEM = 500;

/** The attribute with the tag of a chunk's result lines. */
const TAG_ATTRIBUTE = /^c(\d+)$/;

const itemSchema = z.record(z.string(), z.unknown());

/**
 * Counts the ended chunks of batches in the task table. One conditional update per chunk is enough:
 * it counts the chunk's items and notes which object has its result lines.
 */
export function createBatchProgress(client: DynamoDBClient, tableName: string): BatchProgressStore {
  const keyOf = (batchId: string, chunk: number) => ({
    taskId: { S: `${batchKey(batchId)}#${Math.floor(chunk / CHUNKS_PER_ITEM)}` },
  });

  async function readItem(batchId: string, chunk: number): Promise<Record<string, unknown>> {
    const { Item } = await client.send(
      new GetItemCommand({ TableName: tableName, Key: keyOf(batchId, chunk), ConsistentRead: true }),
    );
    return Item === undefined ? {} : z.parse(itemSchema, unmarshall(Item));
  }

  return {
    async read(batchId, chunks) {
      const counts: Record<string, number> = {};
      const tags = new Map<number, string>();
      for (let first = 0; first < chunks; first += CHUNKS_PER_ITEM) {
        const item = await readItem(batchId, first);
        for (const outcome of LINE_OUTCOMES) {
          const count = item[outcome];
          if (typeof count === 'number') counts[outcome] = (counts[outcome] ?? 0) + count;
        }
        for (const [name, tag] of Object.entries(item)) {
          const [, chunk] = TAG_ATTRIBUTE.exec(name) ?? [];
          if (chunk !== undefined && typeof tag === 'string') tags.set(Number(chunk), tag);
        }
      }
      return { counts, tags };
    },

    async tagOf(batchId, chunk) {
      const tag = (await readItem(batchId, chunk))[`c${chunk}`];
      return typeof tag === 'string' ? tag : undefined;
    },

    async end(batchId, chunk, tag, counts, expiresAt) {
      const counted = Object.entries(counts);
      const additions = counted.map(([outcome], index) => ({
        outcome,
        name: `#o${index}`,
        value: `:o${index}`,
      }));
      try {
        await client.send(
          new UpdateItemCommand({
            TableName: tableName,
            Key: keyOf(batchId, chunk),
            UpdateExpression: `SET #tag = :tag, expiresAt = :expiresAt${additions
              .map(({ name, value }, index) => `${index === 0 ? ' ADD' : ','} ${name} ${value}`)
              .join('')}`,
            ConditionExpression: 'attribute_not_exists(#tag)',
            ExpressionAttributeNames: {
              '#tag': `c${chunk}`,
              ...Object.fromEntries(additions.map(({ name, outcome }) => [name, outcome])),
            },
            ExpressionAttributeValues: marshall({
              ':tag': tag,
              ':expiresAt': expiresAt,
              ...Object.fromEntries(counted.map(([, count], index) => [`:o${index}`, count])),
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

import { randomUUID } from 'node:crypto';
import {
  type AttributeValue,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { WaitingSlots } from '../../core/wait-for-end.ts';

/** A task id cannot contain `#`. */
const keyOf = (slot: number) => `#waiting-${slot}`;

/** Slots that a request tries. More would delay its response when most slots are taken. */
const MAX_TRIES = 3;

/** Two environments' clocks may disagree by less than this. */
const CLOCK_SKEW_SECONDS = 1;

/** How long DynamoDB keeps an unused slot. */
const UNUSED_SECONDS = 24 * 60 * 60;

export interface WaitingSlotsOptions {
  readonly client: DynamoDBClient;
  readonly tableName: string;
  /** Number of slots; 0 lets no request wait. */
  readonly count: number;
  /** Epoch milliseconds. */
  now(): number;
  /** A number in [0, 1). */
  random(): number;
}

/**
 * Keeps the waiting slots in the task table, because each environment handles one request at a time
 * and knows no other. A slot is an item with a lease: an invocation that dies frees its slot, too.
 */
export function createWaitingSlots(options: WaitingSlotsOptions): WaitingSlots {
  const { client, tableName, count, now, random } = options;

  /** @returns false when the condition is not met */
  async function put(
    slot: number,
    holder: string,
    until: number,
    condition: { readonly expression: string; readonly values: Record<string, AttributeValue> },
  ): Promise<boolean> {
    try {
      await client.send(
        new PutItemCommand({
          TableName: tableName,
          Item: {
            taskId: { S: keyOf(slot) },
            holder: { S: holder },
            leaseUntil: { N: String(Math.ceil(until)) },
            expiresAt: { N: String(Math.ceil(now() / 1000) + UNUSED_SECONDS) },
          },
          ConditionExpression: condition.expression,
          ExpressionAttributeValues: condition.values,
        }),
      );
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  }

  return {
    async take(seconds) {
      const holder = randomUUID();
      const firstSlot = Math.floor(random() * count);
      for (let tries = 0; tries < Math.min(count, MAX_TRIES); tries += 1) {
        const slot = (firstSlot + tries) % count;
        const until = now() + (seconds + CLOCK_SKEW_SECONDS) * 1000;
        const isFree = {
          expression: 'attribute_not_exists(taskId) OR leaseUntil <= :now',
          values: { ':now': { N: String(now()) } },
        };
        if (!(await put(slot, holder, until, isFree))) continue;
        const isOwn = { expression: 'holder = :holder', values: { ':holder': { S: holder } } };
        // Another holder's lease must stay: this one's lease may have expired.
        return async () => void (await put(slot, holder, 0, isOwn));
      }
      return undefined;
    },
  };
}

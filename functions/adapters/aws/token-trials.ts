import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod/mini';
import {
  failedTrial,
  REJECTION_SECONDS,
  repeatedFailure,
  TOKEN_REQUEST_SECONDS,
  type TokenFailure,
  type TokenTrials,
} from '../../core/token-trials.ts';

/** A task id cannot contain `#`. */
const TRIAL_KEY = '#token-trial';

/**
 * After a token was granted, every environment may request its own for this time. It is short,
 * because credentials that are revoked in this time are sent by each of them.
 */
const TRUST_SECONDS = 5;

/** An environment that does not report in this time counts as dead. */
const TRIAL_SECONDS = TOKEN_REQUEST_SECONDS + 5;

const CHECK_SECONDS = 0.25;

const trialSchema = z.object({
  /** Version of the secret. */
  secretVersion: z.string(),
  state: z.enum(['Trying', 'Accepted', 'Rejected', 'Unavailable']),
  detail: z.optional(z.string()),
  /** When the state no longer counts, in epoch milliseconds. */
  until: z.number(),
});
type Trial = z.output<typeof trialSchema>;

export interface TokenTrialsOptions {
  readonly client: DynamoDBClient;
  readonly tableName: string;
  /** Epoch milliseconds. */
  now(): number;
  sleep(seconds: number): Promise<void>;
}

/**
 * Shares token trials between the environments of all functions, in one item of the task table.
 * Without it, each of a burst of cold environments would send wrong credentials once, and five
 * failures lock the customer out. One environment tries while the others wait for its result.
 */
export function createTokenTrials({ client, tableName, now, sleep }: TokenTrialsOptions): TokenTrials {
  /** @returns 'unreadable' for an item of another version */
  async function read(): Promise<Trial | 'unreadable' | undefined> {
    const { Item } = await client.send(
      new GetItemCommand({ TableName: tableName, Key: { taskId: { S: TRIAL_KEY } }, ConsistentRead: true }),
    );
    if (Item === undefined) return undefined;
    return z.safeParse(trialSchema, unmarshall(Item)).data ?? 'unreadable';
  }

  function itemOf(trial: Trial) {
    const expiresAt = Math.ceil(trial.until / 1000) + REJECTION_SECONDS;
    return marshall({ taskId: TRIAL_KEY, ...trial, expiresAt }, { removeUndefinedValues: true });
  }

  /** @returns false when another environment was first */
  async function claim(version: string, replaced: Trial | 'unreadable' | undefined): Promise<boolean> {
    const until = now() + TRIAL_SECONDS * 1000;
    try {
      await client.send(
        new PutItemCommand({
          TableName: tableName,
          Item: itemOf({ secretVersion: version, state: 'Trying', until }),
          ...conditionOf(replaced),
        }),
      );
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  }

  return {
    async admit(version, timeoutSeconds) {
      const end = now() + timeoutSeconds * 1000;
      for (;;) {
        const found = await read();
        const isCurrent = typeof found === 'object' && found.secretVersion === version && found.until > now();
        const trial = isCurrent ? found : undefined;
        if (trial === undefined) {
          if (await claim(version, found)) return undefined;
        } else if (trial.state === 'Accepted') {
          return undefined;
        } else if (trial.state !== 'Trying') {
          const failure = { kind: trial.state, detail: trial.detail ?? '' };
          return repeatedFailure({ failure, until: trial.until }, now());
        } else if (now() >= end) {
          return { kind: 'Unavailable', detail: 'no access token: another invocation is requesting one' };
        } else {
          await sleep(CHECK_SECONDS);
        }
      }
    },

    async record(version, failure) {
      const trial =
        failure === undefined
          ? ({ state: 'Accepted', until: now() + TRUST_SECONDS * 1000 } as const)
          : { state: failure.kind, detail: failure.detail, until: sharedUntil(failure, now()) };
      await client.send(
        new PutItemCommand({ TableName: tableName, Item: itemOf({ secretVersion: version, ...trial }) }),
      );
    },
  };
}

/** Only the environment that replaces what it read is admitted. */
function conditionOf(replaced: Trial | 'unreadable' | undefined) {
  if (replaced === 'unreadable') return {};
  if (replaced === undefined) return { ConditionExpression: 'attribute_not_exists(taskId)' };
  return {
    ConditionExpression: 'secretVersion = :version AND #until = :until',
    ExpressionAttributeNames: { '#until': 'until' },
    ExpressionAttributeValues: marshall({ ':version': replaced.secretVersion, ':until': replaced.until }),
  };
}

/** Limited, so that one absurd Retry-After does not stop all environments for a day. */
function sharedUntil(failure: TokenFailure, now: number): number {
  return Math.min(failedTrial(failure, now).until, now + REJECTION_SECONDS * 1000);
}

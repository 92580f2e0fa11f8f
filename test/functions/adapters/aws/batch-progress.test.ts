import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { expect, it } from 'vitest';
import { createBatchProgress } from '../../../../functions/adapters/aws/batch-progress.ts';
import type { BatchProgressStore } from '../../../../functions/core/batch/batch-ports.ts';
import { startFixture } from '../../../support/fixture-assembly.ts';

const EXPIRES_AT = 2_000_000_000;

/** Starts the embedded DynamoDB, which checks conditions as AWS does. */
async function setUp(): Promise<BatchProgressStore> {
  const stack = await startFixture({
    resources: {
      Table: {
        Type: 'AWS::DynamoDB::Table',
        Properties: {
          AttributeDefinitions: [{ AttributeName: 'taskId', AttributeType: 'S' }],
          KeySchema: [{ AttributeName: 'taskId', KeyType: 'HASH' }],
        },
      },
    },
  });
  const client = new DynamoDBClient(stack.clientConfig('dynamodb'));
  return createBatchProgress(client, stack.resource('Table').name);
}

it('records the end of a chunk once, and counts its items once', async () => {
  const progress = await setUp();
  const ends = await Promise.all(
    ['a', 'b', 'c'].map((tag) => progress.end('once', 7, tag, { Completed: 40, Failed: 10 }, EXPIRES_AT)),
  );

  expect(ends.filter(Boolean)).toHaveLength(1);
  const { counts, tags } = await progress.read('once', 8);
  expect(counts).toEqual({ Completed: 40, Failed: 10 });
  expect([...tags]).toEqual([[7, ['a', 'b', 'c'][ends.indexOf(true)]]]);
  expect(await progress.tagOf('once', 7)).toBe(tags.get(7));
  expect(await progress.tagOf('once', 8)).toBeUndefined();
});

it('adds up the chunks of a batch, of which 500 share an item', async () => {
  const progress = await setUp();
  for (const chunk of [0, 499, 500, 1234]) {
    await progress.end('sum', chunk, `tag-${chunk}`, { Completed: 49, NotStarted: 1 }, EXPIRES_AT);
  }

  const { counts, tags } = await progress.read('sum', 1235);
  expect(counts).toEqual({ Completed: 196, NotStarted: 4 });
  expect([...tags.keys()].toSorted((one, other) => one - other)).toEqual([0, 499, 500, 1234]);
});

it('keeps the progress of batches apart', async () => {
  const progress = await setUp();
  await progress.end('one', 0, 'tag', { Completed: 1 }, EXPIRES_AT);

  expect(await progress.read('one-more', 1)).toEqual({ counts: {}, tags: new Map() });
});

it('records a chunk without items', async () => {
  const progress = await setUp();
  expect(await progress.end('empty', 0, 'tag', {}, EXPIRES_AT)).toBe(true);
  expect(await progress.read('empty', 1)).toEqual({ counts: {}, tags: new Map([[0, 'tag']]) });
});

import { GetItemCommand, PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { expect, it } from 'vitest';
import { createCountingTable } from '../../../bench/recognize/counting-table.ts';

const TableName = 'tasks';
const OPEN = { listing: 'task#open#0', listingKey: '2026' };
const CLOSED = { listing: 'task#completed#0', listingKey: '2026' };

/** Writes items in order, and returns the units of each write. */
async function unitsOf(...items: readonly object[]): Promise<number[]> {
  const { client, units } = createCountingTable(() => {});
  const counted: number[] = [];
  for (const item of items) {
    const before = units.written;
    await client.send(new PutItemCommand({ TableName, Item: marshall({ taskId: 'a', ...item }) }));
    counted.push(units.written - before);
  }
  return counted;
}

it.each([
  ['one unit for an item outside the index', [{}], [1]],
  ['one unit more for each started KB', [{ text: 'x'.repeat(1024) }], [2]],
  ['the larger one of the old and the new item', [{ text: 'x'.repeat(1024) }, {}], [2, 2]],
  ['a new entry of the index', [OPEN], [2]],
  ['no entry when only other attributes change', [OPEN, { ...OPEN, version: 2 }], [2, 1]],
  ['the entry when an attribute of it changes', [OPEN, { ...OPEN, attempts: 2 }], [2, 2]],
  ['two entries when the item moves in the index', [OPEN, CLOSED], [2, 3]],
  ['the entry when the item leaves the index', [OPEN, {}], [2, 2]],
])('counts %s', async (_, items, expected) => {
  expect(await unitsOf(...items)).toEqual(expected);
});

it('counts half a unit for a read that need not be consistent, and returns what was written', async () => {
  const { client, units } = createCountingTable(() => {});
  const Item = marshall({ taskId: 'a', text: 'x' });
  await client.send(new PutItemCommand({ TableName, Item }));

  const read = await client.send(new GetItemCommand({ TableName, Key: marshall({ taskId: 'a' }) }));
  await client.send(new GetItemCommand({ TableName, Key: marshall({ taskId: 'b' }), ConsistentRead: true }));

  expect(read.Item).toEqual(Item);
  expect(units.read).toBe(1.5);
});

it('counts the units of an update by the size of the item, and applies it', async () => {
  const { client, units } = createCountingTable(() => {});
  const Key = marshall({ taskId: 'a' });
  const update = (text: string) =>
    client.send(
      new UpdateItemCommand({
        TableName,
        Key,
        UpdateExpression: 'SET #text = :text, isDone = :done ADD #count :one, other :one',
        ExpressionAttributeNames: { '#text': 'text', '#count': 'count' },
        ExpressionAttributeValues: marshall({ ':text': text, ':done': true, ':one': 1 }),
      }),
    );
  await update('x'.repeat(1024));
  await update('short');

  const { Item } = await client.send(new GetItemCommand({ TableName, Key }));

  expect(Item).toEqual(marshall({ taskId: 'a', text: 'short', isDone: true, count: 2, other: 2 }));
  expect(units.written).toBe(4);
});

it('forgets items', async () => {
  const { client, forget } = createCountingTable(() => {});
  for (const taskId of ['a', 'b'])
    await client.send(new PutItemCommand({ TableName, Item: marshall({ taskId }) }));

  forget((key) => key === 'a');

  const read = (taskId: string) => client.send(new GetItemCommand({ TableName, Key: marshall({ taskId }) }));
  expect((await read('a')).Item).toBeUndefined();
  expect((await read('b')).Item).toEqual(marshall({ taskId: 'b' }));
});

import { DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import 'aws-sdk-client-mock-vitest/extend';
import { beforeEach, expect, it } from 'vitest';
import { createBatchTable } from '../../../../functions/adapters/aws/batch-table.ts';
import { endBatch, unreadBatch } from '../../../../functions/core/batch/batch-record.ts';
import { claimant, START } from '../../../support/builders.ts';
import { mockClient } from '../../../support/mock-client.ts';

const dynamo = mockClient(DynamoDBClient);
const table = createBatchTable(new DynamoDBClient({}), 'tasks');
const batch = unreadBatch('scans', claimant);

beforeEach(() => {
  dynamo.reset();
  dynamo.rejects('not expected');
});

it('reads the batch with an id', async () => {
  dynamo.on(GetItemCommand).resolves({ Item: marshall({ ...batch, taskId: 'batch#scans' }) });

  expect(await table.read('scans')).toEqual(batch);
  expect(dynamo).toHaveReceivedCommandWith(GetItemCommand, { Key: { taskId: { S: 'batch#scans' } } });
});

it('lists a batch as open, then as unpublished, then as ended', async () => {
  dynamo.on(PutItemCommand).resolves({});
  const ended = endBatch(batch, 'Completed', { counts: { Completed: 1 } }, START);

  await table.write(batch);
  await table.write(ended);
  await table.write({ ...ended, terminalEvent: 'Published', version: 3 });

  const partitions = dynamo
    .commandCalls(PutItemCommand)
    .map(({ args: [{ input }] }) => String(unmarshall(input.Item ?? {})['listing']).replace(/\d$/, ''));
  expect(partitions).toEqual(['batch#open#', 'batch#unpublished#', 'batch#ended#']);
});

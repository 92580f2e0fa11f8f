import { DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import 'aws-sdk-client-mock-vitest/extend';
import { beforeEach, describe, expect, it } from 'vitest';
import { createImageTable } from '../../../../functions/adapters/aws/image-table.ts';
import type { ImageRecord } from '../../../../functions/contracts/image-record.ts';
import { anImage, IMAGE_ID } from '../../../support/image-builders.ts';
import { mockClient } from '../../../support/mock-client.ts';

const dynamo = mockClient(DynamoDBClient);
const table = createImageTable(new DynamoDBClient({}), 'tasks');

beforeEach(() => {
  dynamo.reset();
  dynamo.rejects('not expected');
  dynamo.on(PutItemCommand).resolves({});
});

/** The partition of the listing index under which a record is written. */
async function partitionOf(record: ImageRecord): Promise<string | undefined> {
  await table.write(record);
  return dynamo.commandCalls(PutItemCommand)[0]?.args[0].input.Item?.['listing']?.S;
}

describe('createImageTable', () => {
  it('keeps images under keys that no task id can be', async () => {
    const image = anImage();
    const stored = { ...image, taskId: `image#${IMAGE_ID}`, unknown: 'of a later version' };
    dynamo.on(GetItemCommand).resolves({ Item: marshall(stored) });

    expect(await table.read(IMAGE_ID)).toEqual(image);
    expect(dynamo).toHaveReceivedCommandWith(GetItemCommand, {
      Key: { taskId: { S: `image#${IMAGE_ID}` } },
      ConsistentRead: true,
    });
  });

  it.each<[Partial<ImageRecord>, RegExp]>([
    [{ state: 'Submitting' }, /^image#open#[0-3]$/],
    [{ state: 'Unknown' }, /^image#open#/],
    [{ state: 'Submitted' }, /^image#open#/],
    [{ state: 'Refused', terminalEvent: 'Pending' }, /^image#unpublished#/],
  ])('lists %j for the sweep', async (details, partition) => {
    expect(await partitionOf(anImage(details))).toMatch(partition);
  });

  it.each<Partial<ImageRecord>>([
    { state: 'AwaitingUpload' },
    { state: 'Done' },
    { state: 'Refused', terminalEvent: 'Published' },
  ])('does not list %j', async (details) => {
    expect(await partitionOf(anImage(details))).toBeUndefined();
  });
});

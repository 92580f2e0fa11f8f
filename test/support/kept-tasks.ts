import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { DeleteObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { createDocumentWriter } from '../../functions/adapters/aws/document-writer.ts';
import { createTaskTable } from '../../functions/adapters/aws/task-table.ts';
import { EVENT_SOURCE } from '../../functions/contracts/task-event.ts';
import { taskEventDetail } from '../../functions/core/event-detail.ts';
import type { TerminalRecord } from '../../functions/core/task-record.ts';
import type { ReceivedResult } from '../../functions/core/vendor-response.ts';
import { anEnding, aTerminalRecord } from './builders.ts';
import { startFixture } from './fixture-assembly.ts';

const RESOURCES = {
  Table: {
    Type: 'AWS::DynamoDB::Table',
    Properties: {
      KeySchema: [{ AttributeName: 'taskId', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'taskId', AttributeType: 'S' }],
    },
  },
  Bucket: { Type: 'AWS::S3::Bucket', Properties: {} },
};

const STORE_SECONDS = 10;

/** Starts stores and an event bus, and keeps tasks in them as the courier's functions do. */
export async function startKeptTasks() {
  const stack = await startFixture({ resources: RESOURCES });
  const s3 = new S3Client(stack.clientConfig('s3'));
  const bucket = stack.resource('Bucket').name;
  const writer = createDocumentWriter(s3, bucket);
  const records = createTaskTable(
    new DynamoDBClient(stack.clientConfig('dynamodb')),
    stack.resource('Table').name,
  );
  const events = new EventBridgeClient(stack.clientConfig('events'));

  return {
    stack,
    bucket,
    /** Stores documents, manifest and record of a task, without an event. */
    async keep(details: Partial<TerminalRecord>, ...results: readonly ReceivedResult[]) {
      const record = aTerminalRecord(details);
      const { manifestKey, results: stored } = await writer.store(
        record,
        anEnding('Completed', { results }),
        STORE_SECONDS,
      );
      const kept: TerminalRecord = {
        ...record,
        manifestKey,
        results: [...stored],
        resultCount: stored.length,
      };
      await records.write(kept);
      return kept;
    },
    /** Writes a record alone. */
    write: (record: TerminalRecord) => records.write(record),
    async publish(record: TerminalRecord) {
      const Detail = JSON.stringify(taskEventDetail(record, bucket));
      await events.send(
        new PutEventsCommand({
          Entries: [{ Source: EVENT_SOURCE, DetailType: 'OCR Task Completed', Detail }],
        }),
      );
    },
    /** @returns its ETag */
    async put(key: string, content: string | Uint8Array): Promise<string> {
      const { ETag = '' } = await s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: content }));
      return ETag.replaceAll('"', '');
    },
    async remove(...keys: readonly string[]): Promise<void> {
      for (const Key of keys) await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key }));
    },
  };
}

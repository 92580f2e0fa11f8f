import {
  CreateTableCommand,
  DeleteItemCommand,
  DeleteTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  ListTablesCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { describe, expect, it } from 'vitest';
import { courierForAll, startTestCourier } from '../support/courier.ts';
import { receive } from '../support/queue.ts';
import { completed, pending } from '../support/responses.ts';
import { publishSubmitted } from '../support/submissions.ts';

const HOUR = 3_600_000;

const courier = await courierForAll();
const dynamo = new DynamoDBClient(courier.stack.clientConfig('dynamodb'));
const TableName = courier.stack.outputs['TaskTableName'];

describe('pausing polling', () => {
  it('O12: stops polls until polling is resumed, and loses no task', async () => {
    const Item = { taskId: { S: '#polling-paused' } };
    courier.simulator.script('under-way', [...Array(15).fill(pending), completed('whale')]);
    courier.simulator.script('new', [completed('whale')]);
    const { executionArn } = await courier.start({ taskId: 'under-way' });
    await courier.clock.sleep(90_000);
    const before = courier.simulator.requests.length;

    await dynamo.send(new PutItemCommand({ TableName, Item }));
    const started = await courier.start({ taskId: 'new' });
    await courier.clock.sleep(3 * HOUR);
    expect(courier.simulator.requests.length).toBe(before);

    const pauseMetrics = courier.logs.filter((line) => line.includes('"PollsPaused"'));
    expect(pauseMetrics.length).toBeGreaterThan(30);
    expect(pauseMetrics[0]).toMatch(/"service":"OcrCourier\w+"/);

    await dynamo.send(new DeleteItemCommand({ TableName, Key: Item }));
    const resumed = courier.clock.now();
    for (const [arn, taskId] of [
      [executionArn, 'under-way'],
      [started.executionArn, 'new'],
    ] as const) {
      const { record, events } = await courier.collected(arn, taskId);
      expect(record).toMatchObject({ outcome: 'Completed' });
      expect(events).toHaveLength(1);
    }
    const delays = courier.simulator.requests.slice(before).map(({ at }) => at - resumed);
    expect(Math.min(...delays)).toBeLessThanOrEqual(300_000);
  });
});

/** Waits until the table's name is free: deletion completes after the request returns. */
async function untilTableIsDeleted(): Promise<void> {
  for (;;) {
    const { TableNames = [] } = await dynamo.send(new ListTablesCommand({}));
    if (!TableNames.some((name) => name === TableName)) return;
  }
}

/** Counts messages that were received but not deleted. They return after the visibility timeout. */
async function countMessagesInFlight(output: string): Promise<string | undefined> {
  const sqs = new SQSClient(courier.stack.clientConfig('sqs'));
  const AttributeName = 'ApproximateNumberOfMessagesNotVisible';
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({
      QueueUrl: courier.stack.outputs[output],
      AttributeNames: [AttributeName],
    }),
  );
  return Attributes?.[AttributeName];
}

describe('redriving a dead-letter queue', () => {
  it('closes a task that could not be closed before', async () => {
    const { Table } = await dynamo.send(new DescribeTableCommand({ TableName }));
    await dynamo.send(new DeleteTableCommand({ TableName }));
    const { executionArn } = await courier.start({ taskId: 'unclosed' });
    await courier.stack.executionEnded(executionArn);
    await courier.stack.settled();
    expect(courier.eventsOf('unclosed')).toEqual([]);

    await untilTableIsDeleted();
    const { AttributeDefinitions, KeySchema, GlobalSecondaryIndexes = [] } = Table ?? {};
    await dynamo.send(
      new CreateTableCommand({
        TableName,
        AttributeDefinitions,
        KeySchema,
        GlobalSecondaryIndexes: GlobalSecondaryIndexes.map((index) => ({
          IndexName: index.IndexName,
          KeySchema: index.KeySchema,
          Projection: index.Projection,
        })),
        BillingMode: 'PAY_PER_REQUEST',
      }),
    );
    await courier.stack.drainQueue(courier.stack.outputs['UnclosedTasksRedrive'] ?? '');

    const { events, record } = await courier.collected(executionArn, 'unclosed');
    expect(record).toMatchObject({ outcome: 'Failed', reason: 'InternalError' });
    expect(events.map((event) => event['detail-type'])).toEqual(['OCR Task Failed']);
    expect(await receive(courier.stack, 'UnclosedTasksQueueUrl')).toEqual([]);
  });

  it('starts a collection that is valid now, and keeps an event that is still refused', async () => {
    courier.simulator.script('early', [completed('whale')]);
    const submittedAt = new Date(courier.clock.now() + 12 * HOUR).toISOString();
    await publishSubmitted(courier, { taskId: 'early', submittedAt });
    await publishSubmitted(courier, { taskId: 'never/valid' });
    await courier.stack.settled();
    expect(courier.eventsOf('early')).toEqual([]);

    await courier.clock.sleep(12 * HOUR);
    await courier.stack.drainQueue(courier.stack.outputs['RefusedSubmissionsRedrive'] ?? '');
    await courier.stack.settled();

    expect(courier.eventsOf('early')).toMatchObject([{ 'detail-type': 'OCR Task Completed' }]);
    expect(await countMessagesInFlight('RefusedSubmissionsQueueUrl')).toBe('1');
  });
});

describe('a function whose environment is wrong', () => {
  it('S2: fails its task as InternalError and publishes its event', async () => {
    await using courier = await startTestCourier({ environment: { POLLING: '{' } });

    const { execution, events } = await courier.collect({ taskId: 'misconfigured' });

    expect(execution).toMatchObject({ status: 'FAILED', error: 'InvalidEnvironmentError' });
    expect(events).toMatchObject([
      { 'detail-type': 'OCR Task Failed', detail: { reason: 'InternalError', attempts: 0 } },
    ]);
  });
});

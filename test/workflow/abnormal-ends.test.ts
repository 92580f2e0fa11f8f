import { DeleteTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DeleteBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { startTestCourier } from '../support/courier.ts';
import { receive } from '../support/queue.ts';
import { completed } from '../support/responses.ts';

describe('an execution that is stopped', () => {
  it('has its task closed as Cancelled, with one event', async () => {
    await using courier = await startTestCourier();
    courier.simulator.script('stopped', [{ taskStatus: 'Pending' }]);
    const stopAtFirstPoll = new Promise<void>((resolve) => {
      courier.stack.onLog((line) => {
        if (line.includes('"Polled"')) resolve();
      });
    });

    const { executionArn } = await courier.stack.startExecution({
      input: { taskId: 'stopped', correlation: 'order 7' },
    });
    await stopAtFirstPoll;
    await courier.stack.stopExecution(executionArn);
    const { execution, events, record } = await courier.collected(executionArn, 'stopped');

    expect(execution.status).toBe('ABORTED');
    expect(record).toMatchObject({ status: 'Cancelled', outcome: 'Cancelled', correlation: 'order 7' });
    expect(events).toHaveLength(1);
    expect(events[0]).toMatchObject({
      'detail-type': 'OCR Task Cancelled',
      detail: { outcome: 'Cancelled', correlation: 'order 7', idempotencyKey: 'RecognizeImage/stopped/1' },
    });
  });

  it('has the polls counted that it made while holding, and makes one more at most', async () => {
    await using courier = await startTestCourier();
    courier.simulator.script('counted', [{ taskStatus: 'Pending' }]);
    const { executionArn } = await courier.stack.startExecution({ input: { taskId: 'counted' } });
    const thirdPoll = new Promise<void>((resolve) => {
      courier.stack.onLog((line) => {
        if (line.includes('"attempt":3')) resolve();
      });
    });

    await thirdPoll;
    await courier.stack.stopExecution(executionArn);
    const { record } = await courier.collected(executionArn, 'counted');
    await courier.clock.sleep(10 * 60_000);

    expect(record?.attempts).toBeGreaterThanOrEqual(2);
    const fetches = courier.simulator.requests.filter(({ taskId }) => taskId === 'counted');
    expect(fetches.length).toBeLessThanOrEqual((record?.attempts ?? 0) + 2);
  });
});

describe('an execution that fails on AWS', () => {
  it('has its task closed as Failed by our own fault, after AWS has been tried again', async () => {
    await using courier = await startTestCourier();
    courier.simulator.script('unstorable', [completed]);
    const s3 = new S3Client(courier.stack.clientConfig('s3'));
    await s3.send(new DeleteBucketCommand({ Bucket: courier.stack.resource('AWS::S3::Bucket').name }));

    const { execution, events, record } = await courier.collect({ taskId: 'unstorable' });

    expect(execution).toMatchObject({ status: 'FAILED', error: 'NoSuchBucket' });
    expect(execution.history.filter(({ type }) => type === 'StateRetried')).toHaveLength(6);
    expect(record).toMatchObject({ outcome: 'Failed', reason: 'InternalError' });
    expect(events.map((event) => event['detail-type'])).toEqual(['OCR Task Failed']);
  });

  it('leaves what could not be closed in the dead-letter queue', async () => {
    await using courier = await startTestCourier();
    const dynamoDb = new DynamoDBClient(courier.stack.clientConfig('dynamodb'));
    await dynamoDb.send(
      new DeleteTableCommand({ TableName: courier.stack.resource('AWS::DynamoDB::Table').name }),
    );
    const { executionArn } = await courier.stack.startExecution({ input: { taskId: 'unrecordable' } });

    await courier.stack.executionEnded(executionArn);
    await courier.stack.settled();

    expect(await receive(courier.stack, 'UnclosedTasksQueueUrl')).toMatchObject([
      { detail: { executionArn } },
    ]);
  });
});

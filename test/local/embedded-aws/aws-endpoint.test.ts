import { DynamoDBClient, GetItemCommand, PutItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import {
  DescribeExecutionCommand,
  ListStateMachinesCommand,
  SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { describe, expect, it } from 'vitest';
import { startFixture } from '../../support/fixture-assembly.ts';

const waiting = { StartAt: 'Wait', States: { Wait: { Type: 'Wait', Seconds: 3600, End: true } } };

describe('the AWS SDKs', () => {
  it('start, describe and stop executions', async () => {
    const stack = await startFixture({ definition: waiting });
    const client = new SFNClient(stack.clientConfig('states'));
    const stateMachineArn = stack.resource('AWS::StepFunctions::StateMachine').arn;

    const { executionArn } = await client.send(
      new StartExecutionCommand({ stateMachineArn, name: 'n', input: '{"a":1}' }),
    );
    const running = await client.send(new DescribeExecutionCommand({ executionArn }));
    const { stopDate } = await client.send(new StopExecutionCommand({ executionArn, cause: 'enough' }));
    const stopped = await client.send(new DescribeExecutionCommand({ executionArn }));

    expect(running).toMatchObject({ status: 'RUNNING', input: '{"a":1}', name: 'n', stateMachineArn });
    expect(running.startDate).toBeInstanceOf(Date);
    expect(stopped).toMatchObject({ status: 'ABORTED', cause: 'enough', stopDate });
  });

  it('receive the errors of Step Functions', async () => {
    const stack = await startFixture({ definition: waiting });
    const client = new SFNClient(stack.clientConfig('states'));
    const stateMachineArn = stack.resource('Machine').arn;
    const start = (parameters: object) =>
      client.send(new StartExecutionCommand({ stateMachineArn, ...parameters }));
    await start({ name: 'n', input: '{"a":1}' });

    await expect(start({ name: 'n', input: '{"a":2}' })).rejects.toMatchObject({
      name: 'ExecutionAlreadyExists',
    });
    await expect(start({ input: '{' })).rejects.toMatchObject({ name: 'InvalidExecutionInput' });
    await expect(start({ name: 'a b' })).rejects.toMatchObject({ name: 'InvalidName' });
    await expect(start({ stateMachineArn: `${stateMachineArn}x` })).rejects.toMatchObject({
      name: 'StateMachineDoesNotExist',
    });
    await expect(client.send(new DescribeExecutionCommand({ executionArn: 'x' }))).rejects.toMatchObject({
      name: 'ExecutionDoesNotExist',
    });
    await expect(client.send(new StopExecutionCommand({ executionArn: 'x' }))).rejects.toMatchObject({
      name: 'ExecutionDoesNotExist',
    });
    await expect(client.send(new ListStateMachinesCommand({}))).rejects.toMatchObject({
      name: 'UnknownOperationException',
      message: expect.stringContaining('operation: got AWSStepFunctions.ListStateMachines; allowed: '),
    });
  });

  it('read the secrets that have a value, and no others', async () => {
    const stack = await startFixture(
      {
        resources: {
          Key: { Type: 'AWS::SecretsManager::Secret' },
          Empty: { Type: 'AWS::SecretsManager::Secret' },
        },
      },
      { secretValue: (logicalId) => (logicalId === 'Key' ? 'open' : undefined) },
    );
    const client = new SecretsManagerClient(stack.clientConfig('secretsmanager'));
    const get = (SecretId: string) => client.send(new GetSecretValueCommand({ SecretId }));

    expect(await get(stack.resource('Key').arn)).toMatchObject({ SecretString: 'open' });
    expect(await get(stack.resource('Key').name)).toMatchObject({ SecretString: 'open' });
    await expect(get(stack.resource('Empty').arn)).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
    await expect(get('other')).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });

  it('write to a table with its keys and indexes', async () => {
    const attribute = (AttributeName: string, KeyType: string) => [{ AttributeName, KeyType }];
    const stack = await startFixture({
      resources: {
        Tasks: {
          Type: 'AWS::DynamoDB::Table',
          Properties: {
            KeySchema: attribute('taskId', 'HASH'),
            AttributeDefinitions: ['taskId', 'status'].map((AttributeName) => ({
              AttributeName,
              AttributeType: 'S',
            })),
            GlobalSecondaryIndexes: [
              {
                IndexName: 'byStatus',
                KeySchema: attribute('status', 'HASH'),
                Projection: { ProjectionType: 'ALL' },
              },
            ],
            TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
          },
        },
      },
    });
    const client = new DynamoDBClient(stack.clientConfig('dynamodb'));
    const TableName = stack.resource('Tasks').name;
    const Item = { taskId: { S: 't' }, status: { S: 'Open' } };

    await client.send(new PutItemCommand({ TableName, Item }));

    expect((await client.send(new GetItemCommand({ TableName, Key: { taskId: { S: 't' } } }))).Item).toEqual(
      Item,
    );
    const query = new QueryCommand({
      TableName,
      IndexName: 'byStatus',
      KeyConditionExpression: '#s = :s',
      ExpressionAttributeNames: { '#s': 'status' },
      ExpressionAttributeValues: { ':s': { S: 'Open' } },
    });
    expect((await client.send(query)).Items).toEqual([Item]);
  });

  it('store objects larger than the default limit of fauxqs, 11 MiB', async () => {
    const stack = await startFixture({ resources: { Documents: { Type: 'AWS::S3::Bucket' } } });
    const client = new S3Client(stack.clientConfig('s3'));
    const Bucket = stack.resource('AWS::S3::Bucket').name;
    const Body = Buffer.alloc(12 * 1024 * 1024, 'x');

    await client.send(new PutObjectCommand({ Bucket, Key: 'a/b.txt', Body, ContentType: 'text/plain' }));

    const object = await client.send(new GetObjectCommand({ Bucket, Key: 'a/b.txt' }));
    expect(object).toMatchObject({ ContentLength: Body.length, ContentType: 'text/plain' });
  });
});

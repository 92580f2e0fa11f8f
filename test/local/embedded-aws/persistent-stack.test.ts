import { randomBytes } from 'node:crypto';
import { DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import {
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { DescribeExecutionCommand, SFNClient } from '@aws-sdk/client-sfn';
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { expect, it, onTestFinished, vi } from 'vitest';
import { openDataDirectory } from '../../../cli/data-directory.ts';
import { VirtualClock } from '../../../local/clock.ts';
import { type EmbeddedStack, startEmbeddedStack } from '../../../local/embedded-aws/embedded-stack.ts';
import { temporaryDirectory } from '../../support/data-fixture.ts';
import { type Fixture, STORES, writeAssembly } from '../../support/fixture-assembly.ts';
import { eventsOf, linesOf } from '../../support/listening.ts';
import { UNTIL_TEST_HANGS } from '../../support/until.ts';

const START = '2026-01-01T00:00:00Z';

/** Runs stacks in sequence with the same data. Each ends as if its process had been killed. */
async function processes(fixture: Fixture) {
  const assemblyDirectory = await writeAssembly(fixture);
  const directory = await temporaryDirectory();
  const clock = new VirtualClock(START);
  const open = new AsyncDisposableStack();
  onTestFinished(() => open.disposeAsync());

  return {
    clock,
    async run<T>(work: (stack: EmbeddedStack) => Promise<T>): Promise<T> {
      using data = openDataDirectory(directory);
      const stack = await startEmbeddedStack({ assemblyDirectory, clock, data });
      try {
        return await work(stack);
      } finally {
        await stack.close();
      }
    },
  };
}

/** The next line that a function writes. */
function nextLine(stack: EmbeddedStack): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  stack.onLog(resolve);
  return promise;
}

it('keeps items, objects and messages for the next process', async () => {
  const { run } = await processes({ resources: STORES });
  await run(async (stack) => {
    await new DynamoDBClient(stack.clientConfig('dynamodb')).send(
      new PutItemCommand({ TableName: stack.resource('Table').name, Item: { id: { S: 'whale' } } }),
    );
    await new S3Client(stack.clientConfig('s3')).send(
      new PutObjectCommand({
        Bucket: stack.resource('Bucket').name,
        Key: 'a/b.txt',
        Body: 'sea',
        ContentType: 'text/x-sea',
        Metadata: { depth: '9' },
      }),
    );
    await new SQSClient(stack.clientConfig('sqs')).send(
      new SendMessageCommand({ QueueUrl: stack.resource('Queue').ref, MessageBody: 'hello' }),
    );
  });

  const kept = await run(async (stack) => {
    const { Item } = await new DynamoDBClient(stack.clientConfig('dynamodb')).send(
      new GetItemCommand({ TableName: stack.resource('Table').name, Key: { id: { S: 'whale' } } }),
    );
    const { Body, ContentType, Metadata } = await new S3Client(stack.clientConfig('s3')).send(
      new GetObjectCommand({ Bucket: stack.resource('Bucket').name, Key: 'a/b.txt' }),
    );
    const messages = await receive(stack);
    return { Item, ContentType, Metadata, messages, text: await Body?.transformToString() };
  });

  expect(kept).toEqual({
    Item: { id: { S: 'whale' } },
    ContentType: 'text/x-sea',
    Metadata: { depth: '9' },
    messages: ['hello'],
    text: 'sea',
  });
  // The second process deleted the message.
  expect(await run(receive)).toEqual([]);
});

it('keeps the tags of an object for the next process', async () => {
  const { run } = await processes({ resources: STORES });
  const target = (stack: EmbeddedStack) => ({ Bucket: stack.resource('Bucket').name, Key: 'a b+c ü.png' });
  await run(async (stack) => {
    const s3 = new S3Client(stack.clientConfig('s3'));
    await s3.send(new PutObjectCommand({ ...target(stack), Body: 'sea', Metadata: { depth: '9' } }));
    const Tagging = { TagSet: [{ Key: 'ocr-courier', Value: 'Completed' }] };
    await s3.send(new PutObjectTaggingCommand({ ...target(stack), Tagging }));
  });

  const kept = await run(async (stack) => {
    const s3 = new S3Client(stack.clientConfig('s3'));
    const { TagSet } = await s3.send(new GetObjectTaggingCommand(target(stack)));
    const { Body, Metadata } = await s3.send(new GetObjectCommand(target(stack)));
    return { TagSet, Metadata, text: await Body?.transformToString() };
  });

  expect(kept).toEqual({
    TagSet: [{ Key: 'ocr-courier', Value: 'Completed' }],
    Metadata: { depth: '9' },
    text: 'sea',
  });
});

it('keeps 12 MB that were uploaded in parts', async () => {
  const { run } = await processes({ resources: STORES });
  const part = randomBytes(6 * 1024 * 1024);
  await run(async (stack) => {
    const target = { Bucket: stack.resource('Bucket').name, Key: 'large' };
    const s3 = new S3Client(stack.clientConfig('s3'));
    const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ ...target, Tagging: 'a=1' }));
    const Parts: CompletedPart[] = [];
    for (const PartNumber of [1, 2]) {
      const { ETag } = await s3.send(new UploadPartCommand({ ...target, UploadId, PartNumber, Body: part }));
      Parts.push({ PartNumber, ETag });
    }
    await s3.send(new CompleteMultipartUploadCommand({ ...target, UploadId, MultipartUpload: { Parts } }));
  });

  const kept = await run(async (stack) => {
    const s3 = new S3Client(stack.clientConfig('s3'));
    const target = { Bucket: stack.resource('Bucket').name, Key: 'large' };
    const { Body, TagCount } = await s3.send(new GetObjectCommand(target));
    return { TagCount, bytes: await Body?.transformToByteArray() };
  });

  expect(kept.TagCount).toBe(1);
  expect(Buffer.concat([part, part]).equals(kept.bytes ?? Buffer.alloc(0))).toBe(true);
});

it('returns a message to its queue after its visibility timeout was set to zero', async () => {
  const { run } = await processes({ resources: STORES });

  const messages = await run(async (stack) => {
    const sqs = new SQSClient(stack.clientConfig('sqs'));
    const QueueUrl = stack.resource('Queue').ref;
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'hello' }));
    const { Messages: [{ ReceiptHandle } = {}] = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl }),
    );
    await sqs.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout: 0 }));
    return await receive(stack);
  });

  expect(messages).toEqual(['hello']);
});

it('delivers messages that the last process left in a queue, once executions are restored', async () => {
  const arnOf = (logicalId: string) => ({ 'Fn::GetAtt': [logicalId, 'Arn'] });
  const { clock, run } = await processes({
    functions: {
      // The first process ends while "hangs" is being handled and "fails" is invisible.
      Work: `exports.handler = async ({ Records: [{ body, attributes }] }) => {
        console.log(body, attributes.ApproximateReceiveCount);
        if (attributes.ApproximateReceiveCount !== '1') return;
        if (body === 'fails') throw new Error('no');
        return new Promise(() => {});
      };`,
    },
    resources: {
      Queue: { Type: 'AWS::SQS::Queue', Properties: { VisibilityTimeout: 600 } },
      Mapping: {
        Type: 'AWS::Lambda::EventSourceMapping',
        Properties: { EventSourceArn: arnOf('Queue'), FunctionName: { Ref: 'Work' }, BatchSize: 1 },
      },
    },
  });
  const bodies = (lines: readonly string[]) =>
    lines.filter((line) => /^Work: (fails|hangs)/.test(line)).toSorted();
  const hold = Promise.withResolvers<void>();
  void clock.during(hold.promise);
  const started = await run(async (stack) => {
    stack.resumeExecutions();
    const lines = linesOf(stack);
    const sqs = new SQSClient(stack.clientConfig('sqs'));
    for (const MessageBody of ['fails', 'hangs']) {
      await sqs.send(new SendMessageCommand({ QueueUrl: stack.resource('Queue').ref, MessageBody }));
      await vi.waitFor(() => expect(bodies(lines).at(-1)).toContain(MessageBody), UNTIL_TEST_HANGS);
    }
    return bodies(lines);
  });
  hold.resolve();
  expect(started).toEqual(['Work: fails 1', 'Work: hangs 1']);

  const resumed = await run(async (stack) => {
    const lines = linesOf(stack);
    const { Attributes } = await new SQSClient(stack.clientConfig('sqs')).send(
      new GetQueueAttributesCommand({ QueueUrl: stack.resource('Queue').ref, AttributeNames: ['All'] }),
    );
    expect(Attributes?.['ApproximateNumberOfMessages']).toBe('2');
    stack.resumeExecutions();
    await stack.settled();
    return bodies(lines);
  });

  expect(resumed).toEqual(['Work: fails 2', 'Work: hangs 2']);
  expect(clock.now()).toBe(Date.parse(START));
});

/** Receives and deletes messages of the queue. */
async function receive(stack: EmbeddedStack): Promise<unknown[]> {
  const sqs = new SQSClient(stack.clientConfig('sqs'));
  const QueueUrl = stack.resource('Queue').ref;
  const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl }));
  for (const { ReceiptHandle } of Messages) {
    await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
  }
  return Messages.map(({ Body }) => Body);
}

it('restarts a running execution as itself, and publishes an event only when it ends', async () => {
  const { clock, run } = await processes({
    functions: {
      // Never ends in the first process.
      Work: `exports.handler = async (event) => {
        console.log(JSON.stringify(event));
        return Date.now() === Date.parse('${START}') ? new Promise(() => {}) : event.input;
      };`,
    },
    definition: {
      StartAt: 'Work',
      States: {
        Work: {
          Type: 'Task',
          Resource: '%Work%',
          Parameters: {
            'input.$': '$$.Execution.Input',
            'id.$': '$$.Execution.Id',
            'startedAt.$': '$$.Execution.StartTime',
          },
          End: true,
        },
      },
    },
  });
  const calls: string[] = [];
  const executionArn = await run(async (stack) => {
    const line = nextLine(stack);
    const started = await stack.startExecution({ name: 'mine', input: { taskId: 't' } });
    calls.push(await line);
    return started.executionArn;
  });
  clock.advance(60_000);

  const { resumed, ended, statuses } = await run(async (stack) => {
    const line = nextLine(stack);
    const events = eventsOf(stack);
    const count = stack.resumeExecutions();
    const execution = await stack.executionEnded(executionArn);
    calls.push(await line);
    return { resumed: count, ended: execution, statuses: events.map(({ detail }) => Object(detail).status) };
  });

  expect(resumed).toBe(1);
  expect(ended).toMatchObject({ name: 'mine', status: 'SUCCEEDED', output: { taskId: 't' } });
  expect(ended.startDate).toEqual(new Date(START));
  expect(calls[1]).toBe(calls[0]);
  expect(statuses).toEqual(['SUCCEEDED']);
});

it('restarts the executions of two state machines as their own', async () => {
  const waiting = { StartAt: 'W', States: { W: { Type: 'Wait', Seconds: 60, End: true } } };
  const { clock, run } = await processes({
    definition: waiting,
    resources: {
      Other: {
        Type: 'AWS::StepFunctions::StateMachine',
        Properties: {
          DefinitionString: JSON.stringify(waiting),
          RoleArn: 'arn:aws:iam::000000000000:role/r',
        },
      },
    },
  });
  const hold = Promise.withResolvers<void>();
  void clock.during(hold.promise);
  const machineArns = await run(async (stack) => {
    const arns = ['Machine', 'Other'].map((logicalId) => stack.resource(logicalId).arn);
    for (const stateMachineArn of arns) await stack.startExecution({ stateMachineArn, name: 'same' });
    return arns;
  });
  hold.resolve();

  const ends = await run(async (stack) => {
    const events = eventsOf(stack);
    expect(stack.resumeExecutions()).toBe(2);
    await stack.settled();
    return events.map(({ detail }) => Object(detail));
  });

  expect(ends.map(({ status }) => status)).toEqual(['SUCCEEDED', 'SUCCEEDED']);
  expect(ends.map(({ stateMachineArn }) => stateMachineArn)).toEqual(machineArns);
});

it('keeps an ended execution and its name for 90 days', async () => {
  const { clock, run } = await processes({
    definition: { StartAt: 'P', States: { P: { Type: 'Pass', Result: [null, 'sea'], End: true } } },
  });
  const executionArn = await run(async (stack) => {
    const started = await stack.startExecution({ name: 'mine', input: { a: 1 } });
    await stack.settled();
    return started.executionArn;
  });
  clock.advance(89 * 86_400_000);

  const described = await run(async (stack) => {
    expect(stack.resumeExecutions()).toBe(0);
    await expect(stack.startExecution({ name: 'mine', input: { a: 1 } })).rejects.toMatchObject({
      name: 'ExecutionAlreadyExists',
    });
    const client = new SFNClient(stack.clientConfig('states'));
    return await client.send(new DescribeExecutionCommand({ executionArn }));
  });
  clock.advance(2 * 86_400_000);

  expect(described).toMatchObject({ status: 'SUCCEEDED', input: '{"a":1}', output: '[null,"sea"]' });
  expect(described.startDate).toEqual(new Date(START));
  await run(async (stack) => {
    stack.resumeExecutions();
    await expect(stack.startExecution({ name: 'mine', input: { a: 1 } })).resolves.toMatchObject({
      executionArn,
    });
  });
});

it('repeats the end of an execution whose event was not delivered', async () => {
  const { run } = await processes({
    functions: {
      Close: `exports.handler = async (event) => { console.log(event.detail.status); await new Promise((r) => setTimeout(r, 600_000)); };`,
    },
    definition: { StartAt: 'F', States: { F: { Type: 'Fail', Error: 'Lost' } } },
    resources: {
      Rule: {
        Type: 'AWS::Events::Rule',
        Properties: {
          EventPattern: { source: ['aws.states'], detail: { status: ['FAILED'] } },
          Targets: [{ Id: 't', Arn: { 'Fn::GetAtt': ['Close', 'Arn'] } }],
        },
      },
    },
  });
  await run(async (stack) => {
    const line = nextLine(stack);
    await stack.startExecution({});
    await line;
  });

  const repeated = await run(async (stack) => {
    const line = nextLine(stack);
    stack.resumeExecutions();
    return await line;
  });

  expect(repeated).toBe('FAILED');
});

it('rejects data of a stack with other resources', async () => {
  const directory = await temporaryDirectory();
  const start = async (fixture: Fixture) => {
    using data = openDataDirectory(directory);
    const stack = await startEmbeddedStack({ assemblyDirectory: await writeAssembly(fixture), data });
    await stack.close();
  };
  await start({ resources: STORES });

  const { Bucket, ...others } = STORES;
  await expect(start({ resources: { ...others, Documents: Bucket } })).rejects.toMatchObject({
    name: 'DataDirectoryError',
  });
  await expect(start({ resources: STORES })).resolves.toBeUndefined();
});

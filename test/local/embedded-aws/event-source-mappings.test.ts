import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SendMessageBatchCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../../../local/clock.ts';
import type { EmbeddedStack } from '../../../local/embedded-aws/embedded-stack.ts';
import { temporaryDirectory } from '../../support/data-fixture.ts';
import { type Fixture, startFixture } from '../../support/fixture-assembly.ts';
import { linesOf } from '../../support/listening.ts';
import { receive } from '../../support/queue.ts';

const START = '2026-01-01T00:00:00Z';

const arnOf = (logicalId: string) => ({ 'Fn::GetAtt': [logicalId, 'Arn'] });

/** A function that a queue invokes. Its messages move to `Dead` after three receives. */
const mapped = (code: string, mapping: object = {}): Fixture => ({
  functions: { Work: code },
  resources: {
    Dead: { Type: 'AWS::SQS::Queue' },
    Queue: {
      Type: 'AWS::SQS::Queue',
      Properties: {
        VisibilityTimeout: 600,
        RedrivePolicy: { deadLetterTargetArn: arnOf('Dead'), maxReceiveCount: 3 },
      },
    },
    Mapping: {
      Type: 'AWS::Lambda::EventSourceMapping',
      Properties: {
        EventSourceArn: arnOf('Queue'),
        FunctionName: { Ref: 'Work' },
        FunctionResponseTypes: ['ReportBatchItemFailures'],
        ...mapping,
      },
    },
  },
});

const send = (stack: EmbeddedStack, MessageBody: string, more: object = {}) =>
  new SQSClient(stack.clientConfig('sqs')).send(
    new SendMessageCommand({ QueueUrl: stack.resource('Queue').ref, MessageBody, ...more }),
  );

const sendBatch = (stack: EmbeddedStack, bodies: readonly string[]) =>
  new SQSClient(stack.clientConfig('sqs')).send(
    new SendMessageBatchCommand({
      QueueUrl: stack.resource('Queue').ref,
      Entries: bodies.map((MessageBody, index) => ({ Id: String(index), MessageBody })),
    }),
  );

/** Logs each body with the time and the receive count, then returns an expression. */
const logging = (response: string) => `
  exports.handler = async ({ Records }) => {
    for (const { body, attributes } of Records) {
      console.log(body, attributes.ApproximateReceiveCount, new Date().toISOString());
    }
    return ${response};
  };`;

/** Maps the queue to a function that logs a message, and then sends one to the same queue. */
function mappedSender(condition: string, body: string, mapping: object = {}): Fixture {
  const code = `
    exports.handler = async ({ Records: [{ body }] }) => {
      console.log(body);
      if (!(${condition})) return;
      await fetch(process.env.AWS_ENDPOINT_URL_SQS, {
        method: 'POST',
        headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': 'AmazonSQS.SendMessage' },
        body: JSON.stringify({ QueueUrl: process.env.QUEUE, MessageBody: ${body} }),
      });
    };`;
  const properties = { Environment: { Variables: { QUEUE: { Ref: 'Queue' } } } };
  return { ...mapped(code, mapping), functions: { Work: { code, properties } } };
}

describe('an enabled event source mapping', () => {
  it('delivers a message as Lambda does, and deletes it', async () => {
    const stack = await startFixture(
      mapped('exports.handler = async (event) => { console.log(JSON.stringify(event)); };'),
      { clock: new VirtualClock(START) },
    );
    const lines = linesOf(stack);

    const { MessageId, MD5OfMessageBody, MD5OfMessageAttributes } = await send(stack, 'hello', {
      MessageAttributes: {
        kind: { DataType: 'String', StringValue: 'greeting' },
        bytes: { DataType: 'Binary', BinaryValue: Buffer.from('hi') },
      },
    });
    await stack.settled();

    const time = String(Date.parse(START));
    expect(lines.map((line) => JSON.parse(line.slice('Work: '.length)))).toEqual([
      {
        Records: [
          {
            messageId: MessageId,
            receiptHandle: expect.any(String),
            body: 'hello',
            attributes: {
              ApproximateReceiveCount: '1',
              SentTimestamp: time,
              SenderId: 'embedded',
              ApproximateFirstReceiveTimestamp: time,
            },
            messageAttributes: {
              kind: {
                stringValue: 'greeting',
                stringListValues: [],
                binaryListValues: [],
                dataType: 'String',
              },
              bytes: { binaryValue: 'aGk=', stringListValues: [], binaryListValues: [], dataType: 'Binary' },
            },
            md5OfMessageAttributes: MD5OfMessageAttributes,
            md5OfBody: MD5OfMessageBody,
            eventSource: 'aws:sqs',
            eventSourceARN: stack.resource('Queue').arn,
            awsRegion: 'us-east-1',
          },
        ],
      },
    ]);
    expect(await receive(stack, 'Queue')).toEqual([]);
  });

  it('delivers messages of one request in batches', async () => {
    const stack = await startFixture(
      mapped('exports.handler = async ({ Records }) => { console.log(Records.length); };', { BatchSize: 4 }),
    );
    const lines = linesOf(stack);

    await sendBatch(stack, ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9']);
    await stack.settled();

    expect(lines.toSorted()).toEqual(['Work: 2', 'Work: 4', 'Work: 4']);
  });

  it.each([
    ['null', 'null'],
    ['nothing', 'undefined'],
    ['an empty object', '{}'],
    ['an empty list', '{ batchItemFailures: [] }'],
    ['null as the list', '{ batchItemFailures: null }'],
  ])('deletes the batch when its function returns %s', async (_, response) => {
    const stack = await startFixture(mapped(logging(response)), { clock: new VirtualClock(START) });
    const lines = linesOf(stack);

    await send(stack, 'a');
    await stack.settled();

    expect(lines).toEqual(['Work: a 1 2026-01-01T00:00:00.000Z']);
  });

  it.each([
    ['throws', '(() => { throw new Error("no"); })()'],
    ['ends its environment', 'process.exit(1)'],
    ['returns a text', '"ok"'],
    ['returns a list', '[]'],
    ['names an empty id', '{ batchItemFailures: [{ itemIdentifier: "" }] }'],
    ['names null as the id', '{ batchItemFailures: [{ itemIdentifier: null }] }'],
    ['uses another key', '{ batchItemFailures: [{ id: Records[0].messageId }] }'],
    ['names an unknown id', '{ batchItemFailures: [{ itemIdentifier: "x" }] }'],
  ])('delivers the whole batch again when its function %s', async (_, response) => {
    const failsFirst = `Records[0].attributes.ApproximateReceiveCount === '1' ? ${response} : null`;
    const clock = new VirtualClock(START);
    const stack = await startFixture(mapped(logging(failsFirst)), { clock });
    const lines = linesOf(stack);

    await sendBatch(stack, ['a', 'b']);
    await stack.settled();

    expect(lines.filter((line) => line.startsWith('Work: a') || line.startsWith('Work: b'))).toEqual([
      'Work: a 1 2026-01-01T00:00:00.000Z',
      'Work: b 1 2026-01-01T00:00:00.000Z',
      'Work: a 2 2026-01-01T00:10:00.000Z',
      'Work: b 2 2026-01-01T00:10:00.000Z',
    ]);
    expect(clock.now()).toBe(Date.parse('2026-01-01T00:10:00Z'));
  });

  it('delivers only the failed messages again, and then moves them to the dead-letter queue', async () => {
    const failB = `{ batchItemFailures: Records.filter(({ body }) => body === '"b"').map(({ messageId }) => ({ itemIdentifier: messageId })) }`;
    const stack = await startFixture(mapped(logging(failB)), { clock: new VirtualClock(START) });
    const lines = linesOf(stack);

    await sendBatch(stack, ['"a"', '"b"', '"c"']);
    await stack.settled();

    expect(lines).toEqual([
      'Work: "a" 1 2026-01-01T00:00:00.000Z',
      'Work: "b" 1 2026-01-01T00:00:00.000Z',
      'Work: "c" 1 2026-01-01T00:00:00.000Z',
      'Work: "b" 2 2026-01-01T00:10:00.000Z',
      'Work: "b" 3 2026-01-01T00:20:00.000Z',
    ]);
    expect(await receive(stack, 'Dead')).toEqual(['b']);
    expect(await receive(stack, 'Queue')).toEqual([]);
  });

  it('measures the visibility timeout from the receive', async () => {
    const sleepAndFail = `
      const { setTimeout: sleep } = require('node:timers/promises');
      exports.handler = async ({ Records: [{ attributes }] }) => {
        console.log(new Date().toISOString());
        await sleep(60_000);
        if (attributes.ApproximateReceiveCount === '1') throw new Error('no');
      };`;
    const fixture = mapped(sleepAndFail);
    const functions = { Work: { code: sleepAndFail, properties: { Timeout: 100 } } };
    const stack = await startFixture({ ...fixture, functions }, { clock: new VirtualClock(START) });
    const lines = linesOf(stack);

    await send(stack, 'a');
    await stack.settled();

    expect(lines.filter((line) => /\dZ$/.test(line))).toEqual([
      'Work: 2026-01-01T00:00:00.000Z',
      'Work: 2026-01-01T00:10:00.000Z',
    ]);
  });

  it('ignores the response of a function that reports no failures', async () => {
    const failAll = '{ batchItemFailures: [{ itemIdentifier: Records[0].messageId }] }';
    const stack = await startFixture(mapped(logging(failAll), { FunctionResponseTypes: [] }), {
      clock: new VirtualClock(START),
    });
    const lines = linesOf(stack);

    await send(stack, 'a');
    await stack.settled();

    expect(lines).toHaveLength(1);
  });

  it.each([
    [5, {}],
    [2, { ScalingConfig: { MaximumConcurrency: 2 } }],
  ])('delivers at most %i batches at the same time with %o', async (concurrency, mapping) => {
    const code = `
      const { setTimeout: sleep } = require('node:timers/promises');
      exports.handler = async () => { console.log(new Date().toISOString()); await sleep(1000); };`;
    const stack = await startFixture(mapped(code, { BatchSize: 1, ...mapping }), {
      clock: new VirtualClock(START),
    });
    const lines = linesOf(stack);

    await sendBatch(stack, ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9']);
    await stack.settled();

    expect(lines.filter((line) => line === 'Work: 2026-01-01T00:00:00.000Z')).toHaveLength(concurrency);
    expect(lines).toHaveLength(10);
  });

  it('delivers messages in real time', async () => {
    const code = logging('Records[0].attributes.ApproximateReceiveCount === "1" ? "failed" : null');
    const stack = await startFixture({
      functions: { Work: { code, properties: { Timeout: 1 } } },
      resources: {
        ...mapped(code).resources,
        Queue: { Type: 'AWS::SQS::Queue', Properties: { VisibilityTimeout: 1 } },
      },
    });
    const lines = linesOf(stack);

    await send(stack, 'a');
    await stack.settled();

    expect(lines.map((line) => line.slice(0, 9))).toEqual(['Work: a 1', 'Work: a 2']);
  });

  it('delivers messages that its own function sends', async () => {
    const stack = await startFixture(mappedSender('Number(body) < 3', 'String(Number(body) + 1)'));
    const lines = linesOf(stack);

    await send(stack, '1');
    await stack.settled();

    expect(lines).toEqual(['Work: 1', 'Work: 2', 'Work: 3']);
  });

  it('ends with the stack, while a failed message is invisible', async () => {
    const stack = await startFixture(mapped(logging('"failed"')));
    const delivered = new Promise((resolve) => stack.onLog(resolve));
    const faults: unknown[] = [];
    stack.onFault((fault) => faults.push(fault));
    await send(stack, 'a');
    await delivered;

    await stack.close();
    await stack.settled();

    expect(faults).toEqual([]);
  });

  it('cannot be drained', async () => {
    const stack = await startFixture(mapped(logging('null')));

    await expect(stack.drainQueue(stack.resource('Mapping').name)).rejects.toThrow(
      'disabled event source mapping: got',
    );
  });

  it.each([
    ['a large batch', { BatchSize: 11 }, /BatchSize/],
    ['a batching window', { MaximumBatchingWindowInSeconds: 1 }, /MaximumBatchingWindowInSeconds/],
    ['a filter', { FilterCriteria: { Filters: [] } }, /FilterCriteria/],
    ['pollers', { ProvisionedPollerConfig: { MinimumPollers: 2 } }, /ProvisionedPollerConfig/],
    ['a response type', { FunctionResponseTypes: ['Other'] }, /FunctionResponseTypes/],
    ['a concurrency of one', { ScalingConfig: { MaximumConcurrency: 1 } }, /MaximumConcurrency/],
    ['another source', { EventSourceArn: 'arn:aws:sqs:us-east-1:0:x' }, /allowed: a queue and function/],
  ])('is rejected with %s that is not supported', async (_, mapping, message) => {
    await expect(startFixture(mapped(logging('null'), mapping))).rejects.toThrow(message);
  });
});

it('an event source mapping is rejected when messages become visible before its function times out', async () => {
  const fixture = mapped(logging('null'));
  const functions = { Work: { code: '', properties: { Timeout: 601 } } };

  await expect(startFixture({ ...fixture, functions })).rejects.toThrow(
    'Queue, VisibilityTimeout: got 600 s; allowed by Lambda',
  );
});

describe('a disabled event source mapping', () => {
  const disabled = { Enabled: false, BatchSize: 1 };

  it('delivers each message once when it is drained, and the failed ones at the next drain', async () => {
    const fail = `Records[0].body === '"a"' ? null : { batchItemFailures: [{ itemIdentifier: Records[0].messageId }] }`;
    const stack = await startFixture(mapped(logging(fail), disabled), { clock: new VirtualClock(START) });
    const lines = linesOf(stack);
    await sendBatch(stack, ['"a"', '"b"']);
    await stack.settled();
    expect(lines).toEqual([]);

    await stack.drainQueue(stack.resource('Mapping').name);

    expect(lines.map((line) => line.slice(0, 11))).toEqual(['Work: "a" 1', 'Work: "b" 1']);
    await stack.drainQueue(stack.resource('Mapping').name);
    expect(lines.slice(2).map((line) => line.slice(0, 11))).toEqual(['Work: "b" 2']);
  });

  it('moves a message to the dead-letter queue after too many failures', async () => {
    const stack = await startFixture(
      mapped('exports.handler = async () => { throw new Error("no"); };', disabled),
    );
    await send(stack, '"a"');

    for (const _ of [1, 2, 3]) await stack.drainQueue(stack.resource('Mapping').name);
    expect(await receive(stack, 'Dead')).toEqual([]);
    await stack.drainQueue(stack.resource('Mapping').name);

    expect(await receive(stack, 'Dead')).toEqual(['a']);
  });

  it('does not deliver what its function sends to the queue during a drain', async () => {
    const stack = await startFixture(mappedSender('true', 'body', disabled));
    const lines = linesOf(stack);
    await send(stack, '"a"');

    await stack.drainQueue(stack.resource('Mapping').name);

    expect(lines).toEqual(['Work: "a"']);
    expect(await receive(stack, 'Queue')).toEqual(['a']);
  });
});

describe('a dead-letter queue', () => {
  it.each(['name', 'arn'] as const)('returns its messages to their source, given its %s', async (key) => {
    const file = join(await temporaryDirectory(), 'mended');
    const code = logging("require('node:fs').existsSync(process.env.FILE) ? null : 'failed'");
    const properties = { Environment: { Variables: { FILE: file } } };
    const stack = await startFixture(
      { ...mapped(code), functions: { Work: { code, properties } } },
      { clock: new VirtualClock(START) },
    );
    const lines = linesOf(stack);
    const MessageAttributes = { kind: { DataType: 'String', StringValue: 'x' } };
    await send(stack, '"a"', { MessageAttributes });
    await stack.settled();
    await writeFile(file, '');
    lines.length = 0;

    const moved = stack.redriveDeadLetterQueue(stack.resource('Dead')[key]);
    await stack.settled();

    expect(moved).toBe(1);
    expect(lines).toEqual(['Work: "a" 1 2026-01-01T00:30:00.000Z']);
    expect(await receive(stack, 'Dead')).toEqual([]);
  });

  it('cannot be redriven without a source queue', async () => {
    const stack = await startFixture(mapped(logging('null')));

    expect(() => stack.redriveDeadLetterQueue(stack.resource('Queue').name)).toThrow(
      /dead-letter queue: got fixture-queue; allowed/,
    );
  });
});

describe('a queue', () => {
  it('refuses a message with a delay', async () => {
    const stack = await startFixture({ resources: { Queue: { Type: 'AWS::SQS::Queue' } } });

    await expect(send(stack, 'a', { DelaySeconds: 5 })).rejects.toMatchObject({
      $metadata: { httpStatusCode: 500 },
    });

    expect(await receive(stack, 'Queue')).toEqual([]);
  });

  it.each([
    ['a delay', { DelaySeconds: 5 }, /DelaySeconds/],
    ['FIFO', { FifoQueue: true }, /FifoQueue/],
    [
      'an unknown dead-letter queue',
      { RedrivePolicy: { deadLetterTargetArn: 'arn:aws:sqs:us-east-1:0:x', maxReceiveCount: 3 } },
      /Queue: got the dead-letter queue arn:aws:sqs/,
    ],
  ])('is rejected with %s', async (_, Properties, message) => {
    await expect(
      startFixture({ resources: { Queue: { Type: 'AWS::SQS::Queue', Properties } } }),
    ).rejects.toThrow(message);
  });
});

import {
  DeleteRuleCommand,
  EventBridgeClient,
  PutEventsCommand,
  PutRuleCommand,
  PutTargetsCommand,
  RemoveTargetsCommand,
} from '@aws-sdk/client-eventbridge';
import {
  DescribeExecutionCommand,
  ExecutionDoesNotExist,
  SFNClient,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import {
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  QueueDoesNotExist,
  ReceiveMessageCommand,
  SetQueueAttributesCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import 'aws-sdk-client-mock-vitest/extend';
import { beforeEach, describe, expect, it } from 'vitest';
import { VirtualClock } from '../../local/clock.ts';
import { mockClient } from '../support/mock-client.ts';
import { executionEnd, stopIfRunning } from './suite/execution-end.ts';
import { subscribe } from './suite/subscription.ts';

const EXECUTION = 'arn:aws:states:eu-central-1:111122223333:execution:Collect:task-1';

const sfn = mockClient(SFNClient);
const sqs = mockClient(SQSClient);
const eventBridge = mockClient(EventBridgeClient);

let clock: VirtualClock;
beforeEach(() => {
  clock = new VirtualClock(0);
  for (const mock of [sfn, sqs, eventBridge]) {
    mock.reset();
    mock.rejects('not expected');
  }
});

describe('an execution', () => {
  const unknown = new ExecutionDoesNotExist({ message: 'unknown', $metadata: {} });

  it('is awaited while it is unknown and while it runs, with one call per second', async () => {
    sfn
      .on(DescribeExecutionCommand, { executionArn: EXECUTION })
      .rejectsOnce(unknown)
      .rejectsOnce(unknown)
      .resolvesOnce({ status: 'RUNNING' })
      .resolves({ status: 'SUCCEEDED' });

    expect(await executionEnd(EXECUTION, clock)).toMatchObject({ status: 'SUCCEEDED' });
    expect(sfn).toHaveReceivedCommandTimes(DescribeExecutionCommand, 4);
    expect(clock.now()).toBe(3000);
  });

  it('is not awaited after an error that waiting does not end', async () => {
    sfn.on(DescribeExecutionCommand).rejects(new Error('AccessDenied'));

    await expect(executionEnd(EXECUTION, clock)).rejects.toThrow('AccessDenied');
    expect(clock.now()).toBe(0);
  });

  it('is stopped after the tests, even if it is not known yet', async () => {
    sfn
      .on(DescribeExecutionCommand, { executionArn: EXECUTION })
      .rejectsOnce(unknown)
      .resolves({ status: 'RUNNING' });
    sfn.on(StopExecutionCommand, { executionArn: EXECUTION }).resolves({});

    expect(await stopIfRunning(EXECUTION, clock)).toBe(true);
    expect(sfn).toHaveReceivedCommandTimes(StopExecutionCommand, 1);
    expect(clock.now()).toBe(1000);
  });

  it.each([
    ['has ended', { status: 'FAILED' }, 0],
    ['is unknown for half a minute', unknown, 30_000],
  ] as const)('is not stopped after the tests when it %s', async (_, description, milliseconds) => {
    if (description instanceof Error) sfn.on(DescribeExecutionCommand).rejects(description);
    else sfn.on(DescribeExecutionCommand).resolves(description);

    expect(await stopIfRunning(EXECUTION, clock)).toBe(false);
    expect(clock.now()).toBe(milliseconds);
  });
});

describe('a new subscription', () => {
  const event = {
    source: 'ocr-courier',
    'detail-type': 'OCR Task Completed',
    detail: { taskId: 'task-1', idempotencyKey: 'RecognizeImage/task-1/1' },
  };

  /** Delivers the events of sources that the rule matches, from a time on. */
  function deliverAfter(milliseconds: number): void {
    let pattern: readonly string[] = [];
    let queued: object[] = [];
    const deliver = (...events: { readonly source: string | undefined }[]) => {
      const matched = events.filter(({ source = '' }) => pattern.includes(source));
      if (clock.now() >= milliseconds) queued.push(...matched);
    };
    eventBridge.on(PutRuleCommand).callsFake(({ EventPattern = '{}' }) => {
      pattern = JSON.parse(EventPattern).source;
      return { RuleArn: 'rule' };
    });
    eventBridge.on(PutTargetsCommand).resolves({});
    eventBridge.on(PutEventsCommand).callsFake(({ Entries: [entry] = [] }) => {
      deliver({ source: entry?.Source }, event);
      return { FailedEntryCount: 0 };
    });
    sqs.on(CreateQueueCommand).resolves({ QueueUrl: 'queue' });
    sqs.on(GetQueueAttributesCommand).resolves({ Attributes: { QueueArn: 'queue-arn' } });
    sqs.on(SetQueueAttributesCommand).resolves({});
    sqs.on(ReceiveMessageCommand).callsFake(() => {
      const Messages = queued.map((body) => ({ Body: JSON.stringify(body), ReceiptHandle: 'receipt' }));
      queued = [];
      return { Messages };
    });
    sqs.on(DeleteMessageBatchCommand).resolves({});
    sqs.on(DeleteQueueCommand).resolves({});
    eventBridge.on(RemoveTargetsCommand).resolves({});
    eventBridge.on(DeleteRuleCommand).resolves({});
  }

  it('is ready when a probe event arrives', async () => {
    deliverAfter(60_000);

    await using subscription = await subscribe('bus', clock);

    expect(clock.now()).toBe(60_000);
    expect(eventBridge).toHaveReceivedCommandTimes(PutEventsCommand, 61);
    expect(await subscription.eventsOf('task-1')).toEqual([event]);
  });

  it('sends probes that no other rule of the stack matches', async () => {
    deliverAfter(0);

    await using _ = await subscribe('bus', clock);

    expect(eventBridge).toHaveReceivedCommandWith(PutEventsCommand, {
      Entries: [
        {
          EventBusName: 'bus',
          Source: expect.stringMatching(/^ocr-courier-e2e-/),
          DetailType: 'Probe',
          Detail: '{}',
        },
      ],
    });
  });

  it('waits for a queue that SQS does not know yet', async () => {
    deliverAfter(0);
    sqs
      .on(GetQueueAttributesCommand)
      .rejectsOnce(new QueueDoesNotExist({ message: 'unknown', $metadata: {} }))
      .resolves({ Attributes: { QueueArn: 'queue-arn' } });

    await using _ = await subscribe('bus', clock);

    expect(eventBridge).toHaveReceivedCommandWith(PutTargetsCommand, {
      Targets: [{ Id: 'queue', Arn: 'queue-arn' }],
    });
  });

  it('is given up and deleted after 90 seconds without a probe event', async () => {
    deliverAfter(Number.POSITIVE_INFINITY);

    await expect(subscribe('bus', clock)).rejects.toThrow('Waited 90 s without success for a probe event');
    expect(sqs).toHaveReceivedCommandTimes(DeleteQueueCommand, 1);
    expect(eventBridge).toHaveReceivedCommandTimes(DeleteRuleCommand, 1);
  });
});

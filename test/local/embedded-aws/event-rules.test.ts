import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { describe, expect, test } from 'vitest';
import { VirtualClock } from '../../../local/clock.ts';
import type { EmbeddedStack } from '../../../local/embedded-aws/embedded-stack.ts';
import { startFixture } from '../../support/fixture-assembly.ts';
import { eventsOf, linesOf } from '../../support/listening.ts';
import { receive } from '../../support/queue.ts';

const START = '2026-01-01T00:00:00Z';

describe('a rule', () => {
  const rule = (Targets: object[], more: object = {}) => ({
    Type: 'AWS::Events::Rule',
    Properties: { EventBusName: { Ref: 'Bus' }, EventPattern: { source: ['test'] }, Targets, ...more },
  });
  const Bus = { Type: 'AWS::Events::EventBus', Properties: { Name: 'orders' } };
  const arnOf = (logicalId: string) => ({ 'Fn::GetAtt': [logicalId, 'Arn'] });
  const log = 'exports.handler = async (event) => { console.log(JSON.stringify(event)); };';

  async function put(stack: EmbeddedStack, detail: object, EventBusName = 'orders', Source = 'test') {
    const client = new EventBridgeClient(stack.clientConfig('events'));
    const entry = { Source, DetailType: 'Placed', Detail: JSON.stringify(detail), EventBusName };
    const result = await client.send(new PutEventsCommand({ Entries: [entry] }));
    await stack.settled();
    return result;
  }

  test('invokes a function with the events of its bus that match, and no others', async () => {
    const stack = await startFixture({
      functions: { Log: log },
      resources: { Bus, Rule: rule([{ Id: 't', Arn: arnOf('Log'), InputPath: '$.detail' }]) },
    });
    const lines = linesOf(stack);

    await put(stack, { n: 1 });
    await put(stack, { n: 2 }, 'default');
    await put(stack, { n: 3 }, 'orders', 'other');
    await put(stack, { n: 4 }, stack.resource('Bus').arn);

    expect(lines).toEqual(['Log: {"n":1}', 'Log: {"n":4}']);
  });

  test('starts a state machine, with a transformed input', async () => {
    const InputTransformer = {
      InputPathsMap: { id: '$.detail.id', all: '$.detail' },
      InputTemplate: '{"taskId":<id>,"detail":<all>,"text":"order <id>"}',
    };
    const stack = await startFixture({
      definition: { StartAt: 'P', States: { P: { Type: 'Pass', End: true } } },
      resources: { Bus, Rule: rule([{ Id: 't', Arn: { Ref: 'Machine' }, RoleArn: 'r', InputTransformer }]) },
    });
    const events = eventsOf(stack);

    await put(stack, { id: 'a"1' });

    expect(events.at(-1)?.detail).toMatchObject({
      status: 'SUCCEEDED',
      output: JSON.stringify({ taskId: 'a"1', detail: { id: 'a"1' }, text: 'order a"1' }),
    });
  });

  test('that is disabled delivers nothing', async () => {
    const stack = await startFixture({
      functions: { Log: log },
      resources: { Bus, Rule: rule([{ Id: 't', Arn: arnOf('Log') }], { State: 'DISABLED' }) },
    });
    const lines = linesOf(stack);

    await put(stack, {});

    expect(lines).toEqual([]);
  });

  test('that fails for good leaves the event in the dead-letter queue of the function, not of the target', async () => {
    const clock = new VirtualClock(START);
    const stack = await startFixture(
      {
        functions: {
          Fail: {
            code: 'exports.handler = async () => { console.log(new Date().toISOString()); throw new Error("no"); };',
            properties: { DeadLetterConfig: { TargetArn: arnOf('OfFunction') } },
          },
        },
        resources: {
          Bus,
          OfFunction: { Type: 'AWS::SQS::Queue' },
          OfTarget: { Type: 'AWS::SQS::Queue' },
          Rule: rule([{ Id: 't', Arn: arnOf('Fail'), DeadLetterConfig: { Arn: arnOf('OfTarget') } }]),
        },
      },
      { clock },
    );
    const lines = linesOf(stack);

    await put(stack, { n: 1 });

    expect(lines).toEqual([
      'Fail: 2026-01-01T00:00:00.000Z',
      'Fail: 2026-01-01T00:01:00.000Z',
      'Fail: 2026-01-01T00:03:00.000Z',
    ]);
    expect(await receive(stack, 'OfFunction')).toMatchObject([{ detail: { n: 1 } }]);
    expect(await receive(stack, 'OfTarget')).toEqual([]);
  });

  test('sends to a queue', async () => {
    const stack = await startFixture({
      resources: { Bus, Queue: { Type: 'AWS::SQS::Queue' }, Rule: rule([{ Id: 't', Arn: arnOf('Queue') }]) },
    });

    await put(stack, { n: 1 });

    expect(await receive(stack, 'Queue')).toMatchObject([{ source: 'test', detail: { n: 1 } }]);
  });

  test.each([
    ['a schedule', rule([], { ScheduleExpression: 'rate(1 minute)' }), /schedules are not served/],
    [
      'another target',
      rule([{ Id: 't', Arn: 'arn:aws:sns:us-east-1:0:x' }]),
      /Rule has the target arn:aws:sns/,
    ],
    ['a target parameter', rule([{ Id: 't', Arn: arnOf('Bus'), SqsParameters: {} }]), /SqsParameters/],
    ['a pattern', rule([], { EventPattern: { source: [{ cidr: 'x' }] } }), /"cidr" is not served/],
    [
      'a template',
      rule([{ Id: 't', Arn: arnOf('Bus'), InputTransformer: { InputTemplate: '<x>' } }]),
      /variable <x>/,
    ],
  ])('with %s that is not served refuses the stack', async (_, Rule, message) => {
    await expect(startFixture({ resources: { Bus, Rule } })).rejects.toThrow(message);
  });

  test('PutEvents takes the good entries and says what is wrong with the others', async () => {
    const stack = await startFixture({ resources: { Bus } });
    const events = eventsOf(stack);
    const good = { Source: 'test', DetailType: 'Placed', Detail: '{}' };

    const result = await new EventBridgeClient(stack.clientConfig('events')).send(
      new PutEventsCommand({
        Entries: [
          good,
          { ...good, Detail: '{' },
          { ...good, Source: 'aws.s3' },
          { ...good, EventBusName: 'nowhere' },
          { Source: 'test', Detail: '{}' },
        ],
      }),
    );

    expect(result.FailedEntryCount).toBe(4);
    expect(result.Entries?.map(({ ErrorCode }) => ErrorCode)).toEqual([
      undefined,
      'MalformedDetail',
      'NotAuthorizedForSourceException',
      'ResourceNotFoundException',
      'InvalidArgument',
    ]);
    expect(events).toHaveLength(1);
  });
});

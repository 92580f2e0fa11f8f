import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { describe, expect, it } from 'vitest';
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
  const log = 'exports.handler = async (event) => { console.log(JSON.stringify(event.detail)); };';

  async function put(stack: EmbeddedStack, detail: object, EventBusName = 'orders', Source = 'test') {
    const client = new EventBridgeClient(stack.clientConfig('events'));
    const entry = { Source, DetailType: 'Placed', Detail: JSON.stringify(detail), EventBusName };
    const result = await client.send(new PutEventsCommand({ Entries: [entry] }));
    await stack.settled();
    return result;
  }

  it('invokes a function only with matching events of its bus', async () => {
    const stack = await startFixture({
      functions: { Log: log },
      resources: { Bus, Rule: rule([{ Id: 't', Arn: arnOf('Log') }]) },
    });
    const lines = linesOf(stack);

    await put(stack, { n: 1 });
    await put(stack, { n: 2 }, 'default');
    await put(stack, { n: 3 }, 'orders', 'other');
    await put(stack, { n: 4 }, stack.resource('Bus').arn);

    expect(lines).toEqual(['Log: {"n":1}', 'Log: {"n":4}']);
  });

  it('starts a state machine with the event as its input', async () => {
    const stack = await startFixture({
      definition: { StartAt: 'P', States: { P: { Type: 'Pass', End: true } } },
      resources: { Bus, Rule: rule([{ Id: 't', Arn: { Ref: 'Machine' }, RoleArn: 'r' }]) },
    });
    const events = eventsOf(stack);

    await put(stack, { id: 'a"1' });

    expect(events.at(-1)?.detail).toMatchObject({
      status: 'SUCCEEDED',
      output: JSON.stringify(events[0]),
    });
  });

  it('delivers nothing when it is disabled', async () => {
    const stack = await startFixture({
      functions: { Log: log },
      resources: { Bus, Rule: rule([{ Id: 't', Arn: arnOf('Log') }], { State: 'DISABLED' }) },
    });
    const lines = linesOf(stack);

    await put(stack, {});

    expect(lines).toEqual([]);
  });

  it('leaves a failed event in the dead-letter queue of the function, not of the target', async () => {
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

  it('runs on request in virtual time when it is a schedule, and sends the event of a schedule', async () => {
    const stack = await startFixture({
      functions: { Log: 'exports.handler = async (event) => { console.log(event["detail-type"]); };' },
      resources: {
        Rule: {
          Type: 'AWS::Events::Rule',
          Properties: { ScheduleExpression: 'rate(15 minutes)', Targets: [{ Id: 't', Arn: arnOf('Log') }] },
        },
      },
    });
    const lines = linesOf(stack);

    await stack.runSchedules();

    expect(lines).toEqual(['Log: Scheduled Event']);
  });

  it('sends the whole event to a queue, whose function receives it in virtual time', async () => {
    const stack = await startFixture(
      {
        functions: { Log: 'exports.handler = async ({ Records: [{ body }] }) => { console.log(body); };' },
        resources: {
          Bus,
          Queue: { Type: 'AWS::SQS::Queue' },
          Rule: rule([{ Id: 't', Arn: arnOf('Queue') }]),
          Mapping: {
            Type: 'AWS::Lambda::EventSourceMapping',
            Properties: { EventSourceArn: arnOf('Queue'), FunctionName: { Ref: 'Log' } },
          },
        },
      },
      { clock: new VirtualClock(START) },
    );
    const events = eventsOf(stack);
    const lines = linesOf(stack);

    await put(stack, { file: 'ü 🐋.png' });

    expect(lines.map((line) => JSON.parse(line.slice('Log: '.length)))).toEqual(events);
    expect(events).toMatchObject([
      { source: 'test', time: '2026-01-01T00:00:00Z', detail: { file: 'ü 🐋.png' } },
    ]);
  });

  it.each([
    ['a schedule', rule([], { ScheduleExpression: 'cron(0 12 * * ? *)' }), /only rate\(… minutes\)/],
    [
      'another target',
      rule([{ Id: 't', Arn: 'arn:aws:sns:us-east-1:0:x' }]),
      /Rule: got the target arn:aws:sns/,
    ],
    ['a target parameter', rule([{ Id: 't', Arn: arnOf('Bus'), SqsParameters: {} }]), /SqsParameters/],
    ['a pattern', rule([], { EventPattern: { source: [{ cidr: 'x' }] } }), /got "cidr"; allowed/],
    ['an input path', rule([{ Id: 't', Arn: arnOf('Bus'), InputPath: '$.detail' }]), /InputPath/],
  ])('is rejected with %s that is not supported', async (_, Rule, message) => {
    await expect(startFixture({ resources: { Bus, Rule } })).rejects.toThrow(message);
  });

  it('does not affect PutEvents, which accepts valid entries and reports the others', async () => {
    const stack = await startFixture({ resources: { Bus } });
    const events = eventsOf(stack);
    const valid = { Source: 'test', DetailType: 'Placed', Detail: '{}' };

    const result = await new EventBridgeClient(stack.clientConfig('events')).send(
      new PutEventsCommand({
        Entries: [
          valid,
          { ...valid, Detail: '{' },
          { ...valid, Source: 'aws.s3' },
          { ...valid, EventBusName: 'nowhere' },
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

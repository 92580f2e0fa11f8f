import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { expect, it } from 'vitest';
import { VirtualClock } from '../../../local/clock.ts';
import { startFixture } from '../../support/fixture-assembly.ts';
import { eventsOf } from '../../support/listening.ts';
import { receive } from '../../support/queue.ts';

const START = '2026-01-01T00:00:00Z';

const arnOf = (logicalId: string) => ({ 'Fn::GetAtt': [logicalId, 'Arn'] });
const definition = { StartAt: 'P', States: { P: { Type: 'Pass', End: true } } };

it('throttles StartExecution so that the SDK retries it, until the clock refills the quota', async () => {
  const clock = new VirtualClock();
  const stack = await startFixture(
    { definition },
    { clock, startExecutionQuota: { burst: 1, perSecond: 1 } },
  );
  const client = new SFNClient({ ...stack.clientConfig('states'), maxAttempts: 2 });
  const start = () =>
    client.send(new StartExecutionCommand({ stateMachineArn: stack.resource('Machine').arn }));
  await start();

  await expect(start()).rejects.toMatchObject({
    name: 'ThrottlingException',
    message: 'Rate exceeded',
    $metadata: { httpStatusCode: 400, attempts: 2 },
  });

  clock.advance(1000);
  await expect(start()).resolves.toBeDefined();
});

it('loses none of 200 events whose executions a queue starts while StartExecution throttles', async () => {
  const clock = new VirtualClock(START);
  const COUNT = 200;
  const PUT_LIMIT = 10;
  // Calls Step Functions without the SDK, which a fixture cannot bundle.
  const code = `
    async function start({ messageId, body }) {
      const { detail } = JSON.parse(body);
      const response = await fetch(process.env.AWS_ENDPOINT_URL_SFN, {
        method: 'POST',
        headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': 'AWSStepFunctions.StartExecution' },
        body: JSON.stringify({ stateMachineArn: process.env.MACHINE, name: detail.id, input: body }),
      });
      await response.text();
      return response.ok ? [] : [{ itemIdentifier: messageId }];
    }
    exports.handler = async ({ Records }) => ({
      batchItemFailures: (await Promise.all(Records.map(start))).flat(),
    });`;
  const stack = await startFixture(
    {
      definition,
      functions: {
        Start: { code, properties: { Environment: { Variables: { MACHINE: { Ref: 'Machine' } } } } },
      },
      resources: {
        Dead: { Type: 'AWS::SQS::Queue' },
        Queue: {
          Type: 'AWS::SQS::Queue',
          Properties: {
            VisibilityTimeout: 60,
            RedrivePolicy: { deadLetterTargetArn: arnOf('Dead'), maxReceiveCount: 60 },
          },
        },
        Rule: {
          Type: 'AWS::Events::Rule',
          Properties: { EventPattern: { source: ['test'] }, Targets: [{ Id: 't', Arn: arnOf('Queue') }] },
        },
        Mapping: {
          Type: 'AWS::Lambda::EventSourceMapping',
          Properties: {
            EventSourceArn: arnOf('Queue'),
            FunctionName: { Ref: 'Start' },
            FunctionResponseTypes: ['ReportBatchItemFailures'],
            ScalingConfig: { MaximumConcurrency: 2 },
          },
        },
      },
    },
    // A tenth of the quota of Step Functions in us-east-1.
    { clock, startExecutionQuota: { burst: 50, perSecond: 30 } },
  );
  const events = eventsOf(stack);
  const client = new EventBridgeClient(stack.clientConfig('events'));

  for (let first = 0; first < COUNT; first += PUT_LIMIT) {
    const Entries = Array.from({ length: PUT_LIMIT }, (_, index) => ({
      Source: 'test',
      DetailType: 'Placed',
      Detail: JSON.stringify({ id: `n${first + index}` }),
    }));
    await client.send(new PutEventsCommand({ Entries }));
  }
  await stack.settled();

  const succeeded = events
    .map(({ detail }) => Object(detail))
    .filter(({ status }) => status === 'SUCCEEDED')
    .map(({ name }) => name);
  expect(succeeded).toHaveLength(COUNT);
  expect(new Set(succeeded).size).toBe(COUNT);
  // The messages that were throttled came back after the visibility timeout.
  expect(clock.now()).toBeGreaterThan(Date.parse(START));
  expect(await receive(stack, 'Dead')).toEqual([]);
  expect(await receive(stack, 'Queue')).toEqual([]);
});

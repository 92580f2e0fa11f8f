import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { propertiesOf, synthesize } from '../support/synthesis.ts';

const template = synthesize();
const every = (type: string) =>
  Object.keys(template.findResources(type)).map((id) => propertiesOf(template, type, id));

const policySchema = z.object({
  PolicyDocument: z.object({
    Statement: z.array(z.looseObject({ Effect: z.string(), Condition: z.unknown().optional() })),
  }),
});
const allowances = (type: string) =>
  every(type).flatMap((properties) =>
    policySchema.parse(properties).PolicyDocument.Statement.filter(({ Effect }) => Effect === 'Allow'),
  );

describe('an AWS service', () => {
  it('S15: may invoke a function only for a rule or route of this stack', () => {
    const permissions = every('AWS::Lambda::Permission');

    expect(new Set(permissions.map(({ Principal }) => Principal))).toEqual(
      new Set(['events.amazonaws.com', 'apigateway.amazonaws.com']),
    );
    for (const { Principal, SourceArn } of permissions) {
      expect(SourceArn).toMatch(
        Principal === 'events.amazonaws.com'
          ? /^<(Events|Batches)\w+\.Arn>$/
          : /:<Api>\/\*\/\*\/(tasks|images|batches|openapi\.json)/,
      );
    }
  });

  it('may send messages to a queue only for a rule of this stack', () => {
    const sends = allowances('AWS::SQS::QueuePolicy');

    // Each rule to its dead-letter queue, and those for starts to their queue.
    expect(sends).toHaveLength(6);
    const allowed = ['sqs:SendMessage', 'sqs:GetQueueAttributes', 'sqs:GetQueueUrl'];
    for (const statement of sends) {
      expect(allowed).toEqual(expect.arrayContaining([statement['Action']].flat()));
      expect(statement).toMatchObject({
        Principal: { Service: 'events.amazonaws.com' },
        Condition: { ArnEquals: { 'aws:SourceArn': expect.stringMatching(/^<\w+\.Arn>$/) } },
      });
    }
  });
});

it('S16: gives other accounts no access to bus, bucket, secret, table and functions', () => {
  for (const type of ['Events::EventBusPolicy', 'SecretsManager::ResourcePolicy', 'Lambda::Url']) {
    template.resourceCountIs(`AWS::${type}`, 0);
  }
  expect(allowances('AWS::S3::BucketPolicy')).toEqual([]);
  expect(propertiesOf(template, 'AWS::DynamoDB::Table')).not.toHaveProperty('ResourcePolicy');
  expect(propertiesOf(template, 'AWS::Events::EventBus')).not.toHaveProperty('Policy');
});

it('has one role per function and state machine, each trusting its own service', () => {
  const trusted = Object.fromEntries(
    Object.keys(template.findResources('AWS::IAM::Role')).map((id) => {
      const { AssumeRolePolicyDocument, ...properties } = propertiesOf(template, 'AWS::IAM::Role', id);
      expect(properties).not.toHaveProperty('ManagedPolicyArns');
      expect(properties).not.toHaveProperty('Policies');
      const { Statement } = z
        .object({ Statement: z.tuple([z.object({ Principal: z.record(z.string(), z.string()) })]) })
        .parse(AssumeRolePolicyDocument);
      return [id.replace(/^OcrCourier|[0-9A-F]{8}$/g, ''), Statement[0].Principal];
    }),
  );

  const lambda = { Service: 'lambda.amazonaws.com' };
  expect(trusted).toEqual({
    SubmitImageRole: lambda,
    FetchResultRole: lambda,
    EventsCloseTaskRole: lambda,
    BatchesOpenBatchRole: lambda,
    BatchesCollectChunkRole: lambda,
    BatchesCloseBatchRole: lambda,
    StartsStartExecutionsRole: lambda,
    ApiFunctionRole: lambda,
    CollectResultStateMachineRole: { Service: 'states.amazonaws.com' },
    RecognizeImageStateMachineRole: { Service: 'states.amazonaws.com' },
    BatchesCollectBatchStateMachineRole: { Service: 'states.amazonaws.com' },
  });
});

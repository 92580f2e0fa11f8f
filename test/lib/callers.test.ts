import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { propertiesOf, synthesise } from '../support/synthesis.ts';

/** Who may do what to a courier's resources from outside its own roles: nobody but what it has itself connected. */

const template = synthesise();
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

describe('a service of AWS that could be made somebody else’s deputy', () => {
  test('S15: may invoke a function only for one rule or one route of ours', () => {
    const permissions = every('AWS::Lambda::Permission');

    expect(new Set(permissions.map(({ Principal }) => Principal))).toEqual(
      new Set(['events.amazonaws.com', 'apigateway.amazonaws.com']),
    );
    for (const { Principal, SourceArn } of permissions) {
      expect(SourceArn).toMatch(
        Principal === 'events.amazonaws.com'
          ? /^<(Events|Submissions)\w+\.Arn>$/
          : /:<Api>\/\*\/\*\/(tasks|openapi\.json)/,
      );
    }
  });

  test('may lay messages into a queue only for one rule of ours', () => {
    const sends = allowances('AWS::SQS::QueuePolicy');

    expect(sends).toHaveLength(2);
    for (const statement of sends) {
      expect(statement).toMatchObject({
        Action: 'sqs:SendMessage',
        Principal: { Service: 'events.amazonaws.com' },
        Condition: { ArnEquals: { 'aws:SourceArn': expect.stringMatching(/^<\w+\.Arn>$/) } },
      });
    }
  });
});

test('S16: another account may put no events on the bus, and read nothing of the bucket, the secret or the table', () => {
  for (const type of ['Events::EventBusPolicy', 'SecretsManager::ResourcePolicy', 'Lambda::Url']) {
    template.resourceCountIs(`AWS::${type}`, 0);
  }
  expect(allowances('AWS::S3::BucketPolicy')).toEqual([]);
  expect(propertiesOf(template, 'AWS::DynamoDB::Table')).not.toHaveProperty('ResourcePolicy');
  expect(propertiesOf(template, 'AWS::Events::EventBus')).not.toHaveProperty('Policy');
});

describe('the roles', () => {
  test('are one for each function and one for the state machine, each for its own service', () => {
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
      FetchResultRole: lambda,
      CloseTaskRole: lambda,
      SubmissionsStartTaskRole: lambda,
      ApiFunctionRole: lambda,
      WorkflowStateMachineRole: { Service: 'states.amazonaws.com' },
    });
    template.resourceCountIs('AWS::IAM::Policy', 5);
  });

  test('let the state machine invoke its function, publish, trace and log, and no more', () => {
    const { Statement } = z
      .object({
        Statement: z.array(z.object({ Action: z.unknown(), Resource: z.unknown() })),
      })
      .parse(propertiesOf(template, 'AWS::IAM::Policy', 'StateMachine')['PolicyDocument']);

    const [publish, invoke, ...unscoped] = [
      ...Statement.filter(({ Resource }) => Resource !== '*'),
      ...Statement.filter(({ Resource }) => Resource === '*'),
    ];
    expect([publish, invoke]).toEqual(
      expect.arrayContaining([
        { Action: 'events:PutEvents', Resource: '<EventsBus.Arn>' },
        { Action: 'lambda:InvokeFunction', Resource: ['<FetchResult.Arn>', '<FetchResult.Arn>:*'] },
      ]),
    );
    expect(
      unscoped.flatMap(({ Action }) => Action).filter((action) => !/^(logs|xray):/.test(String(action))),
    ).toEqual([]);
    expect(unscoped).toHaveLength(2);
  });
});

// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the syntax of Fn::Sub
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { readTemplate } from '../../../local/embedded-aws/template.ts';
import { UnsupportedError } from '../../../local/embedded-aws/unsupported-error.ts';

const places = { queueUrl: (name: string) => `http://127.0.0.1/${name}`, apiEndpoint: 'http://127.0.0.1:1' };
const functionWith = (value: unknown) => ({ Type: 'AWS::Lambda::Function', Properties: { Handler: value } });

/** Resolves a value as a property of a function. */
function resolve(value: unknown, resources: Record<string, object> = {}): unknown {
  const template = readTemplate({ Resources: { ...resources, F: functionWith(value) } }, 'Stack', places);
  const [lambdaFunction] = template.resources('AWS::Lambda::Function');
  if (lambdaFunction === undefined) throw new Error('no function');
  return template.read(lambdaFunction, z.object({ Handler: z.unknown() })).Handler;
}

describe('Ref and Fn::GetAtt return the documented values for', () => {
  it.each([
    ['AWS::DynamoDB::Table', 'stack-x', 'arn:aws:dynamodb:us-east-1:000000000000:table/stack-x'],
    ['AWS::S3::Bucket', 'stack-x', 'arn:aws:s3:::stack-x'],
    ['AWS::Events::EventBus', 'stack-x', 'arn:aws:events:us-east-1:000000000000:event-bus/stack-x'],
    ['AWS::IAM::Role', 'stack-x', 'arn:aws:iam::000000000000:role/stack-x'],
    ['AWS::SQS::Queue', 'http://127.0.0.1/stack-x', 'arn:aws:sqs:us-east-1:000000000000:stack-x'],
    [
      'AWS::StepFunctions::StateMachine',
      'arn:aws:states:us-east-1:000000000000:stateMachine:stack-x',
      'arn:aws:states:us-east-1:000000000000:stateMachine:stack-x',
    ],
  ])('%s', (Type, ref, arn) => {
    const resources = { X: { Type } };

    expect(resolve({ Ref: 'X' }, resources)).toBe(ref);
    expect(resolve({ 'Fn::GetAtt': ['X', 'Arn'] }, resources)).toBe(arn);
  });
});

it('makes names that are valid for a bucket, and keeps the end of long ones', () => {
  const [one, two] = ['AAAA1111', 'BBBB2222'].map((hash) => `${'Long'.repeat(20)}${hash}`);
  const resources = { [`${one}`]: { Type: 'AWS::S3::Bucket' }, [`${two}`]: { Type: 'AWS::S3::Bucket' } };

  const names = [one, two].map((Ref) => resolve({ Ref }, resources));

  expect(names).toEqual([
    expect.stringMatching(/^[a-z0-9-]{3,}aaaa1111$/),
    expect.stringMatching(/bbbb2222$/),
  ]);
  for (const name of names) expect(String(name).length).toBeLessThanOrEqual(63);
});

it('keeps a chosen name, including references in it', () => {
  const resources = {
    Bucket: {
      Type: 'AWS::S3::Bucket',
      Properties: { BucketName: { 'Fn::Join': ['-', ['docs', { Ref: 'AWS::Region' }]] } },
    },
  };

  expect(resolve({ Ref: 'Bucket' }, resources)).toBe('docs-us-east-1');
});

describe('a template resolves', () => {
  it.each([
    ['Fn::Join', { 'Fn::Join': ['', ['a', { Ref: 'AWS::AccountId' }, 'b']] }, 'a000000000000b'],
    [
      'Fn::Sub',
      { 'Fn::Sub': '${AWS::StackName}/${Table}/${Table.Arn}/${!Literal}' },
      'Stack/stack-table/arn:aws:dynamodb:us-east-1:000000000000:table/stack-table/${Literal}',
    ],
    ['Fn::Select of Fn::Split', { 'Fn::Select': ['2', { 'Fn::Split': ['/', 'a/b/c'] }] }, 'c'],
    ['nested in lists and maps', { a: [{ b: { Ref: 'Table' } }] }, { a: [{ b: 'stack-table' }] }],
  ])('%s', (_, value, resolved) => {
    expect(resolve(value, { Table: { Type: 'AWS::DynamoDB::Table' } })).toEqual(resolved);
  });
});

describe('a template is rejected with', () => {
  it.each([
    [
      'an unknown intrinsic function',
      { 'Fn::ImportValue': 'x' },
      /F\.Handler: got Fn::ImportValue; allowed: Ref/,
    ],
    ['a reference to nothing', { Ref: 'Nothing' }, /F\.Handler: got a reference to Nothing/],
    ['an unknown attribute', { 'Fn::GetAtt': ['Table', 'StreamArn'] }, /the attribute StreamArn of Table/],
    [
      'a dynamic reference',
      '{{resolve:ssm:x}}',
      /F\.Handler: got the dynamic reference \{\{resolve:ssm:x\}\}/,
    ],
    [
      'a reference to a resource without a local meaning',
      { Ref: 'Alarm' },
      /got a reference to Alarm, a AWS::CloudWatch::Alarm/,
    ],
  ])('%s', (_, value, message) => {
    const resources = { Table: { Type: 'AWS::DynamoDB::Table' }, Alarm: { Type: 'AWS::CloudWatch::Alarm' } };

    expect(() => resolve(value, resources)).toThrow(message);
    expect(() => resolve(value, resources)).toThrow(UnsupportedError);
  });

  it('an unknown resource type', () => {
    expect(() => readTemplate({ Resources: { Q: { Type: 'AWS::MSK::Cluster' } } }, 'Stack', places)).toThrow(
      'Q: got the type AWS::MSK::Cluster',
    );
  });

  it('a condition on a supported resource', () => {
    const template = { Resources: { T: { Type: 'AWS::DynamoDB::Table', Condition: 'InProduction' } } };

    expect(() => readTemplate(template, 'Stack', places)).toThrow('T: got the condition InProduction');
  });

  it('invalid properties, and the error names resource and field', () => {
    const template = readTemplate({ Resources: { F: functionWith(5) } }, 'Stack', places);
    const [lambdaFunction] = template.resources('AWS::Lambda::Function');

    expect(() => lambdaFunction && template.read(lambdaFunction, z.object({ Handler: z.string() }))).toThrow(
      /F \(AWS::Lambda::Function\) cannot run locally: .*expected string[\s\S]*Handler/,
    );
  });
});

it('does not resolve properties that are not read', () => {
  const F = { Type: 'AWS::Lambda::Function', Properties: { Handler: 'h', Tags: { 'Fn::ImportValue': 'x' } } };
  const template = readTemplate({ Resources: { F } }, 'Stack', places);

  const [lambdaFunction] = template.resources('AWS::Lambda::Function');

  expect(lambdaFunction && template.read(lambdaFunction, z.object({ Handler: z.string() }))).toEqual({
    Handler: 'h',
  });
});

it('resolves outputs, and omits those without a local meaning', () => {
  const template = readTemplate(
    {
      Resources: {
        T: { Type: 'AWS::DynamoDB::Table' },
        Api: { Type: 'AWS::ApiGatewayV2::Api' },
        Topic: { Type: 'AWS::SNS::Topic' },
      },
      Outputs: {
        Table: { Value: { Ref: 'T' } },
        Url: { Value: { 'Fn::GetAtt': ['Api', 'ApiEndpoint'] } },
        Topic: { Value: { Ref: 'Topic' } },
      },
    },
    'Stack',
    places,
  );

  expect(template.outputs).toEqual({ Table: 'stack-t', Url: 'http://127.0.0.1:1' });
});

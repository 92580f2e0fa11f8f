// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the syntax of Fn::Sub
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { readTemplate } from '../../../local/embedded-aws/template.ts';
import { UnsupportedError } from '../../../local/embedded-aws/unsupported-error.ts';

const places = { queueUrl: (name: string) => `http://127.0.0.1/${name}`, apiEndpoint: 'http://127.0.0.1:1' };
const functionWith = (value: unknown) => ({ Type: 'AWS::Lambda::Function', Properties: { Handler: value } });

/** Resolves a value where the property of a function stands. */
function resolve(value: unknown, resources: Record<string, object> = {}): unknown {
  const template = readTemplate({ Resources: { ...resources, F: functionWith(value) } }, 'Stack', places);
  const [lambdaFunction] = template.resources('AWS::Lambda::Function');
  if (lambdaFunction === undefined) throw new Error('no function');
  return template.read(lambdaFunction, z.object({ Handler: z.unknown() })).Handler;
}

describe('Ref and Fn::GetAtt give what CloudFormation documents for', () => {
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

it('names are fit for a bucket, and long ones keep the end that tells them apart', () => {
  const [one, two] = ['AAAA1111', 'BBBB2222'].map((hash) => `${'Long'.repeat(20)}${hash}`);
  const resources = { [`${one}`]: { Type: 'AWS::S3::Bucket' }, [`${two}`]: { Type: 'AWS::S3::Bucket' } };

  const names = [one, two].map((Ref) => resolve({ Ref }, resources));

  expect(names).toEqual([
    expect.stringMatching(/^[a-z0-9-]{3,}aaaa1111$/),
    expect.stringMatching(/bbbb2222$/),
  ]);
  for (const name of names) expect(String(name).length).toBeLessThanOrEqual(63);
});

it('a chosen name is kept, one from a reference included', () => {
  const resources = {
    Bucket: {
      Type: 'AWS::S3::Bucket',
      Properties: { BucketName: { 'Fn::Join': ['-', ['docs', { Ref: 'AWS::Region' }]] } },
    },
  };

  expect(resolve({ Ref: 'Bucket' }, resources)).toBe('docs-us-east-1');
});

describe('intrinsic functions', () => {
  it.each([
    ['Fn::Join', { 'Fn::Join': ['', ['a', { Ref: 'AWS::AccountId' }, 'b']] }, 'a000000000000b'],
    [
      'Fn::Sub',
      { 'Fn::Sub': '${AWS::StackName}/${Table}/${Table.Arn}/${!Literal}' },
      'Stack/stack-table/arn:aws:dynamodb:us-east-1:000000000000:table/stack-table/${Literal}',
    ],
    [
      'Fn::Sub with variables',
      { 'Fn::Sub': ['${x}-${Table}', { x: { Ref: 'AWS::Partition' } }] },
      'aws-stack-table',
    ],
    ['Fn::Select of Fn::Split', { 'Fn::Select': ['2', { 'Fn::Split': ['/', 'a/b/c'] }] }, 'c'],
    ['nested in lists and maps', { a: [{ b: { Ref: 'Table' } }] }, { a: [{ b: 'stack-table' }] }],
  ])('%s', (_, value, resolved) => {
    expect(resolve(value, { Table: { Type: 'AWS::DynamoDB::Table' } })).toEqual(resolved);
  });
});

describe('refuses', () => {
  it.each([
    ['an intrinsic function it does not know', { 'Fn::ImportValue': 'x' }, /F\.Handler uses Fn::ImportValue/],
    ['a reference to nothing', { Ref: 'Nothing' }, /F\.Handler refers to Nothing, which is not there/],
    [
      'an attribute it does not know',
      { 'Fn::GetAtt': ['Table', 'StreamArn'] },
      /the attribute StreamArn of Table/,
    ],
    [
      'a dynamic reference',
      '{{resolve:ssm:x}}',
      /F\.Handler holds the dynamic reference \{\{resolve:ssm:x\}\}/,
    ],
    [
      'a reference to what has no local meaning',
      { Ref: 'Alarm' },
      /refers to Alarm, and AWS::CloudWatch::Alarm has no local/,
    ],
  ])('%s', (_, value, message) => {
    const resources = { Table: { Type: 'AWS::DynamoDB::Table' }, Alarm: { Type: 'AWS::CloudWatch::Alarm' } };

    expect(() => resolve(value, resources)).toThrow(message);
    expect(() => resolve(value, resources)).toThrow(UnsupportedError);
  });

  it('a resource type that is neither served nor known to have no local meaning', () => {
    expect(() => readTemplate({ Resources: { Q: { Type: 'AWS::MSK::Cluster' } } }, 'Stack', places)).toThrow(
      'Q is of the type AWS::MSK::Cluster',
    );
  });

  it('a served resource under a condition', () => {
    const template = { Resources: { T: { Type: 'AWS::DynamoDB::Table', Condition: 'InProduction' } } };

    expect(() => readTemplate(template, 'Stack', places)).toThrow('T has the condition InProduction');
  });

  it('properties of the wrong form, naming the resource and the field', () => {
    const template = readTemplate({ Resources: { F: functionWith(5) } }, 'Stack', places);
    const [lambdaFunction] = template.resources('AWS::Lambda::Function');

    expect(() => lambdaFunction && template.read(lambdaFunction, z.object({ Handler: z.string() }))).toThrow(
      /F \(AWS::Lambda::Function\) cannot be run locally: .*expected string[\s\S]*Handler/,
    );
  });
});

it('properties that nobody reads are not resolved', () => {
  const F = { Type: 'AWS::Lambda::Function', Properties: { Handler: 'h', Tags: { 'Fn::ImportValue': 'x' } } };
  const template = readTemplate({ Resources: { F } }, 'Stack', places);

  const [lambdaFunction] = template.resources('AWS::Lambda::Function');

  expect(lambdaFunction && template.read(lambdaFunction, z.object({ Handler: z.string() }))).toEqual({
    Handler: 'h',
  });
});

it('outputs are resolved, and left out where they tell of something without a local meaning', () => {
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

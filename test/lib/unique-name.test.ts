import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { OcrCourierStack } from '../../lib/ocr-courier-stack.ts';
import { propertiesOf } from '../support/synthesis.ts';

/** Synthesizes the deployment of one app under a stack name. */
function deployment(stackName: string): Template {
  const app = new App({ context: { 'aws:cdk:bundling-stacks': [] } });
  return Template.fromStack(new OcrCourierStack(app, 'OcrCourier', { stackName }));
}

interface ChosenName {
  readonly type: string;
  readonly property: string;
  /** The limit of AWS, in characters. */
  readonly maxLength: number;
}

/** The names that are not left to CloudFormation. */
const CHOSEN_NAMES: readonly ChosenName[] = [
  { type: 'AWS::Events::EventBus', property: 'Name', maxLength: 256 },
  { type: 'AWS::CloudWatch::CompositeAlarm', property: 'AlarmName', maxLength: 255 },
  { type: 'AWS::ApiGatewayV2::Api', property: 'Name', maxLength: 128 },
];

const nameIn = (template: Template, { type, property }: ChosenName) =>
  z.string().parse(propertiesOf(template, type)[property]);

describe('two deployments of one app that differ in the name of the stack', () => {
  const one = deployment('scans-test');
  const other = deployment('scans-production');

  it.each(CHOSEN_NAMES)('have different names of their $type', (chosen) => {
    expect(nameIn(one, chosen)).toMatch(/^scans-test-/);
    expect(nameIn(other, chosen)).toMatch(/^scans-production-/);
  });

  it('have different metrics', () => {
    const services = [one, other].map((template) =>
      JSON.stringify(propertiesOf(template, 'AWS::Lambda::Function', 'FetchResult')['Environment']),
    );

    expect(services[0]).not.toBe(services[1]);
  });

  it('leave all other names that an account shares to CloudFormation', () => {
    const chosen = Object.values(one.toJSON()['Resources']).flatMap((resource) => {
      const { Type, Properties } = z
        .object({ Type: z.string(), Properties: z.record(z.string(), z.unknown()).default({}) })
        .parse(resource);
      // A policy is named within its role, a stage within its API, a schema within its registry.
      // Metrics and functions are named here, but not created.
      const own =
        /^(Name|(Alarm|Archive|Bucket|Dashboard|LogGroup|Queue|Registry|Role|StateMachine|Table)Name)$/;
      return Object.entries(Properties)
        .filter(([property, value]) => own.test(property) && typeof value === 'string')
        .map(([property]) => `${Type} ${property}`);
    });

    expect(chosen.sort()).toEqual(CHOSEN_NAMES.map(({ type, property }) => `${type} ${property}`).sort());
  });
});

/** A stack with the longest name that CloudFormation allows. */
const longest = deployment('S'.repeat(128));

it.each(CHOSEN_NAMES)('bounds the name of $type at $maxLength characters', (chosen) => {
  expect(nameIn(longest, chosen).length).toBeLessThanOrEqual(chosen.maxLength);
});

describe('a log group to which AWS delivers logs', () => {
  const joinSchema = z.object({ 'Fn::Join': z.tuple([z.literal(''), z.tuple([z.string(), z.unknown()])]) });

  /** Returns the name without its last part, and that part. */
  function nameParts(template: Template, id: string) {
    const [, group] =
      Object.entries(template.findResources('AWS::Logs::LogGroup')).find(([key]) => key.includes(id)) ?? [];
    const [, parts] = joinSchema.parse(group?.['Properties'].LogGroupName)['Fn::Join'];
    return parts;
  }

  it.each([
    ['states', 'CollectResultLogs'],
    ['states', 'RecognizeImageLogs'],
    ['states', 'CollectBatchLogs'],
    ['apigateway', 'ApiAccessLogs'],
  ])('has the prefix of vended logs of %s and ends with the GUID of the deployment', (service, id) => {
    const [name, guid] = nameParts(deployment('scans'), id);

    expect(name).toMatch(new RegExp(`^/aws/vendedlogs/${service}/scans-OcrCourier-[\\w-]+/$`));
    // A retained log group outlives the stack, whose name can be used again.
    expect(guid).toEqual({ 'Fn::Select': [2, { 'Fn::Split': ['/', { Ref: 'AWS::StackId' }] }] });
  });

  it('has an ARN within the 256 characters that Step Functions allows', () => {
    const [name] = nameParts(longest, 'CollectBatchLogs');
    const guid = '6e6fa5c4-2b3c-4d58-a9a4-5ed4e5f3a3ce';
    const arn = `arn:aws-us-gov:logs:ap-southeast-1:111122223333:log-group:${name}${guid}:*`;

    expect(arn.length).toBeLessThanOrEqual(256);
  });
});

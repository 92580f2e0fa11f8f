import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { describe, expect, it } from 'vitest';
import { OUTCOME_NAMES, OUTCOMES } from '../../functions/contracts/outcomes.ts';
import { OcrCourier } from '../../lib/ocr-courier.ts';
import { propertiesOf } from '../support/synthesis.ts';

/** Synthesizes a consumer's stack that contains a courier. */
function consumer(use: (courier: OcrCourier, stack: Stack) => void): Template {
  const stack = new Stack(new App({ context: { 'aws:cdk:bundling-stacks': [] } }), 'Consumer');
  use(new OcrCourier(stack, 'Courier'), stack);
  return Template.fromStack(stack);
}

describe('OcrCourier', () => {
  const granted = (grant: (courier: OcrCourier, role: Role) => void) => {
    const template = consumer((courier, stack) =>
      grant(courier, new Role(stack, 'Reader', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') })),
    );
    return propertiesOf(template, 'AWS::IAM::Policy', 'Reader')['PolicyDocument'];
  };

  it('grants only the start of executions with grantStart', () => {
    expect(granted((courier, role) => courier.grantStart(role))).toMatchObject({
      Statement: [
        { Effect: 'Allow', Action: 'states:StartExecution', Resource: '<CourierWorkflowStateMachine>' },
      ],
    });
  });

  it('grants only reading of documents and manifests with grantReadResults', () => {
    expect(granted((courier, role) => courier.grantReadResults(role))).toMatchObject({
      Statement: [
        { Effect: 'Allow', Action: 's3:GetObject', Resource: '<CourierStorageResults.Arn>/results/*' },
      ],
    });
  });

  it.each([
    ['onCompleted', ['OCR Task Completed']],
    ['onFailed', ['OCR Task Failed']],
    ['onAnyOutcome', OUTCOME_NAMES.map((outcome) => OUTCOMES[outcome].detailType)],
  ] as const)('sends the events of %s to the given target', (method, detailTypes) => {
    const template = consumer((courier, stack) => {
      courier[method]('Mine', { target: new SqsQueue(new Queue(stack, 'Inbox')), description: 'Mine' });
    });

    expect(propertiesOf(template, 'AWS::Events::Rule', 'Mine')).toMatchObject({
      Description: 'Mine',
      EventBusName: '<CourierEventsBus>',
      EventPattern: { source: ['ocr-courier'], 'detail-type': detailTypes },
      Targets: [{ Arn: '<Inbox.Arn>' }],
    });
  });

  it('returns a rule that accepts a narrower pattern and later targets', () => {
    const template = consumer((courier, stack) => {
      const rule = courier.onAnyOutcome('Mine', { eventPattern: { detail: { trial: [false] } } });
      rule.addTarget(new SqsQueue(new Queue(stack, 'Inbox')));
    });

    expect(propertiesOf(template, 'AWS::Events::Rule', 'Mine')).toMatchObject({
      EventPattern: { source: ['ocr-courier'], detail: { trial: [false] } },
      Targets: [{ Arn: '<Inbox.Arn>' }],
    });
  });
});

import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { describe, expect, it } from 'vitest';
import { OUTCOME_NAMES, OUTCOMES } from '../../functions/contracts/outcomes.ts';
import { OcrCourier, type OcrCourierProps } from '../../lib/ocr-courier.ts';
import { propertiesOf, statements } from '../support/synthesis.ts';

/** Synthesizes a consumer's stack that contains a courier. */
function consumer(
  use: (courier: OcrCourier, stack: Stack) => void,
  propsIn: (stack: Stack) => OcrCourierProps = () => ({}),
): Template {
  const stack = new Stack(new App({ context: { 'aws:cdk:bundling-stacks': [] } }), 'Consumer');
  use(new OcrCourier(stack, 'Courier', propsIn(stack)), stack);
  return Template.fromStack(stack);
}

describe('OcrCourier', () => {
  const granted = (grant: (courier: OcrCourier, role: Role) => void) => {
    const template = consumer((courier, stack) =>
      grant(courier, new Role(stack, 'Reader', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') })),
    );
    return propertiesOf(template, 'AWS::IAM::Policy', 'Reader')['PolicyDocument'];
  };

  it.each([
    ['grantStart', 'CollectResult'],
    ['grantRecognize', 'RecognizeImage'],
  ] as const)('grants only the start of executions with %s', (method, machine) => {
    expect(granted((courier, role) => courier[method](role))).toEqual({
      Version: '2012-10-17',
      Statement: [
        {
          ...{ Effect: 'Allow', Action: 'states:StartExecution' },
          Resource: `<Courier${machine}StateMachine>`,
        },
      ],
    });
  });

  it('grants only uploads of images with grantUpload', () => {
    expect(granted((courier, role) => courier.grantUpload(role))).toEqual({
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Action: ['s3:PutObject', 's3:PutObjectTagging', 's3:AbortMultipartUpload'],
          Resource: ['<CourierStorageResults.Arn>/inbox/*', '<CourierStorageResults.Arn>/images/*'],
        },
      ],
    });
  });

  it('grants the start of batches, and uploads of their lists and images, with grantStartBatch', () => {
    expect(granted((courier, role) => courier.grantStartBatch(role))).toEqual({
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Action: ['s3:PutObject', 's3:PutObjectTagging', 's3:AbortMultipartUpload'],
          Resource: ['<CourierStorageResults.Arn>/lists/*', '<CourierStorageResults.Arn>/images/*'],
        },
        {
          ...{ Effect: 'Allow', Action: 'states:StartExecution' },
          Resource: '<CourierBatchesCollectBatchStateMachine>',
        },
      ],
    });
  });

  it.each([
    ['grantUpload', ['kms:Decrypt', 'kms:GenerateDataKey']],
    ['grantStartBatch', ['kms:Decrypt', 'kms:GenerateDataKey']],
    ['grantReadResults', 'kms:Decrypt'],
  ] as const)('grants the use of the key of an encrypted bucket with %s', (method, Action) => {
    const keyArn = 'arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab';
    const encrypted = consumer(
      (courier, stack) => {
        courier[method](
          new Role(stack, 'Reader', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') }),
        );
      },
      (stack) => ({ encryptionKey: Key.fromKeyArn(stack, 'Key', keyArn) }),
    );

    expect(statements(encrypted, 'Reader')).toContainEqual(
      expect.objectContaining({ Action, Resource: keyArn }),
    );
  });

  it('reads the images of sources with their keys', () => {
    const template = consumer(
      () => {},
      (stack) => ({ sources: [new Bucket(stack, 'Scans', { encryptionKey: new Key(stack, 'ScansKey') })] }),
    );

    for (const id of ['SubmitImage', 'ApiFunction', 'BatchesOpenBatch', 'BatchesCollectChunk']) {
      expect(statements(template, id)).toEqual(
        expect.arrayContaining([
          expect.objectContaining({ Action: 'kms:Decrypt', Resource: '<ScansKey.Arn>' }),
          { Action: ['s3:GetObject', 's3:GetObjectVersion'], Resource: '<Scans.Arn>/*' },
        ]),
      );
    }
  });

  it('grants only calls of the HTTP API with grantCallApi', () => {
    expect(granted((courier, role) => courier.grantCallApi(role))).toMatchObject({
      Statement: [
        {
          Effect: 'Allow',
          Action: 'execute-api:Invoke',
          Resource: expect.stringMatching(/:execute-api:.*<CourierApi\w*>\/\$default\/\*\/\*$/),
        },
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
    ['onImageRefused', ['OCR Image Refused']],
    ['onBatchCompleted', ['OCR Batch Completed']],
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

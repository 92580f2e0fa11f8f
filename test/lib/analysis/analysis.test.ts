import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { type IKey, Key } from 'aws-cdk-lib/aws-kms';
import { describe, expect, it } from 'vitest';
import { OcrCourier, type OcrCourierProps } from '../../../lib/ocr-courier.ts';
import { propertiesOf, statements, synthesize } from '../../support/synthesis.ts';

const KEY_ARN = 'arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab';
const template = synthesize({ analysis: true });
const limited = synthesize({
  analysis: { retentionDays: 90, queryRetentionDays: 1, scanLimitGibibytes: 2 },
  encryptionKeyArn: KEY_ARN,
});

const lifecycleOf = (synthesized: Template) =>
  propertiesOf(synthesized, 'AWS::S3::Bucket')['LifecycleConfiguration'];

describe('the analysis', () => {
  it('is off by default', () => {
    const none = synthesize();

    for (const type of ['Glue::Table', 'Athena::WorkGroup', 'KinesisFirehose::DeliveryStream']) {
      none.resourceCountIs(`AWS::${type}`, 0);
      template.resourceCountIs(`AWS::${type}`, 1);
    }
  });

  it('S40: writes the detail of every terminal event, and no other event or field', () => {
    expect(propertiesOf(template, 'AWS::Events::Rule', 'Analysis')).toMatchObject({
      EventPattern: {
        source: ['ocr-courier'],
        'detail-type': [
          ...['OCR Task Completed', 'OCR Task Failed', 'OCR Task Expired', 'OCR Task Not Found'],
          ...['OCR Task Timed Out', 'OCR Task Cancelled', 'OCR Image Refused'],
        ],
      },
      Targets: [
        {
          Arn: '<AnalysisDeliveryStream.Arn>',
          InputPath: '$.detail',
          DeadLetterConfig: { Arn: '<AnalysisDeliveryUndelivered.Arn>' },
        },
      ],
    });
  });

  it('S40: lets Firehose write lines and errors only', () => {
    const bucket = '<StorageResults.Arn>';
    const writes = ['s3:AbortMultipartUpload', 's3:GetObject', 's3:PutObject'];

    expect(statements(template, 'AnalysisDeliveryRole')).toEqual([
      { Action: ['logs:CreateLogStream', 'logs:PutLogEvents'], Resource: '<AnalysisDeliveryLogs.Arn>' },
      {
        Action: ['s3:GetBucketLocation', 's3:ListBucket', 's3:ListBucketMultipartUploads'],
        Resource: bucket,
      },
      { Action: writes, Resource: `${bucket}/analysis/tasks/*` },
      { Action: writes, Resource: `${bucket}/analysis/errors/*` },
    ]);
  });

  it('has the same folders in the stream and in the table', () => {
    const { Prefix } = Object(
      propertiesOf(template, 'AWS::KinesisFirehose::DeliveryStream')['ExtendedS3DestinationConfiguration'],
    );
    const { Parameters } = Object(propertiesOf(template, 'AWS::Glue::Table')['TableInput']);

    expect(Prefix).toBe('analysis/tasks/dt=!{timestamp:yyyy-MM-dd}/');
    expect(Parameters).toMatchObject({
      'projection.dt.format': 'yyyy-MM-dd',
      'projection.dt.range': 'NOW-367DAYS,NOW',
      'storage.location.template': `s3://<StorageResults>/analysis/tasks/dt=\${dt}/`,
    });
  });

  it('maps the columns to the fields of the events, whose names have capitals', () => {
    const { StorageDescriptor } = Object(propertiesOf(template, 'AWS::Glue::Table')['TableInput']);

    expect(StorageDescriptor.SerdeInfo.Parameters).toMatchObject({
      'case.insensitive': 'false',
      'mapping.taskid': 'taskId',
      'mapping.collectingseconds': 'collectingSeconds',
    });
  });

  it('can be switched off after queries have run', () => {
    expect(propertiesOf(template, 'AWS::Athena::WorkGroup')).toMatchObject({ RecursiveDeleteOption: true });
  });

  it('deletes lines and results of queries, by default after a year and a week', () => {
    const expiring = (Prefix: string, ExpirationInDays: number) =>
      expect.objectContaining({ Prefix, ExpirationInDays, Status: 'Enabled' });

    expect(lifecycleOf(template)).toEqual({
      Rules: expect.arrayContaining([
        expiring('analysis/tasks/', 365),
        expiring('analysis/errors/', 365),
        expiring('analysis/queries/', 7),
      ]),
    });
    expect(lifecycleOf(limited)).toEqual({
      Rules: expect.arrayContaining([expiring('analysis/tasks/', 90), expiring('analysis/queries/', 1)]),
    });
  });

  it('S41: enforces the limit, the place and the encryption of queries', () => {
    const configurationOf = (synthesized: Template) =>
      propertiesOf(synthesized, 'AWS::Athena::WorkGroup')['WorkGroupConfiguration'];
    const OutputLocation = 's3://<StorageResults>/analysis/queries/';

    expect(configurationOf(template)).toMatchObject({
      EnforceWorkGroupConfiguration: true,
      BytesScannedCutoffPerQuery: 10 * 1024 ** 3,
      ResultConfiguration: {
        OutputLocation,
        ExpectedBucketOwner: '<AWS::AccountId>',
        EncryptionConfiguration: { EncryptionOption: 'SSE_S3' },
      },
    });
    expect(configurationOf(limited)).toMatchObject({
      BytesScannedCutoffPerQuery: 2 * 1024 ** 3,
      ResultConfiguration: {
        OutputLocation,
        EncryptionConfiguration: { EncryptionOption: 'SSE_KMS', KmsKey: KEY_ARN },
      },
    });
  });

  it('uses the key of an encrypted bucket', () => {
    expect(statements(limited, 'AnalysisDeliveryRole')).toContainEqual(
      expect.objectContaining({ Action: ['kms:Decrypt', 'kms:GenerateDataKey'], Resource: KEY_ARN }),
    );
  });
});

describe('grantAnalyze', () => {
  function grantIn(props: OcrCourierProps, keyIn?: (stack: Stack) => IKey): Template {
    const stack = new Stack(new App({ context: { 'aws:cdk:bundling-stacks': [] } }), 'Consumer');
    const role = new Role(stack, 'Analyst', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    const encryptionKey = keyIn?.(stack);
    const keyProps = encryptionKey === undefined ? {} : { encryptionKey };
    new OcrCourier(stack, 'Courier', { ...props, ...keyProps }).grantAnalyze(role);
    return Template.fromStack(stack);
  }

  it('S40: allows queries over lines, and neither documents nor writing lines', () => {
    const bucket = '<CourierStorageResults.Arn>';
    const granted = statements(grantIn({ analysis: true }), 'Analyst');

    expect(
      granted.filter(({ Action }) => [Action].flat().some((action) => String(action).startsWith('s3:'))),
    ).toEqual([
      expect.objectContaining({
        Action: ['s3:GetBucketLocation', 's3:ListBucketMultipartUploads'],
        Resource: bucket,
      }),
      expect.objectContaining({
        Action: 's3:ListBucket',
        Condition: { StringLike: { 's3:prefix': ['analysis/tasks/*', 'analysis/queries/*'] } },
      }),
      expect.objectContaining({ Action: 's3:GetObject', Resource: `${bucket}/analysis/tasks/*` }),
      expect.objectContaining({
        Action: ['s3:GetObject', 's3:PutObject', 's3:AbortMultipartUpload', 's3:ListMultipartUploadParts'],
        Resource: `${bucket}/analysis/queries/*`,
      }),
    ]);
    const resources = granted.flatMap(({ Resource }) => [Resource].flat());
    expect(
      resources.filter((resource) => resource === '*' || String(resource).endsWith('/results/*')),
    ).toEqual([]);
    expect(resources).toContainEqual(expect.stringMatching(/:workgroup\/<CourierAnalysisWorkGroup>$/));
    expect(resources).toContainEqual(expect.stringMatching(/:table\/<CourierAnalysisTableDatabase>\/tasks$/));
    expect(resources).toContainEqual(expect.stringMatching(/:database\/default$/));
  });

  it('allows the key of an encrypted bucket', () => {
    const encryptionKey = (stack: Stack) => Key.fromKeyArn(stack, 'Key', KEY_ARN);

    expect(statements(grantIn({ analysis: true }, encryptionKey), 'Analyst')).toContainEqual(
      expect.objectContaining({ Action: ['kms:Decrypt', 'kms:GenerateDataKey'], Resource: KEY_ARN }),
    );
  });

  it('refuses a courier without analysis', () => {
    expect(() => grantIn({})).toThrow('analysis: got false; allowed: true, for grantAnalyze');
  });
});

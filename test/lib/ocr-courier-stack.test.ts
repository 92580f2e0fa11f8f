import { App, Duration, Stack } from 'aws-cdk-lib';
import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { ENV } from '../../functions/contracts/environment.ts';
import { executionStatusChangeSchema } from '../../functions/contracts/execution-status-change.ts';
import { EVENT_JSON_SCHEMAS } from '../../lib/event-json-schemas.ts';
import { OcrCourier, type OcrCourierProps } from '../../lib/ocr-courier.ts';
import { propertiesOf, synthesise } from '../support/synthesis.ts';

const template = synthesise();

const construct = (props: OcrCourierProps) =>
  new OcrCourier(
    new Stack(new App({ context: { 'aws:cdk:bundling-stacks': [] } }), 'Stack'),
    'Courier',
    props,
  );

const statements = (id: string) =>
  z
    .object({
      PolicyDocument: z.object({
        Statement: z.array(z.object({ Action: z.unknown(), Resource: z.unknown() })),
      }),
    })
    .parse(propertiesOf(template, 'AWS::IAM::Policy', id))
    .PolicyDocument.Statement.map(({ Action, Resource }) => ({ Action, Resource }));

const xRay = { Action: ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'], Resource: '*' };
const ownLogs = (id: string) => ({
  Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
  Resource: `<${id}Logs.Arn>`,
});
/** To redrive a dead-letter queue, once an operator enables it. */
const consumes = (queue: string) => ({
  Action: [
    'sqs:ReceiveMessage',
    'sqs:ChangeMessageVisibility',
    'sqs:GetQueueUrl',
    'sqs:DeleteMessage',
    'sqs:GetQueueAttributes',
  ],
  Resource: `<${queue}.Arn>`,
});
const ownRecords = { Action: ['dynamodb:GetItem', 'dynamodb:PutItem'], Resource: '<StorageTasks.Arn>' };

describe('the function that fetches results', () => {
  test('may read and write records, put documents, read its credentials, and no more', () => {
    expect(statements('FetchResult')).toEqual([
      xRay,
      ownLogs('FetchResult'),
      ownRecords,
      { Action: 's3:PutObject', Resource: '<StorageResults.Arn>/results/*' },
      {
        Action: ['secretsmanager:GetSecretValue', 'secretsmanager:DescribeSecret'],
        Resource: '<Credentials>',
      },
    ]);
  });

  test('is told names, and where the secret is, but no secret', () => {
    expect(propertiesOf(template, 'AWS::Lambda::Function', 'FetchResult')['Environment']).toEqual({
      Variables: {
        [ENV.taskTable]: '<StorageTasks>',
        [ENV.resultsBucket]: '<StorageResults>',
        [ENV.credentialsSecret]: '<Credentials>',
        [ENV.asposeBaseUrl]: 'https://api.aspose.cloud',
        [ENV.polling]: '{"preset":"balanced"}',
        [ENV.metricsService]: expect.stringMatching(/^StackOcrCourier\w+$/),
        [ENV.maxAnswerBytes]: String(128 * 1024 * 1024),
      },
    });
  });

  test('has room in /tmp for the documents of the largest answer', () => {
    const large = synthesise({ maxAnswerMebibytes: 1024 });

    expect(propertiesOf(template, 'AWS::Lambda::Function', 'FetchResult')).toMatchObject({
      EphemeralStorage: { Size: 512 },
    });
    expect(propertiesOf(large, 'AWS::Lambda::Function', 'FetchResult')).toMatchObject({
      EphemeralStorage: { Size: 2048 },
      Environment: { Variables: { [ENV.maxAnswerBytes]: String(1024 * 1024 * 1024) } },
    });
  });
});

describe('the function that closes tasks', () => {
  test('may read and write records, publish, keep what fails and take it up again, and no more', () => {
    expect(statements('CloseTask')).toEqual([
      { Action: 'sqs:SendMessage', Resource: '<EventsUnclosedTasks.Arn>' },
      xRay,
      ownLogs('CloseTask'),
      ownRecords,
      { Action: 'events:PutEvents', Resource: '<EventsBus.Arn>' },
      consumes('EventsUnclosedTasks'),
    ]);
  });

  test('is told names alone', () => {
    expect(propertiesOf(template, 'AWS::Lambda::Function', 'CloseTask')['Environment']).toEqual({
      Variables: {
        [ENV.taskTable]: '<StorageTasks>',
        [ENV.resultsBucket]: '<StorageResults>',
        [ENV.eventBus]: '<EventsBus>',
        [ENV.metricsService]: expect.stringMatching(/^StackOcrCourier\w+$/),
      },
    });
  });
});

describe('a key of the owner', () => {
  const arn = 'arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab';
  const encrypted = synthesise({ encryptionKeyArn: arn });

  test('encrypts documents and records', () => {
    expect(propertiesOf(encrypted, 'AWS::S3::Bucket')).toMatchObject({
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [
          {
            BucketKeyEnabled: true,
            ServerSideEncryptionByDefault: { KMSMasterKeyID: arn, SSEAlgorithm: 'aws:kms' },
          },
        ],
      },
    });
    expect(propertiesOf(encrypted, 'AWS::DynamoDB::Table')).toMatchObject({
      SSESpecification: { KMSMasterKeyId: arn, SSEEnabled: true, SSEType: 'KMS' },
    });
  });

  test('may be used by each function that reads or writes those, and by no action that has a wildcard', () => {
    for (const id of ['FetchResult', 'CloseTask', 'StartTask', 'ApiFunction']) {
      const statement = z
        .object({
          PolicyDocument: z.object({ Statement: z.array(z.looseObject({ Resource: z.unknown() })) }),
        })
        .parse(propertiesOf(encrypted, 'AWS::IAM::Policy', id))
        .PolicyDocument.Statement.find(({ Resource }) => Resource === arn);
      expect(statement?.['Action']).toEqual(expect.arrayContaining(['kms:Decrypt', 'kms:GenerateDataKey']));
      expect(JSON.stringify(statement?.['Action'])).not.toContain('*');
    }
  });
});

describe('every function', () => {
  test('runs on Node.js 24 and arm64, is traced, and logs into a group of its own', () => {
    for (const id of ['FetchResult', 'CloseTask', 'SubmissionsStartTask', 'ApiFunction']) {
      expect(propertiesOf(template, 'AWS::Lambda::Function', id)).toMatchObject({
        Runtime: 'nodejs24.x',
        Architectures: ['arm64'],
        TracingConfig: { Mode: 'Active' },
        LoggingConfig: { LogGroup: `<${id}Logs>` },
        Timeout: expect.any(Number),
      });
    }
  });

  test('may do to everything what has no narrower resource: traces and the delivery of logs', () => {
    const unscoped = ['FetchResult', 'CloseTask', 'StartTask', 'ApiFunction', 'Workflow']
      .flatMap(statements)
      .filter(({ Resource }) => JSON.stringify(Resource).includes('"*"'))
      .flatMap(({ Action }) => Action);

    expect(unscoped.filter((action) => !/^(xray|logs):/.test(String(action)))).toEqual([]);
  });
});

describe('logs', () => {
  test.each([
    [undefined, 30],
    [{ logRetentionDays: 7 }, 7],
  ])('are kept for their time: %j', (configuration, RetentionInDays) => {
    synthesise(configuration).allResourcesProperties('AWS::Logs::LogGroup', { RetentionInDays });
  });
});

describe('the credentials', () => {
  test('get a secret without any, whose value an owner sets', () => {
    const secret = propertiesOf(template, 'AWS::SecretsManager::Secret');

    expect(secret['GenerateSecretString']).toEqual({});
    expect(secret).not.toHaveProperty('SecretString');
  });

  test('may be in a secret that exists: none is made, and this one may be read', () => {
    const existing = synthesise({ credentialsSecretName: 'aspose/credentials' });

    existing.resourceCountIs('AWS::SecretsManager::Secret', 0);
    expect(propertiesOf(existing, 'AWS::IAM::Policy', 'FetchResult')).toMatchObject({
      PolicyDocument: {
        Statement: expect.arrayContaining([
          expect.objectContaining({
            Action: ['secretsmanager:GetSecretValue', 'secretsmanager:DescribeSecret'],
            Resource: expect.stringMatching(/:secret:aspose\/credentials-\?{6}$/),
          }),
        ]),
      },
    });
  });
});

describe('what the stack is not made with', () => {
  test.each([
    [{ asposeBaseUrl: 'http://api.aspose.cloud' }, /^asposeBaseUrl: got http:/],
    [{ polling: { holdSeconds: 211 } }, /^holdSeconds: got 211; allowed: a number from 0 to 210$/],
    [
      { polling: { maxPolls: 1601 } },
      /^maxPolls: got 1601; allowed: a whole number from 1 to 1600 \(each poll adds up to 9 events to a history that is limited to 25000\)$/,
    ],
    [
      { polling: { holdSeconds: 100 }, fetchTimeout: Duration.minutes(3) },
      /^fetchTimeout: got 180 seconds; allowed: at least 190 seconds, .*; or a holdSeconds of at most 90$/,
    ],
    [{ polling: { timeoutSeconds: 90_000 } }, /^timeoutSeconds: got 90000; /],
    [{ polling: { firstPollDelaySeconds: -1 } }, /^firstPollDelaySeconds: got -1; /],
  ])('%j', (props, message) => {
    expect(() => construct(props)).toThrow(message);
  });
});

test('a policy for every task is handed to the function', () => {
  const frugal = synthesise({ polling: { preset: 'frugal', maxPolls: 40 } });

  expect(propertiesOf(frugal, 'AWS::Lambda::Function', 'FetchResult')).toMatchObject({
    Environment: { Variables: { [ENV.polling]: '{"preset":"frugal","maxPolls":40}' } },
  });
});

test('the names that users need are outputs', () => {
  expect(Object.keys(template.findOutputs('*')).sort()).toEqual([
    'ApiUrl',
    'CloseTaskLogGroupName',
    'CredentialsSecretArn',
    'DashboardName',
    'EventBusName',
    'FetchResultLogGroupName',
    'RefusedSubmissionsQueueUrl',
    'RefusedSubmissionsRedrive',
    'ResultsBucketName',
    'StateMachineArn',
    'TaskApiLogGroupName',
    'TaskTableName',
    'UnclosedTasksQueueUrl',
    'UnclosedTasksRedrive',
    'UsdPer1000TasksAt30Seconds',
    'UsdPer1000TasksAt3Seconds',
    'UsdPer1000TasksAt600Seconds',
    'UsdPer1000TasksWorstCase',
    'WorstCaseHistoryEvents',
    'WorstCasePolls',
    'WorstCaseStateTransitions',
  ]);
});

test('what the configured policy may cost is among the outputs', () => {
  const outputOf = (configuration: object, name: string) =>
    synthesise(configuration).findOutputs(name)[name]?.['Value'];

  expect(outputOf({ polling: { maxPolls: 10 } }, 'WorstCasePolls')).toBe('10');
  expect(outputOf({ polling: { maxPolls: 10 } }, 'WorstCaseHistoryEvents')).toBe('107');
  expect(Number(outputOf({}, 'UsdPer1000TasksAt3Seconds'))).toBeCloseTo(0.12, 1);
  expect(
    template.findOutputs('UsdPer1000TasksWorstCase')['UsdPer1000TasksWorstCase']?.['Description'],
  ).toContain('list prices of');
});

test('the function that polls has the time-out and the concurrency that are configured', () => {
  const configured = synthesise({ fetchTimeoutSeconds: 320, reservedConcurrency: 300 });
  const [inPlace, standard] = [configured, template].map((each) =>
    propertiesOf(each, 'AWS::Lambda::Function', 'FetchResult'),
  );

  expect(inPlace).toMatchObject({ Timeout: 320, ReservedConcurrentExecutions: 300 });
  expect(
    z.string().parse(propertiesOf(configured, 'AWS::StepFunctions::StateMachine')['DefinitionString']),
  ).toContain('"TimeoutSeconds":350');
  expect(standard).toMatchObject({ Timeout: 300, MemorySize: 256 });
  expect(standard).not.toHaveProperty('ReservedConcurrentExecutions');
});

describe('the results bucket', () => {
  test('S11: is private, encrypted, and knows no ACLs', () => {
    expect(propertiesOf(template, 'AWS::S3::Bucket')).toMatchObject({
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
      },
      OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
    });
  });

  test('is spoken to over TLS 1.2 or later alone', () => {
    const everything = ['<StorageResults.Arn>', '<StorageResults.Arn>/*'];
    const deny = { Effect: 'Deny', Principal: { AWS: '*' }, Action: 's3:*', Resource: everything };

    expect(propertiesOf(template, 'AWS::S3::BucketPolicy')).toMatchObject({
      PolicyDocument: {
        Statement: [
          { ...deny, Condition: { Bool: { 'aws:SecureTransport': 'false' } } },
          { ...deny, Condition: { NumericLessThan: { 's3:TlsVersion': 1.2 } } },
        ],
      },
    });
  });

  test('S12: forgets documents after their time, and incomplete uploads after a day', () => {
    expect(propertiesOf(synthesise({ documentRetentionDays: 7 }), 'AWS::S3::Bucket')).toMatchObject({
      LifecycleConfiguration: {
        Rules: [
          { Status: 'Enabled', ExpirationInDays: 7 },
          { Status: 'Enabled', AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 } },
        ],
      },
    });
  });
});

describe('the task table', () => {
  test('has one item a task, an index for listing, is paid by request, encrypted, recoverable, expiring where the record says', () => {
    expect(propertiesOf(template, 'AWS::DynamoDB::Table')).toEqual({
      KeySchema: [{ AttributeName: 'taskId', KeyType: 'HASH' }],
      AttributeDefinitions: [
        { AttributeName: 'taskId', AttributeType: 'S' },
        { AttributeName: 'status', AttributeType: 'S' },
        { AttributeName: 'listingKey', AttributeType: 'S' },
      ],
      GlobalSecondaryIndexes: [
        {
          IndexName: 'byStatus',
          KeySchema: [
            { AttributeName: 'status', KeyType: 'HASH' },
            { AttributeName: 'listingKey', KeyType: 'RANGE' },
          ],
          Projection: {
            ProjectionType: 'INCLUDE',
            NonKeyAttributes: expect.not.arrayContaining(['results']),
          },
        },
      ],
      BillingMode: 'PAY_PER_REQUEST',
      SSESpecification: { SSEEnabled: true },
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
    });
  });
});

describe('what a deleted stack leaves behind', () => {
  const types = [
    'AWS::S3::Bucket',
    'AWS::DynamoDB::Table',
    'AWS::SecretsManager::Secret',
    'AWS::Logs::LogGroup',
  ];

  test.each(types)('keeps each %s, unless told otherwise', (type) => {
    template.allResources(type, { DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
    synthesise({ removalPolicy: 'destroy' }).allResources(type, { DeletionPolicy: 'Delete' });
  });
});

describe('an OCR Task Submitted event', () => {
  const pattern = (configuration?: unknown) =>
    propertiesOf(synthesise(configuration), 'AWS::Events::Rule', 'Submitted');

  test('starts start-task, from every source on our own bus; what cannot be delivered is kept', () => {
    expect(pattern()).toMatchObject({
      State: 'ENABLED',
      EventBusName: '<EventsBus>',
      EventPattern: { 'detail-type': ['OCR Task Submitted'] },
      Targets: [{ Arn: '<SubmissionsStartTask.Arn>', DeadLetterConfig: { Arn: '<SubmissionsRefused.Arn>' } }],
    });
    expect(pattern()['EventPattern']).not.toHaveProperty('source');
  });

  test('is taken from the bus and the sources of the owner', () => {
    const sources = ['com.example.scanner', 'com.example.mail'];

    expect(pattern({ submissionBusName: 'documents', submissionSources: sources })).toMatchObject({
      EventBusName: 'documents',
      EventPattern: { 'detail-type': ['OCR Task Submitted'], source: sources },
    });
  });

  test('from no source at all cannot be meant', () => {
    expect(() => construct({ submissionSources: [] })).toThrow(
      'submissionSources: got an empty list; allowed: at least one source, or no list',
    );
  });

  test('is kept with its reason in a queue when it starts nothing: encrypted, over TLS alone, for two weeks', () => {
    expect(propertiesOf(template, 'AWS::Lambda::EventInvokeConfig')).toMatchObject({
      FunctionName: '<SubmissionsStartTask>',
      DestinationConfig: { OnFailure: { Destination: '<SubmissionsRefused.Arn>' } },
    });
    expect(propertiesOf(template, 'AWS::SQS::Queue', 'Refused')).toEqual({
      MessageRetentionPeriod: 14 * 86_400,
      SqsManagedSseEnabled: true,
      VisibilityTimeout: 180,
    });
  });

  test('lets its function claim tasks, start and describe executions, take up what it refused, and no more', () => {
    expect(statements('StartTask')).toEqual([
      xRay,
      {
        Action: ['sqs:SendMessage', 'sqs:GetQueueAttributes', 'sqs:GetQueueUrl'],
        Resource: '<SubmissionsRefused.Arn>',
      },
      ownLogs('SubmissionsStartTask'),
      consumes('SubmissionsRefused'),
      ownRecords,
      { Action: 'states:StartExecution', Resource: '<WorkflowStateMachine>' },
      { Action: 'states:DescribeExecution', Resource: expect.stringMatching(/:execution:.+:\*$/) },
    ]);
  });
});

test('no event is lost between a rule and its target: each has a dead-letter queue', () => {
  const target = Match.objectLike({ DeadLetterConfig: { Arn: Match.anyValue() } });
  template.allResourcesProperties('AWS::Events::Rule', { Targets: [target] });
});

describe('an execution that ends abnormally', () => {
  test('starts close-task, whichever way it ended; what cannot be started is kept', () => {
    expect(propertiesOf(template, 'AWS::Events::Rule', 'AbnormalEnds')).toMatchObject({
      State: 'ENABLED',
      EventPattern: {
        source: ['aws.states'],
        'detail-type': ['Step Functions Execution Status Change'],
        detail: { stateMachineArn: ['<WorkflowStateMachine>'], status: ['FAILED', 'TIMED_OUT', 'ABORTED'] },
      },
      Targets: [{ Arn: '<CloseTask.Arn>', DeadLetterConfig: { Arn: '<EventsUnclosedTasks.Arn>' } }],
    });
  });

  test('is known to close-task in all the statuses that start it', () => {
    expect(executionStatusChangeSchema.shape.detail.shape.status.options).toEqual([
      'FAILED',
      'TIMED_OUT',
      'ABORTED',
    ]);
  });

  test('is kept in a queue when close-task fails: encrypted, over TLS alone, for two weeks', () => {
    expect(propertiesOf(template, 'AWS::Lambda::Function', 'CloseTask')).toMatchObject({
      DeadLetterConfig: { TargetArn: '<EventsUnclosedTasks.Arn>' },
    });
    expect(propertiesOf(template, 'AWS::SQS::Queue', 'UnclosedTasks')).toEqual({
      MessageRetentionPeriod: 14 * 86_400,
      SqsManagedSseEnabled: true,
      VisibilityTimeout: 180,
    });
    template.hasResourceProperties('AWS::SQS::QueuePolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
        ]),
      },
    });
  });
});

describe('terminal events', () => {
  test('have a bus of their own', () => {
    template.resourceCountIs('AWS::Events::EventBus', 1);
  });

  test('are archived for two weeks, or as long as configured', () => {
    const archive = (configuration?: unknown) =>
      propertiesOf(synthesise(configuration), 'AWS::Events::Archive');

    expect(archive()).toMatchObject({
      SourceArn: '<EventsBus.Arn>',
      EventPattern: { source: ['ocr-courier'] },
      RetentionDays: 14,
    });
    expect(archive({ eventRetentionDays: 365 })).toMatchObject({ RetentionDays: 365 });
  });

  test('have their schemas in a registry, as has the event that starts a collection', () => {
    template.resourceCountIs('AWS::EventSchemas::Registry', 1);
    template.resourceCountIs('AWS::EventSchemas::Schema', EVENT_JSON_SCHEMAS.length);
    for (const { detailType, schemaName, jsonSchema } of EVENT_JSON_SCHEMAS) {
      template.hasResourceProperties('AWS::EventSchemas::Schema', {
        SchemaName: schemaName,
        Type: 'JSONSchemaDraft4',
        Description: detailType,
        Content: JSON.stringify(jsonSchema),
      });
      expect(schemaName).toMatch(/^[\w.@-]{1,385}$/);
      expect(JSON.stringify(jsonSchema).length).toBeLessThan(100_000);
    }
  });
});

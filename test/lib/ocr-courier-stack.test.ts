import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { statusChangeSchema } from '../../functions/contracts/close-task.ts';
import { EVENT_JSON_SCHEMAS } from '../../lib/event-json-schemas.ts';
import { propertiesOf, statements, synthesize } from '../support/synthesis.ts';

const template = synthesize();

const xRay = { Action: ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'], Resource: '*' };
const ownLogs = (id: string) => ({
  Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
  Resource: `<${id}Logs.Arn>`,
});
/** Lets a function redrive a dead-letter queue when an operator enables that. */
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
const publishes = { Action: 'events:PutEvents', Resource: '<EventsBus.Arn>' };
const queriesIndex = { Action: 'dynamodb:Query', Resource: '<StorageTasks.Arn>/index/byState' };
const startsExecutions = { Action: 'states:StartExecution', Resource: '<WorkflowStateMachine>' };
const readsSecret = (Resource: unknown) => ({
  Action: ['secretsmanager:GetSecretValue', 'secretsmanager:DescribeSecret'],
  Resource,
});

it.each([
  [
    'WorkflowFetchResult',
    [
      xRay,
      ownLogs('WorkflowFetchResult'),
      ownRecords,
      { Action: 's3:PutObject', Resource: '<StorageResults.Arn>/results/*' },
      readsSecret('<Credentials>'),
    ],
  ],
  [
    'EventsCloseTask',
    [
      { Action: 'sqs:SendMessage', Resource: '<EventsUnclosedTasks.Arn>' },
      xRay,
      ownLogs('EventsCloseTask'),
      ownRecords,
      queriesIndex,
      publishes,
      consumes('EventsUnclosedTasks'),
    ],
  ],
  [
    'EventsDescribeExecutions',
    [{ Action: 'states:DescribeExecution', Resource: expect.stringMatching(/:execution:.+:\*$/) }],
  ],
  [
    'StartTask',
    [
      xRay,
      {
        Action: ['sqs:SendMessage', 'sqs:GetQueueAttributes', 'sqs:GetQueueUrl'],
        Resource: '<SubmissionsRefused.Arn>',
      },
      ownLogs('SubmissionsStartTask'),
      consumes('SubmissionsRefused'),
      ownRecords,
      startsExecutions,
      { Action: 'states:DescribeExecution', Resource: expect.stringMatching(/:execution:.+:\*$/) },
    ],
  ],
  [
    'ApiFunction',
    [
      xRay,
      ownLogs('ApiFunction'),
      ownRecords,
      queriesIndex,
      startsExecutions,
      {
        Action: ['states:DescribeExecution', 'states:StopExecution'],
        Resource: expect.stringMatching(/:states:.*:execution:.*:\*$/),
      },
      publishes,
      { Action: 's3:GetObject', Resource: '<StorageResults.Arn>/results/*' },
    ],
  ],
  [
    'WorkflowStateMachine',
    [
      {
        Action: 'lambda:InvokeFunction',
        Resource: ['<WorkflowFetchResult.Arn>', '<WorkflowFetchResult.Arn>:*'],
      },
      publishes,
      {
        Action: 'lambda:InvokeFunction',
        Resource: ['<EventsCloseTask.Arn>', '<EventsCloseTask.Arn>:*'],
      },
      { Action: expect.arrayContaining(['logs:CreateLogDelivery']), Resource: '*' },
      { Action: [...xRay.Action, 'xray:GetSamplingRules', 'xray:GetSamplingTargets'], Resource: '*' },
    ],
  ],
])('grants %s only the permissions that it needs', (id, granted) => {
  expect(statements(template, id)).toEqual(granted);
});

it.each([
  [
    'WorkflowFetchResult',
    {
      CREDENTIALS_SECRET: '<Credentials>',
      ASPOSE_BASE_URL: 'https://api.aspose.cloud',
      POLLING: '{"preset":"balanced"}',
      MAX_ANSWER_BYTES: String(128 * 1024 * 1024),
    },
  ],
  ['EventsCloseTask', { EVENT_BUS: '<EventsBus>' }],
  [
    'ApiFunction',
    { STATE_MACHINE: '<WorkflowStateMachine>', EVENT_BUS: '<EventsBus>', CANCEL_AT_VENDOR: 'false' },
  ],
])('gives %s an environment without secrets', (id, own) => {
  expect(propertiesOf(template, 'AWS::Lambda::Function', id)['Environment']).toEqual({
    Variables: {
      TASK_TABLE: '<StorageTasks>',
      RESULTS_BUCKET: '<StorageResults>',
      METRICS_SERVICE: expect.stringMatching(/^StackOcrCourier\w+$/),
      ...own,
    },
  });
});

it('gives the fetch-result function enough space in /tmp for the documents of the largest response', () => {
  const large = synthesize({ maxAnswerMebibytes: 480 });

  expect(propertiesOf(template, 'AWS::Lambda::Function', 'WorkflowFetchResult')).toMatchObject({
    EphemeralStorage: { Size: 512 },
  });
  expect(propertiesOf(large, 'AWS::Lambda::Function', 'WorkflowFetchResult')).toMatchObject({
    EphemeralStorage: { Size: 960 },
    Environment: { Variables: { MAX_ANSWER_BYTES: String(480 * 1024 * 1024) } },
  });
});

describe('encryptionKeyArn', () => {
  const arn = 'arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab';
  const encrypted = synthesize({ encryptionKeyArn: arn });

  it('encrypts documents and records with that key', () => {
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

  it.each(['WorkflowFetchResult', 'EventsCloseTask', 'StartTask', 'ApiFunction'])(
    'grants %s the use of that key, without wildcards in the actions',
    (id) => {
      const action = statements(encrypted, id).find(({ Resource }) => Resource === arn)?.Action;

      expect(action).toEqual(expect.arrayContaining(['kms:Decrypt', 'kms:GenerateDataKey']));
      expect(JSON.stringify(action)).not.toContain('*');
    },
  );
});

it.each(['WorkflowFetchResult', 'EventsCloseTask', 'SubmissionsStartTask', 'ApiFunction'])(
  'runs %s on Node.js 24 and arm64, with tracing and its own log group',
  (id) => {
    expect(propertiesOf(template, 'AWS::Lambda::Function', id)).toMatchObject({
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      TracingConfig: { Mode: 'Active' },
      LoggingConfig: { LogGroup: `<${id}Logs>` },
      Timeout: expect.any(Number),
    });
  },
);

it.each([
  ['30 days by default', undefined, 30],
  ['logRetentionDays', { logRetentionDays: 7 }, 7],
])('keeps logs for %s', (_, configuration, RetentionInDays) => {
  synthesize(configuration).allResourcesProperties('AWS::Logs::LogGroup', { RetentionInDays });
});

describe('the Aspose credentials', () => {
  it('get a secret whose value the owner sets after the deployment', () => {
    const secret = propertiesOf(template, 'AWS::SecretsManager::Secret');

    expect(secret['GenerateSecretString']).toEqual({});
    expect(secret).not.toHaveProperty('SecretString');
  });

  const arn = 'arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab';

  it.each(['WorkflowFetchResult', 'ApiFunction'])(
    'are decrypted by %s with the key of an existing secret, through Secrets Manager only',
    (id) => {
      const encrypted = synthesize({
        credentialsSecretName: 'aspose/credentials',
        credentialsSecretKeyArn: arn,
        api: { cancelAtVendor: true },
      });

      expect(statements(encrypted, id)).toContainEqual({
        Action: 'kms:Decrypt',
        Resource: arn,
        Condition: { StringEquals: { 'kms:ViaService': 'secretsmanager.<AWS::Region>.amazonaws.com' } },
      });
      expect(statements(encrypted, 'EventsCloseTask')).not.toContainEqual(
        expect.objectContaining({ Resource: arn }),
      );
    },
  );

  it('are read from an existing secret with credentialsSecretName, and none is created', () => {
    const existing = synthesize({ credentialsSecretName: 'aspose/credentials' });

    existing.resourceCountIs('AWS::SecretsManager::Secret', 0);
    expect(statements(existing, 'WorkflowFetchResult')).toContainEqual(
      readsSecret(expect.stringMatching(/:secret:aspose\/credentials-\?{6}$/)),
    );
  });
});

it('passes the configured polling policy to the fetch-result function', () => {
  const frugal = synthesize({ polling: { preset: 'frugal', maxPolls: 40 } });

  expect(propertiesOf(frugal, 'AWS::Lambda::Function', 'WorkflowFetchResult')).toMatchObject({
    Environment: { Variables: { POLLING: '{"preset":"frugal","maxPolls":40}' } },
  });
});

it('has the names and URLs that users need as outputs', () => {
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
    'WorstCaseHistoryEvents',
    'WorstCasePolls',
    'WorstCaseStateTransitions',
  ]);
});

it('has the worst case of the configured policy as outputs', () => {
  expect(synthesize({ polling: { maxPolls: 10 } }).findOutputs('*')).toMatchObject({
    WorstCasePolls: { Value: '10' },
    WorstCaseStateTransitions: { Value: '35' },
    WorstCaseHistoryEvents: { Value: '110' },
  });
});

it('sets the configured timeout and concurrency of the fetch-result function', () => {
  const configured = synthesize({ fetchTimeoutSeconds: 500, reservedConcurrency: 300 });
  const [changed, standard] = [configured, template].map((each) =>
    propertiesOf(each, 'AWS::Lambda::Function', 'WorkflowFetchResult'),
  );

  expect(changed).toMatchObject({ Timeout: 500, ReservedConcurrentExecutions: 300 });
  expect(
    z.string().parse(propertiesOf(configured, 'AWS::StepFunctions::StateMachine')['DefinitionString']),
  ).toContain('"TimeoutSeconds":530');
  expect(standard).toMatchObject({ Timeout: 480, MemorySize: 256 });
  expect(standard).not.toHaveProperty('ReservedConcurrentExecutions');
});

describe('the results bucket', () => {
  it('S11: is private and encrypted, and has no ACLs', () => {
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

  it('accepts only TLS 1.2 or later', () => {
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

  it('S12: deletes only documents after documentRetentionDays, and incomplete uploads after a day', () => {
    expect(propertiesOf(synthesize({ documentRetentionDays: 7 }), 'AWS::S3::Bucket')).toMatchObject({
      LifecycleConfiguration: {
        Rules: [
          { Status: 'Enabled', ExpirationInDays: 7, Prefix: 'results/' },
          { Status: 'Enabled', AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 } },
        ],
      },
    });
  });
});

it('has a task table with an index for listing, encryption, recovery and time to live', () => {
  expect(propertiesOf(template, 'AWS::DynamoDB::Table')).toEqual({
    KeySchema: [{ AttributeName: 'taskId', KeyType: 'HASH' }],
    AttributeDefinitions: [
      { AttributeName: 'taskId', AttributeType: 'S' },
      { AttributeName: 'listing', AttributeType: 'S' },
      { AttributeName: 'listingKey', AttributeType: 'S' },
    ],
    GlobalSecondaryIndexes: [
      {
        IndexName: 'byState',
        KeySchema: [
          { AttributeName: 'listing', KeyType: 'HASH' },
          { AttributeName: 'listingKey', KeyType: 'RANGE' },
        ],
        Projection: {
          ProjectionType: 'INCLUDE',
          NonKeyAttributes: [
            ...['operation', 'generation', 'status', 'reason', 'attempts', 'resultCount', 'correlation'],
            ...['source', 'uploads', 'replacedBy'],
            ...['startedAt', 'completedAt', 'expiresAt', 'leaseExpiresAt', 'executionArn'],
            ...['batchId', 'total', 'counts', 'duplicates'],
          ],
        },
      },
    ],
    BillingMode: 'PAY_PER_REQUEST',
    SSESpecification: { SSEEnabled: true },
    PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
    TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
  });
});

it.each(['AWS::S3::Bucket', 'AWS::DynamoDB::Table', 'AWS::SecretsManager::Secret', 'AWS::Logs::LogGroup'])(
  'retains each %s when the stack is deleted, unless removalPolicy is destroy',
  (type) => {
    template.allResources(type, { DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
    synthesize({ removalPolicy: 'destroy' }).allResources(type, { DeletionPolicy: 'Delete' });
  },
);

const deadLetterQueue = {
  MessageRetentionPeriod: 14 * 86_400,
  SqsManagedSseEnabled: true,
  VisibilityTimeout: 180,
};

describe('an OCR Task Submitted event', () => {
  const pattern = (configuration?: unknown) =>
    propertiesOf(synthesize(configuration), 'AWS::Events::Rule', 'Submitted');

  it("invokes start-task from every source on the courier's bus, with a dead-letter queue", () => {
    expect(pattern()).toMatchObject({
      State: 'ENABLED',
      EventBusName: '<EventsBus>',
      EventPattern: { 'detail-type': ['OCR Task Submitted'] },
      Targets: [{ Arn: '<SubmissionsStartTask.Arn>', DeadLetterConfig: { Arn: '<SubmissionsRefused.Arn>' } }],
    });
    expect(pattern()['EventPattern']).not.toHaveProperty('source');
  });

  it('is accepted only from the configured bus and sources', () => {
    const sources = ['com.example.scanner', 'com.example.mail'];

    expect(pattern({ submissionBusName: 'documents', submissionSources: sources })).toMatchObject({
      EventBusName: 'documents',
      EventPattern: { 'detail-type': ['OCR Task Submitted'], source: sources },
    });
  });

  it('goes to an encrypted queue for two weeks when start-task refuses it', () => {
    expect(propertiesOf(template, 'AWS::Lambda::EventInvokeConfig')).toMatchObject({
      FunctionName: '<SubmissionsStartTask>',
      DestinationConfig: { OnFailure: { Destination: '<SubmissionsRefused.Arn>' } },
    });
    expect(propertiesOf(template, 'AWS::SQS::Queue', 'Refused')).toEqual(deadLetterQueue);
  });
});

it('has a dead-letter queue for each target of a rule', () => {
  const target = Match.objectLike({ DeadLetterConfig: { Arn: Match.anyValue() } });
  template.allResourcesProperties('AWS::Events::Rule', { Targets: [target] });
});

describe('an execution that ends abnormally', () => {
  it('is found by a sweep every 15 minutes, which has a dead-letter queue', () => {
    expect(propertiesOf(template, 'AWS::Events::Rule', 'Sweep')).toMatchObject({
      State: 'ENABLED',
      ScheduleExpression: 'rate(15 minutes)',
      Targets: [{ Arn: '<EventsCloseTask.Arn>', DeadLetterConfig: { Arn: '<EventsUnclosedTasks.Arn>' } }],
    });
  });

  it('invokes close-task after FAILED, TIMED_OUT and ABORTED, with a dead-letter queue', () => {
    expect(propertiesOf(template, 'AWS::Events::Rule', 'AbnormalEnds')).toMatchObject({
      State: 'ENABLED',
      EventPattern: {
        source: ['aws.states'],
        'detail-type': ['Step Functions Execution Status Change'],
        detail: { stateMachineArn: ['<WorkflowStateMachine>'], status: ['FAILED', 'TIMED_OUT', 'ABORTED'] },
      },
      Targets: [{ Arn: '<EventsCloseTask.Arn>', DeadLetterConfig: { Arn: '<EventsUnclosedTasks.Arn>' } }],
    });
  });

  it('has a status that the schema of close-task accepts', () => {
    expect(statusChangeSchema.shape.detail.shape.status.options).toEqual(['FAILED', 'TIMED_OUT', 'ABORTED']);
  });

  it('goes to an encrypted queue for two weeks when close-task fails', () => {
    expect(propertiesOf(template, 'AWS::Lambda::Function', 'EventsCloseTask')).toMatchObject({
      DeadLetterConfig: { TargetArn: '<EventsUnclosedTasks.Arn>' },
    });
    expect(propertiesOf(template, 'AWS::SQS::Queue', 'UnclosedTasks')).toEqual(deadLetterQueue);
  });
});

it('lets dead-letter queues receive messages only over TLS', () => {
  template.allResourcesProperties('AWS::SQS::QueuePolicy', {
    PolicyDocument: {
      Statement: Match.arrayWith([
        Match.objectLike({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
      ]),
    },
  });
});

describe('terminal events', () => {
  it('have their own bus', () => {
    template.resourceCountIs('AWS::Events::EventBus', 1);
  });

  it('are archived for two weeks or for eventRetentionDays', () => {
    const archive = (configuration?: unknown) =>
      propertiesOf(synthesize(configuration), 'AWS::Events::Archive');

    expect(archive()).toMatchObject({
      SourceArn: '<EventsBus.Arn>',
      EventPattern: { source: ['ocr-courier'] },
      RetentionDays: 14,
    });
    expect(archive({ eventRetentionDays: 365 })).toMatchObject({ RetentionDays: 365 });
  });

  it('have schemas in the registry, as does OCR Task Submitted', () => {
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

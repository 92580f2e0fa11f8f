import { Match, type Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { statusChangeSchema } from '../../functions/contracts/close-task.ts';
import { EVENT_JSON_SCHEMAS } from '../../lib/event-json-schemas.ts';
import { propertiesOf, statements, synthesize } from '../support/synthesis.ts';

const template = synthesize();

const environmentOf = (from: Template, id: string) =>
  z
    .object({ Variables: z.record(z.string(), z.unknown()) })
    .parse(propertiesOf(from, 'AWS::Lambda::Function', id)['Environment']).Variables;

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
const startsExecutions = (machine: string) => ({ Action: 'states:StartExecution', Resource: `<${machine}>` });
const ofExecutions = (machine: string, ...actions: string[]) => ({
  Action: actions.length === 1 ? actions[0] : actions,
  Resource: expect.stringMatching(new RegExp(`:execution:.*<${machine}>.*:\\*$`)),
});
const readsInbox = {
  Action: ['s3:GetObject', 's3:GetObjectVersion'],
  Resource: '<StorageResults.Arn>/inbox/*',
};
const objects = (Resource: string, ...actions: string[]) => ({
  Action: actions.length === 1 ? actions[0] : actions,
  Resource: `<StorageResults.Arn>/${Resource}`,
});
const readsImages = objects('images/*', 's3:GetObject', 's3:GetObjectVersion');
const readsLists = objects('lists/*', 's3:GetObject', 's3:GetObjectVersion');
const readsBatches = objects('batches/*', 's3:GetObject');
const writesBatches = objects('batches/*', 's3:PutObject', 's3:AbortMultipartUpload');
const listsKeys = (...prefixes: string[]) => ({
  Action: 's3:ListBucket',
  Resource: '<StorageResults.Arn>',
  Condition: { StringLike: { 's3:prefix': prefixes } },
});
const countsChunks = { Action: 'dynamodb:UpdateItem', Resource: '<StorageTasks.Arn>' };
const tagsInbox = {
  Action: [
    ...['s3:GetObjectTagging', 's3:GetObjectVersionTagging'],
    ...['s3:PutObjectTagging', 's3:PutObjectVersionTagging'],
  ],
  Resource: '<StorageResults.Arn>/inbox/*',
};
const readsSecret = (Resource: unknown) => ({
  Action: ['secretsmanager:GetSecretValue', 'secretsmanager:DescribeSecret'],
  Resource,
});
const invokes = (id: string) => ({
  Action: 'lambda:InvokeFunction',
  Resource: [`<${id}.Arn>`, `<${id}.Arn>:*`],
});
const runsStateMachine = [
  { Action: expect.arrayContaining(['logs:CreateLogDelivery']), Resource: '*' },
  { Action: [...xRay.Action, 'xray:GetSamplingRules', 'xray:GetSamplingTargets'], Resource: '*' },
];

/** What each function and state machine may do: all of it. */
const GRANTED: readonly (readonly [string, readonly unknown[]])[] = [
  [
    'SubmitImage',
    [xRay, ownLogs('SubmitImage'), ownRecords, readsInbox, readsImages, readsSecret('<Credentials>')],
  ],
  [
    'FetchResult',
    [
      xRay,
      ownLogs('FetchResult'),
      ownRecords,
      { Action: 's3:PutObject', Resource: '<StorageResults.Arn>/results/*' },
      tagsInbox,
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
      tagsInbox,
      publishes,
      consumes('EventsUnclosedTasks'),
    ],
  ],
  [
    'EventsDescribeExecutions',
    [
      ofExecutions('CollectResultStateMachine', 'states:DescribeExecution'),
      ofExecutions('RecognizeImageStateMachine', 'states:DescribeExecution'),
      ofExecutions('BatchesCollectBatchStateMachine', 'states:DescribeExecution'),
    ],
  ],
  [
    'BatchesOpenBatch',
    [
      xRay,
      ownLogs('BatchesOpenBatch'),
      ownRecords,
      readsInbox,
      readsImages,
      listsKeys('inbox/*', 'images/*'),
      readsLists,
      readsBatches,
      listsKeys('batches/*'),
      writesBatches,
    ],
  ],
  [
    'BatchesCollectChunk',
    [
      xRay,
      ownLogs('BatchesCollectChunk'),
      ownRecords,
      countsChunks,
      objects('results/*', 's3:PutObject'),
      readsInbox,
      readsImages,
      tagsInbox,
      readsBatches,
      listsKeys('batches/*'),
      writesBatches,
      publishes,
      readsSecret('<Credentials>'),
    ],
  ],
  [
    'BatchesCloseBatch',
    [
      xRay,
      ownLogs('BatchesCloseBatch'),
      ownRecords,
      countsChunks,
      queriesIndex,
      tagsInbox,
      readsBatches,
      listsKeys('batches/*'),
      writesBatches,
      publishes,
    ],
  ],
  [
    'BatchesStopExecutions',
    [ofExecutions('BatchesCollectBatchStateMachine', 'states:DescribeExecution', 'states:StopExecution')],
  ],
  [
    'StartExecutions',
    [
      xRay,
      ownLogs('StartsStartExecutions'),
      ownRecords,
      readsInbox,
      readsLists,
      {
        Action: ['sqs:SendMessage', 'sqs:GetQueueAttributes', 'sqs:GetQueueUrl'],
        Resource: '<StartsRefused.Arn>',
      },
      startsExecutions('CollectResultStateMachine'),
      ofExecutions('CollectResultStateMachine', 'states:DescribeExecution'),
      startsExecutions('RecognizeImageStateMachine'),
      ofExecutions('RecognizeImageStateMachine', 'states:DescribeExecution'),
      startsExecutions('BatchesCollectBatchStateMachine'),
      ofExecutions('BatchesCollectBatchStateMachine', 'states:DescribeExecution'),
      consumes('StartsQueue'),
      consumes('StartsRefused'),
    ],
  ],
  [
    'ApiFunction',
    [
      xRay,
      ownLogs('ApiFunction'),
      ownRecords,
      queriesIndex,
      startsExecutions('CollectResultStateMachine'),
      ofExecutions('CollectResultStateMachine', 'states:DescribeExecution', 'states:StopExecution'),
      startsExecutions('RecognizeImageStateMachine'),
      ofExecutions('RecognizeImageStateMachine', 'states:DescribeExecution', 'states:StopExecution'),
      startsExecutions('BatchesCollectBatchStateMachine'),
      ofExecutions('BatchesCollectBatchStateMachine', 'states:DescribeExecution'),
      publishes,
      { Action: 's3:GetObject', Resource: '<StorageResults.Arn>/results/*' },
      readsInbox,
      readsImages,
      { Action: 's3:PutObject', Resource: '<StorageResults.Arn>/inbox/*' },
      readsBatches,
      objects('batches/*/request-*.json', 's3:PutObject'),
    ],
  ],
  [
    'CollectResultStateMachine',
    [invokes('FetchResult'), publishes, invokes('EventsCloseTask'), ...runsStateMachine],
  ],
  [
    'RecognizeImageStateMachine',
    [
      invokes('SubmitImage'),
      invokes('FetchResult'),
      invokes('EventsCloseTask'),
      publishes,
      ...runsStateMachine,
    ],
  ],
  [
    'CollectBatchStateMachineRole',
    [
      invokes('BatchesOpenBatch'),
      invokes('BatchesCloseBatch'),
      invokes('BatchesCollectChunk'),
      ...runsStateMachine,
      objects('batches/*/chunks.jsonl', 's3:GetObject'),
    ],
  ],
  [
    // CDK grants these for the child executions of a Distributed Map.
    'DistributedMapPolicy',
    [
      startsExecutions('BatchesCollectBatchStateMachine'),
      ofExecutions('BatchesCollectBatchStateMachine', 'states:DescribeExecution', 'states:StopExecution'),
      {
        Action: 'states:RedriveExecution',
        Resource: expect.stringMatching(/:execution:.*<BatchesCollectBatchStateMachine>.*\/Chunks:\*$/),
      },
    ],
  ],
];

it.each(GRANTED)('grants %s only the permissions that it needs', (id, granted) => {
  expect(statements(template, id)).toEqual(granted);
});

it('has no other policies', () => {
  template.resourceCountIs('AWS::IAM::Policy', GRANTED.length);
});

it.each([
  [
    'SubmitImage',
    {
      CREDENTIALS_SECRET: '<Credentials>',
      ASPOSE_BASE_URL: 'https://api.aspose.cloud',
      METRICS_SERVICE: expect.any(String),
      MAX_UPLOADS: '2',
    },
  ],
  [
    'FetchResult',
    {
      RESULTS_BUCKET: '<StorageResults>',
      CREDENTIALS_SECRET: '<Credentials>',
      ASPOSE_BASE_URL: 'https://api.aspose.cloud',
      POLLING: '{"preset":"balanced"}',
      METRICS_SERVICE: expect.any(String),
      MAX_ANSWER_BYTES: String(128 * 1024 * 1024),
    },
  ],
  [
    'EventsCloseTask',
    {
      RESULTS_BUCKET: '<StorageResults>',
      EVENT_BUS: '<EventsBus>',
      METRICS_SERVICE: expect.any(String),
      MAX_UPLOADS: '2',
    },
  ],
  ['BatchesOpenBatch', { RESULTS_BUCKET: '<StorageResults>', SOURCE_BUCKETS: '[]' }],
  [
    'BatchesCollectChunk',
    {
      RESULTS_BUCKET: '<StorageResults>',
      EVENT_BUS: '<EventsBus>',
      CREDENTIALS_SECRET: '<Credentials>',
      ASPOSE_BASE_URL: 'https://api.aspose.cloud',
      POLLING: '{"preset":"balanced"}',
      METRICS_SERVICE: expect.any(String),
      MAX_ANSWER_BYTES: String(128 * 1024 * 1024),
      MAX_UPLOADS: '2',
    },
  ],
  [
    'BatchesCloseBatch',
    {
      RESULTS_BUCKET: '<StorageResults>',
      EVENT_BUS: '<EventsBus>',
      METRICS_SERVICE: expect.any(String),
      MAX_UPLOADS: '2',
    },
  ],
  [
    'StartExecutions',
    {
      STATE_MACHINE: '<CollectResultStateMachine>',
      RECOGNIZE_STATE_MACHINE: '<RecognizeImageStateMachine>',
      BATCH_STATE_MACHINE: '<BatchesCollectBatchStateMachine>',
      REFUSED_QUEUE: '<StartsRefused>',
      MAX_UPLOADS: '2',
    },
  ],
  [
    'ApiFunction',
    {
      RESULTS_BUCKET: '<StorageResults>',
      STATE_MACHINE: '<CollectResultStateMachine>',
      RECOGNIZE_STATE_MACHINE: '<RecognizeImageStateMachine>',
      BATCH_STATE_MACHINE: '<BatchesCollectBatchStateMachine>',
      SOURCE_BUCKETS: '[]',
      MAX_UPLOADS: '2',
      MAX_WAITING_REQUESTS: '50',
      EVENT_BUS: '<EventsBus>',
      METRICS_SERVICE: expect.any(String),
      CANCEL_AT_VENDOR: 'false',
    },
  ],
])('gives %s an environment without secrets', (id, own) => {
  expect(propertiesOf(template, 'AWS::Lambda::Function', id)['Environment']).toEqual({
    Variables: { TASK_TABLE: '<StorageTasks>', ...own },
  });
});

it('counts the metrics of all functions under one name', () => {
  const services = [
    ...['SubmitImage', 'FetchResult', 'EventsCloseTask', 'ApiFunction'],
    ...['BatchesCollectChunk', 'BatchesCloseBatch'],
  ].map((id) => environmentOf(template, id)['METRICS_SERVICE']);

  expect(services[0]).toMatch(/^StackOcrCourier\w+$/);
  expect(new Set(services).size).toBe(1);
});

it('gives the fetch-result function enough space in /tmp for the documents of the largest response', () => {
  const large = synthesize({ maxAnswerMebibytes: 480 });

  expect(propertiesOf(template, 'AWS::Lambda::Function', 'FetchResult')).toMatchObject({
    EphemeralStorage: { Size: 512 },
  });
  expect(propertiesOf(large, 'AWS::Lambda::Function', 'FetchResult')).toMatchObject({
    EphemeralStorage: { Size: 960 },
    Environment: { Variables: { MAX_ANSWER_BYTES: String(480 * 1024 * 1024) } },
  });
});

it('gives the functions of batches memory, time and space for many items', () => {
  const figures = (id: string, from = template) => propertiesOf(from, 'AWS::Lambda::Function', id);
  const large = synthesize({ maxAnswerMebibytes: 480 });

  expect(figures('BatchesOpenBatch')).toMatchObject({ MemorySize: 1024, Timeout: 900 });
  expect(figures('BatchesCollectChunk')).toMatchObject({ MemorySize: 512, Timeout: 480 });
  expect(figures('BatchesCloseBatch')).toMatchObject({ MemorySize: 512, Timeout: 900 });
  // Two responses at once.
  expect(figures('BatchesCollectChunk')).toMatchObject({ EphemeralStorage: { Size: 512 } });
  expect(figures('BatchesCollectChunk', large)).toMatchObject({ EphemeralStorage: { Size: 1920 } });
});

it('reserves concurrency for chunks only when it is configured', () => {
  const [reserved, standard] = [synthesize({ reservedChunkConcurrency: 30 }), template].map((each) =>
    propertiesOf(each, 'AWS::Lambda::Function', 'BatchesCollectChunk'),
  );

  expect(reserved).toMatchObject({ ReservedConcurrentExecutions: 30 });
  expect(standard).not.toHaveProperty('ReservedConcurrentExecutions');
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

  it.each([
    ...['SubmitImage', 'FetchResult', 'EventsCloseTask', 'StartExecutions', 'ApiFunction'],
    ...['BatchesOpenBatch', 'BatchesCollectChunk', 'BatchesCloseBatch'],
  ])('grants %s the use of that key, without wildcards in the actions', (id) => {
    const action = statements(encrypted, id).find(({ Resource }) => Resource === arn)?.Action;

    expect(action).toEqual(expect.arrayContaining(['kms:Decrypt', 'kms:GenerateDataKey']));
    expect(JSON.stringify(action)).not.toContain('*');
  });

  it('lets the state machine of batches decrypt the list of chunks', () => {
    expect(statements(encrypted, 'CollectBatchStateMachineRole')).toContainEqual(
      expect.objectContaining({ Action: 'kms:Decrypt', Resource: arn }),
    );
  });
});

it.each([
  ...['SubmitImage', 'FetchResult', 'EventsCloseTask', 'StartsStartExecutions', 'ApiFunction'],
  ...['BatchesOpenBatch', 'BatchesCollectChunk', 'BatchesCloseBatch'],
])('runs %s on Node.js 24 and arm64, with its own log group', (id) => {
  expect(propertiesOf(template, 'AWS::Lambda::Function', id)).toMatchObject({
    Runtime: 'nodejs24.x',
    Architectures: ['arm64'],
    LoggingConfig: { LogGroup: `<${id}Logs>` },
    Timeout: expect.any(Number),
  });
});

it.each([
  ['SubmitImage', 'Active'],
  ['FetchResult', 'Active'],
  ['EventsCloseTask', 'Active'],
  ['ApiFunction', 'Active'],
  ['BatchesOpenBatch', 'Active'],
  ['BatchesCollectChunk', 'Active'],
  ['BatchesCloseBatch', 'Active'],
  // The execution that it starts has a trace.
  ['StartsStartExecutions', 'PassThrough'],
])('traces %s: %s', (id, Mode) => {
  expect(propertiesOf(template, 'AWS::Lambda::Function', id)).toMatchObject({ TracingConfig: { Mode } });
});

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

  it.each(['SubmitImage', 'FetchResult', 'BatchesCollectChunk', 'ApiFunction'])(
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
    expect(statements(existing, 'FetchResult')).toContainEqual(
      readsSecret(expect.stringMatching(/:secret:aspose\/credentials-\?{6}$/)),
    );
  });
});

it('passes the configured polling policy to the fetch-result function', () => {
  const frugal = synthesize({ polling: { preset: 'frugal', maxPolls: 40 } });

  expect(propertiesOf(frugal, 'AWS::Lambda::Function', 'FetchResult')).toMatchObject({
    Environment: { Variables: { POLLING: '{"preset":"frugal","maxPolls":40}' } },
  });
});

it('has the names and URLs that users need as outputs', () => {
  expect(Object.keys(template.findOutputs('*')).sort()).toEqual([
    'ApiUrl',
    'BatchStateMachineArn',
    'CloseBatchLogGroupName',
    'CloseTaskLogGroupName',
    'CollectChunkLogGroupName',
    'CredentialsSecretArn',
    'DashboardName',
    'EventBusName',
    'FailedStartsQueueArn',
    'FailedStartsQueueUrl',
    'FetchResultLogGroupName',
    'OpenBatchLogGroupName',
    'RecognizeStateMachineArn',
    'RefusedSubmissionsQueueUrl',
    'RefusedSubmissionsRedrive',
    'ResultsBucketName',
    'StartExecutionsLogGroupName',
    'StartsQueueArn',
    'StateMachineArn',
    'SubmitImageLogGroupName',
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
    propertiesOf(each, 'AWS::Lambda::Function', 'FetchResult'),
  );

  expect(changed).toMatchObject({ Timeout: 500, ReservedConcurrentExecutions: 300 });
  for (const id of ['CollectResult', 'RecognizeImage']) {
    const machine = propertiesOf(configured, 'AWS::StepFunctions::StateMachine', id);
    expect(machine['DefinitionString']).toContain('"TimeoutSeconds":530');
  }
  expect(standard).toMatchObject({ Timeout: 480, MemorySize: 256 });
  expect(standard).not.toHaveProperty('ReservedConcurrentExecutions');
});

describe('maxUploads', () => {
  const four = synthesize({ maxUploads: 4 });

  it('is passed to every function that counts uploads', () => {
    for (const id of [
      ...['SubmitImage', 'EventsCloseTask', 'StartExecutions', 'ApiFunction'],
      ...['BatchesCollectChunk', 'BatchesCloseBatch'],
    ]) {
      expect(environmentOf(four, id)['MAX_UPLOADS']).toBe('4');
    }
  });

  it('gives an execution time for a task of each upload', () => {
    const { TimeoutSeconds } = z
      .object({ TimeoutSeconds: z.number() })
      .parse(
        JSON.parse(
          String(
            propertiesOf(four, 'AWS::StepFunctions::StateMachine', 'RecognizeImage')['DefinitionString'],
          ),
        ),
      );

    expect(TimeoutSeconds).toBeGreaterThan(4 * 25 * 3600);
  });
});

describe('S27: sourceBucketNames', () => {
  const sourced = synthesize({ sourceBucketNames: ['scans-one', 'scans-two'] });
  const readsObjectsOf = (bucket: string) => ({
    Action: ['s3:GetObject', 's3:GetObjectVersion'],
    Resource: `arn:<AWS::Partition>:s3:::${bucket}/*`,
  });

  it.each([...['SubmitImage', 'ApiFunction', 'BatchesOpenBatch', 'BatchesCollectChunk']])(
    'lets %s read their objects',
    (id) => {
      expect(statements(sourced, id)).toEqual(
        expect.arrayContaining([readsObjectsOf('scans-one'), readsObjectsOf('scans-two')]),
      );
    },
  );

  it.each([...['FetchResult', 'EventsCloseTask', 'StartExecutions', 'BatchesCloseBatch']])(
    'lets %s not read them',
    (id) => {
      expect(JSON.stringify(statements(sourced, id))).not.toContain('scans-');
    },
  );

  it('lets only open-batch list them', () => {
    const lists = ['scans-one', 'scans-two'].map((bucket) => ({
      Action: 's3:ListBucket',
      Resource: `arn:<AWS::Partition>:s3:::${bucket}`,
    }));

    expect(statements(sourced, 'BatchesOpenBatch')).toEqual(expect.arrayContaining(lists));
    for (const id of ['SubmitImage', 'ApiFunction']) {
      expect(JSON.stringify(statements(sourced, id))).not.toContain('s3:ListBucket');
    }
    for (const id of ['BatchesCollectChunk', 'BatchesCloseBatch']) {
      const listed = statements(sourced, id).filter(
        (statement) => Object(statement).Action === 's3:ListBucket',
      );
      expect(listed).toEqual([listsKeys('batches/*')]);
    }
  });

  it.each(['ApiFunction', 'BatchesOpenBatch'])('are the buckets whose images %s accepts', (id) => {
    expect(environmentOf(sourced, id)['SOURCE_BUCKETS']).toBe('["scans-one","scans-two"]');
  });
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

  it('S12: deletes only documents and batches after documentRetentionDays, and incomplete uploads after a day', () => {
    const { LifecycleConfiguration } = propertiesOf(
      synthesize({ documentRetentionDays: 7 }),
      'AWS::S3::Bucket',
    );

    // Nothing expires under inbox/, images/ and lists/.
    expect(LifecycleConfiguration).toEqual({
      Rules: [
        { Id: 'ExpireDocuments', Status: 'Enabled', ExpirationInDays: 7, Prefix: 'results/' },
        // A batch may run for 13 days.
        { Id: 'ExpireBatches', Status: 'Enabled', ExpirationInDays: 14, Prefix: 'batches/' },
        {
          ...{ Id: 'AbortIncompleteUploads', Status: 'Enabled' },
          AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 },
        },
      ],
    });
  });

  it('sends its events to EventBridge without a custom resource', () => {
    expect(propertiesOf(template, 'AWS::S3::Bucket')).toMatchObject({
      NotificationConfiguration: { EventBridgeConfiguration: { EventBridgeEnabled: true } },
    });
    const { Resources } = z
      .object({ Resources: z.record(z.string(), z.object({ Type: z.string() })) })
      .parse(template.toJSON());
    expect(Object.values(Resources).map(({ Type }) => Type)).not.toContainEqual(
      expect.stringMatching(/^Custom::|CustomResource$/),
    );
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
            ...['batchId', 'source', 'uploads', 'replacedBy', 'startedAt', 'completedAt', 'expiresAt'],
            ...['leaseExpiresAt', 'executionArn', 'total', 'counts', 'duplicates'],
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

  it("goes to the queue for starts from every source on the courier's bus", () => {
    expect(pattern()).toMatchObject({
      State: 'ENABLED',
      EventBusName: '<EventsBus>',
      EventPattern: { 'detail-type': ['OCR Task Submitted'] },
      Targets: [{ Arn: '<StartsQueue.Arn>', DeadLetterConfig: { Arn: '<StartsFailed.Arn>' } }],
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
});

it("S31: sends objects of the courier's own inbox and lists, and no others, to the queue for starts", () => {
  expect(propertiesOf(template, 'AWS::Events::Rule', 'Inbox')).toEqual({
    Description: expect.any(String),
    State: 'ENABLED',
    EventPattern: {
      source: ['aws.s3'],
      'detail-type': ['Object Created'],
      detail: {
        bucket: { name: ['<StorageResults>'] },
        object: { key: [{ prefix: 'inbox/' }, { prefix: 'lists/' }] },
      },
    },
    Targets: [{ Id: 'Target0', Arn: '<StartsQueue.Arn>', DeadLetterConfig: { Arn: '<StartsFailed.Arn>' } }],
  });
});

describe('the queue for starts', () => {
  const { RedrivePolicy, ...queue } = propertiesOf(template, 'AWS::SQS::Queue', 'StartsQueue');
  const { maxReceiveCount, deadLetterTargetArn } = z
    .object({ maxReceiveCount: z.number(), deadLetterTargetArn: z.string() })
    .parse(RedrivePolicy);
  const visibilitySeconds = z.number().parse(queue['VisibilityTimeout']);

  it('is encrypted and keeps messages for two weeks', () => {
    expect(queue).toMatchObject({ SqsManagedSseEnabled: true, MessageRetentionPeriod: 14 * 86_400 });
  });

  it('hides a message for six times the timeout of start-executions', () => {
    const { Timeout } = propertiesOf(template, 'AWS::Lambda::Function', 'StartExecutions');

    expect(visibilitySeconds).toBe(6 * Number(Timeout));
  });

  it('tries each message for an hour, before it goes to the failed starts', () => {
    expect(maxReceiveCount * visibilitySeconds).toBeGreaterThanOrEqual(3600);
    expect(deadLetterTargetArn).toBe('<StartsFailed.Arn>');
  });

  it('invokes start-executions with ten messages at a time, ten times at once', () => {
    expect(propertiesOf(template, 'AWS::Lambda::EventSourceMapping', 'ExecutionsStarts')).toEqual({
      EventSourceArn: '<StartsQueue.Arn>',
      FunctionName: '<StartsStartExecutions>',
      BatchSize: 10,
      ScalingConfig: { MaximumConcurrency: 10 },
      FunctionResponseTypes: ['ReportBatchItemFailures'],
    });
  });
});

describe('a dead-letter queue', () => {
  it.each(['StartsRefused', 'StartsFailed', 'EventsUnclosedTasks'])('%s is encrypted for two weeks', (id) => {
    expect(propertiesOf(template, 'AWS::SQS::Queue', id)).toEqual(deadLetterQueue);
  });

  it.each([
    ['StartsStartExecutionsRedrive', 'StartsRefused', ['ReportBatchItemFailures']],
    ['EventsCloseTaskRedrive', 'EventsUnclosedTasks', undefined],
  ])('%s sends the messages of %s again, one by one, while it is enabled', (id, queue, responseTypes) => {
    expect(propertiesOf(template, 'AWS::Lambda::EventSourceMapping', id)).toMatchObject({
      Enabled: false,
      BatchSize: 1,
      EventSourceArn: `<${queue}.Arn>`,
    });
    const mapping = propertiesOf(template, 'AWS::Lambda::EventSourceMapping', id);
    // start-executions reports a request that is refused again; close-task fails.
    expect(mapping['FunctionResponseTypes']).toEqual(responseTypes);
  });

  it('hides a message longer than each function that it is sent to may run', () => {
    for (const id of ['StartExecutions', 'EventsCloseTask']) {
      const { Timeout } = propertiesOf(template, 'AWS::Lambda::Function', id);
      expect(deadLetterQueue.VisibilityTimeout).toBeGreaterThanOrEqual(Number(Timeout));
    }
  });
});

it('has a dead-letter queue for each target of a rule, except those that a sweep makes up for', () => {
  const without = Object.keys(template.findResources('AWS::Events::Rule')).filter((id) => {
    const { Targets } = z
      .object({ Targets: z.tuple([z.object({ DeadLetterConfig: z.unknown().optional() })]) })
      .parse(propertiesOf(template, 'AWS::Events::Rule', id));
    return Targets[0].DeadLetterConfig === undefined;
  });

  expect(without.map((id) => id.replace(/^OcrCourier|[0-9A-F]{8}$/g, '')).sort()).toEqual([
    'BatchesAbnormalEnds',
    'BatchesSweep',
  ]);
});

describe('an execution of a batch that ends abnormally', () => {
  it('is found by a sweep every 15 minutes', () => {
    expect(propertiesOf(template, 'AWS::Events::Rule', 'BatchesSweep')).toMatchObject({
      State: 'ENABLED',
      ScheduleExpression: 'rate(15 minutes)',
      Targets: [{ Arn: '<BatchesCloseBatch.Arn>' }],
    });
  });

  it('invokes close-batch after FAILED, TIMED_OUT and ABORTED', () => {
    expect(propertiesOf(template, 'AWS::Events::Rule', 'BatchesAbnormalEnds')).toMatchObject({
      State: 'ENABLED',
      EventPattern: {
        source: ['aws.states'],
        'detail-type': ['Step Functions Execution Status Change'],
        detail: {
          stateMachineArn: ['<BatchesCollectBatchStateMachine>'],
          status: ['FAILED', 'TIMED_OUT', 'ABORTED'],
        },
      },
      Targets: [{ Arn: '<BatchesCloseBatch.Arn>' }],
    });
  });
});

describe('an execution that ends abnormally', () => {
  it('is found by a sweep every 15 minutes, which has a dead-letter queue', () => {
    expect(propertiesOf(template, 'AWS::Events::Rule', 'EventsSweep')).toMatchObject({
      State: 'ENABLED',
      ScheduleExpression: 'rate(15 minutes)',
      Targets: [{ Arn: '<EventsCloseTask.Arn>', DeadLetterConfig: { Arn: '<EventsUnclosedTasks.Arn>' } }],
    });
  });

  it('invokes close-task after FAILED, TIMED_OUT and ABORTED, with a dead-letter queue', () => {
    expect(propertiesOf(template, 'AWS::Events::Rule', 'EventsAbnormalEnds')).toMatchObject({
      State: 'ENABLED',
      EventPattern: {
        source: ['aws.states'],
        'detail-type': ['Step Functions Execution Status Change'],
        detail: {
          stateMachineArn: ['<CollectResultStateMachine>', '<RecognizeImageStateMachine>'],
          status: ['FAILED', 'TIMED_OUT', 'ABORTED'],
        },
      },
      Targets: [{ Arn: '<EventsCloseTask.Arn>', DeadLetterConfig: { Arn: '<EventsUnclosedTasks.Arn>' } }],
    });
  });

  it('has a status that the schema of close-task accepts', () => {
    expect(statusChangeSchema.shape.detail.shape.status.options).toEqual(['FAILED', 'TIMED_OUT', 'ABORTED']);
  });

  it('goes to a dead-letter queue when close-task fails', () => {
    expect(propertiesOf(template, 'AWS::Lambda::Function', 'EventsCloseTask')).toMatchObject({
      DeadLetterConfig: { TargetArn: '<EventsUnclosedTasks.Arn>' },
    });
  });
});

it('lets queues receive messages only over TLS', () => {
  template.resourceCountIs('AWS::SQS::QueuePolicy', 4);
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

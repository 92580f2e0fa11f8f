import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { App, Duration, RemovalPolicy, Size, Stack } from 'aws-cdk-lib';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { expect, it } from 'vitest';
import { InvalidInput } from '../../functions/core/invalid-input.ts';
import { courierProps } from '../../lib/configuration.ts';
import { temporaryDirectory } from '../support/data-fixture.ts';
import { PROJECT } from '../support/project-paths.ts';

const propsOf = (context: unknown) => courierProps(new Stack(new App(), 'Stack'), context);

it.each([undefined, {}, '{}'])('accepts an empty configuration: %j', (context) => {
  expect(propsOf(context)).toEqual({});
});

const everything = {
  asposeBaseUrl: 'https://ocr.example.org',
  polling: { preset: 'frugal', maxPolls: 40 },
  fetchTimeoutSeconds: 480,
  reservedConcurrency: 200,
  reservedChunkConcurrency: 50,
  maxAnswerMebibytes: 64,
  submissionSources: ['com.example.scanner'],
  documentRetentionDays: 7,
  eventRetentionDays: 90,
  logRetentionDays: 14,
  api: {
    jwtAuthorizer: { issuer: 'https://issuer.example', audience: ['ocr'] },
    throttling: { requestsPerSecond: 5, burst: 10 },
    corsOrigins: ['https://ocr.example', 'http://localhost:5173'],
    maxWaitingRequests: 10,
    cancelAtVendor: true,
  },
  removalPolicy: 'destroy',
};

it.each([
  ['an object', everything],
  ['JSON', JSON.stringify(everything)],
])('converts %s into props', (_, context) => {
  expect(propsOf(context)).toEqual({
    asposeBaseUrl: 'https://ocr.example.org',
    polling: { preset: 'frugal', maxPolls: 40 },
    fetchTimeout: Duration.seconds(480),
    reservedConcurrency: 200,
    reservedChunkConcurrency: 50,
    maxAnswerSize: Size.mebibytes(64),
    submissionSources: ['com.example.scanner'],
    documentRetention: Duration.days(7),
    eventRetention: Duration.days(90),
    logRetention: RetentionDays.TWO_WEEKS,
    api: everything.api,
    removalPolicy: RemovalPolicy.DESTROY,
  });
});

it('imports the secret, key, bus and topic that a configuration names', () => {
  const encryptionKeyArn = 'arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab';
  const alarmTopicArn = 'arn:aws:sns:eu-central-1:111122223333:alarms';

  const props = propsOf({
    credentialsSecretName: 'aspose/credentials',
    encryptionKeyArn,
    submissionBusName: 'documents',
    sourceBucketNames: ['scans-one', 'scans-two'],
    monitoring: { alarmTopicArn },
  });

  expect(props.credentialsSecret?.secretName).toBe('aspose/credentials');
  expect(props.encryptionKey?.keyArn).toBe(encryptionKeyArn);
  expect(props.submissionBus?.eventBusName).toBe('documents');
  expect(props.sources?.map(({ bucketName }) => bucketName)).toEqual(['scans-one', 'scans-two']);
  expect(props.monitoring?.alarmTopic?.topicArn).toBe(alarmTopicArn);
});

it('converts the monitoring options', () => {
  const runbookUrl = 'https://wiki.example.org/ocr';

  const monitoring = { timeToResultMinutes: 5, batchFailurePercentage: 20, runbookUrl };

  expect(propsOf({ monitoring }).monitoring).toEqual({
    timeToResult: Duration.minutes(5),
    batchFailurePercentage: 20,
    runbookUrl,
  });
  expect(propsOf({ monitoring: { enabled: false } }).monitoring).toEqual({ enabled: false });
});

it.each([
  [{ submissionSources: [] }, 'submissionSources: got an array of 0; allowed: a list of one or more event'],
  [{ asposeUrl: 'x' }, 'asposeUrl: got a field that does not exist; allowed: an object with any of aspose'],
  [
    { documentRetentionDays: '7' },
    'documentRetentionDays: got a string of 1 character; allowed: a whole number from 1 to 36500',
  ],
  [
    { reservedChunkConcurrency: 0 },
    'reservedChunkConcurrency: got 0; allowed: a whole number from 1 to 100000',
  ],
  [
    { monitoring: { batchFailurePercentage: 101 } },
    'monitoring.batchFailurePercentage: got 101; allowed: a whole number from 1 to 100',
  ],
  [{ maxUploads: 6 }, 'maxUploads: got 6; allowed: a whole number from 1 to 5'],
  [{ maxUploads: 0 }, 'maxUploads: got 0; allowed: a whole number from 1 to 5'],
  [{ sourceBucketNames: 'scans' }, 'allowed: a list of different names of buckets'],
  [
    { sourceBucketNames: ['scans', 'scans'] },
    'sourceBucketNames: got an array of 2; allowed: a list of different names of buckets',
  ],
  [{ sourceBucketNames: ['s3://scans'] }, 'sourceBucketNames.0: got '],
  [{ maxAnswerMebibytes: 481 }, 'maxAnswerMebibytes: got 481; allowed: a whole number from 1 to 480'],
  [{ logRetentionDays: 8 }, 'logRetentionDays: got 8; allowed: one of 1, 3, 5, 7, '],
  [{ removalPolicy: 'delete' }, "removalPolicy: got 'delete'; allowed: retain or destroy"],
  [
    { polling: { maxPolls: 100_000 } },
    'polling.maxPolls: got 100000; allowed: a whole number from 1 to 1600',
  ],
  [
    { fetchTimeoutSeconds: 300 },
    'fetchTimeoutSeconds: got 300; allowed: at least 470 (polling.holdSeconds, 200, and 270 to poll and store a result), or a polling.holdSeconds of at most 30',
  ],
  [{ polling: { preset: 'fast' } }, "polling.preset: got 'fast'; allowed: one of frugal, balanced, eager"],
  [{ monitoring: { timeToResultMinutes: 0 } }, 'monitoring.timeToResultMinutes: got 0; allowed: a whole'],
  [{ fetchTimeoutSeconds: 30 }, 'fetchTimeoutSeconds: got 30; allowed: a whole number from 270 to 600'],
  [{ reservedConcurrency: 0 }, 'reservedConcurrency: got 0; allowed: a whole number from 1 to 100000'],
  [
    { credentialsSecretName: '' },
    'credentialsSecretName: got a string of 0 characters; allowed: the name of',
  ],
  [{ encryptionKeyArn: 'alias/documents' }, '; allowed: the ARN of a KMS key'],
  [
    { credentialsSecretKeyArn: `arn:aws:kms:eu-central-1:111122223333:key/mrk-${'a'.repeat(32)}` },
    'credentialsSecretKeyArn: got a key; allowed: the key of credentialsSecretName, or none',
  ],
  [{ monitoring: { alarmTopicArn: 'alarms' } }, '; allowed: the ARN of an SNS topic'],
  [[], 'context: got an array of 0; allowed: an object'],
  ['{', 'context: got text that is not JSON (length 1); allowed: a JSON object, on one line'],
  [{ submissionBusName: 'my bus!' }, 'allowed: the name of an event bus'],
  [{ credentialsSecretName: 'a b*' }, 'allowed: the name of a secret'],
  [{ api: { corsOrigins: ['https://a.example?x'] } }, 'allowed: an origin'],
])('rejects %j: %s', (context, message) => {
  expect(() => propsOf(context)).toThrow(message);
});

it.each([
  [{ jwtAuthorizer: { issuer: 'http://issuer.example', audience: ['ocr'] } }, 'the https URL of an issuer'],
  [
    { jwtAuthorizer: { issuer: 'https://issuer.example', audience: [] } },
    'api.jwtAuthorizer.audience: got an array of 0; allowed: a list of one or more audiences',
  ],
  [{ throttling: { burst: 5 } }, 'api.throttling.requestsPerSecond: got nothing; allowed: a whole number'],
  [
    { corsOrigins: ['https://ocr.example/app'] },
    'api.corsOrigins.0: got a string of 23 characters, with ":" at 6; allowed: an origin such as https://example.com, or *',
  ],
  [{ maxWaitingRequests: 1001 }, 'api.maxWaitingRequests: got 1001; allowed: a whole number from 0 to 1000'],
  [{ cors: true }, 'api.cors: got a field that does not exist; '],
])('rejects the api options %j: %s', (api, message) => {
  expect(() => propsOf({ api })).toThrow(message);
});

it('rejects text that is not JSON, without repeating it', () => {
  expect(() => propsOf('{asposeBaseUrl: canary}')).toThrow(InvalidInput);
  expect(() => propsOf('{asposeBaseUrl: canary}')).toThrow(/^(?!.*canary).*; allowed: /);
});

it('reports a mistake in one line from cdk synth', async () => {
  const cdk = join(PROJECT, 'node_modules', '.bin', 'cdk');
  const directory = await temporaryDirectory();
  const args = [
    'synth',
    '--no-notices',
    '--output',
    directory,
    '--context',
    'ocr-courier={"fetchTimeoutSeconds":300}',
  ];

  const { status, stderr } = spawnSync(cdk, args, { cwd: PROJECT, encoding: 'utf8' });

  const [line, ...rest] = stderr.trimEnd().split('\n');
  expect(line).toContain('ocr-courier: fetchTimeoutSeconds: got 300; allowed: at least 470');
  // The CDK adds a line of its own.
  expect(rest).toEqual(['node bin/ocr-courier.ts: Subprocess exited with error 1']);
  expect(status).toBe(1);
});

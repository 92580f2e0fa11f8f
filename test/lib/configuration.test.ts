import { App, Duration, RemovalPolicy, Size, Stack } from 'aws-cdk-lib';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { describe, expect, test } from 'vitest';
import { InvalidInput } from '../../functions/core/invalid-input.ts';
import { courierProps } from '../../lib/configuration.ts';

const propsOf = (context: unknown) => courierProps(new Stack(new App(), 'Stack'), context);

describe('the configuration', () => {
  test.each([undefined, {}, '{}'])('may be left out: %j', (context) => {
    expect(propsOf(context)).toEqual({});
  });

  const everything = {
    asposeBaseUrl: 'https://ocr.example.org',
    polling: { preset: 'frugal', maxPolls: 40 },
    fetchTimeoutSeconds: 240,
    reservedConcurrency: 200,
    maxAnswerMebibytes: 64,
    submissionSources: ['com.example.scanner'],
    documentRetentionDays: 7,
    eventRetentionDays: 90,
    logRetentionDays: 14,
    api: {
      jwtAuthorizer: { issuer: 'https://issuer.example', audience: ['ocr'] },
      throttling: { requestsPerSecond: 5, burst: 10 },
      corsOrigins: ['https://ocr.example', 'http://localhost:5173'],
      cancelAtVendor: true,
    },
    removalPolicy: 'destroy',
  };

  test.each([
    ['an object', everything],
    ['JSON', JSON.stringify(everything)],
  ])('is taken as %s', (_, context) => {
    expect(propsOf(context)).toEqual({
      asposeBaseUrl: 'https://ocr.example.org',
      polling: { preset: 'frugal', maxPolls: 40 },
      fetchTimeout: Duration.seconds(240),
      reservedConcurrency: 200,
      maxAnswerSize: Size.mebibytes(64),
      submissionSources: ['com.example.scanner'],
      documentRetention: Duration.days(7),
      eventRetention: Duration.days(90),
      logRetention: RetentionDays.TWO_WEEKS,
      api: everything.api,
      removalPolicy: RemovalPolicy.DESTROY,
    });
  });

  test('names a secret that exists', () => {
    const { credentialsSecret } = propsOf({ credentialsSecretName: 'aspose/credentials' });

    expect(credentialsSecret?.secretName).toBe('aspose/credentials');
  });

  test('tells of the monitoring, and names a topic that exists', () => {
    const alarmTopicArn = 'arn:aws:sns:eu-central-1:111122223333:alarms';
    const { monitoring } = propsOf({
      monitoring: { alarmTopicArn, timeToResultMinutes: 5, runbookUrl: 'https://wiki.example.org/ocr' },
    });

    expect(monitoring?.alarmTopic?.topicArn).toBe(alarmTopicArn);
    expect(monitoring).toMatchObject({
      timeToResult: Duration.minutes(5),
      runbookUrl: 'https://wiki.example.org/ocr',
    });
    expect(propsOf({ monitoring: { enabled: false } }).monitoring).toEqual({ enabled: false });
  });

  test('names a key that exists', () => {
    const encryptionKeyArn = 'arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab';
    expect(propsOf({ encryptionKeyArn }).encryptionKey?.keyArn).toBe(encryptionKeyArn);
  });

  test('names a bus that exists', () => {
    expect(propsOf({ submissionBusName: 'documents' }).submissionBus?.eventBusName).toBe('documents');
  });

  test.each([
    [
      'no source',
      { submissionSources: [] },
      /^submissionSources: got an array of 0; allowed: a list of one or more event sources$/,
    ],
    [
      'an unknown field',
      { asposeUrl: 'x' },
      /^asposeUrl: got a field that does not exist; allowed: an object with any of asposeBaseUrl, /,
    ],
    [
      'a number as text',
      { documentRetentionDays: '7' },
      /^documentRetentionDays: got a string of 1 character; allowed: a whole number from 1 to 36500$/,
    ],
    [
      'an answer too large for /tmp',
      { maxAnswerMebibytes: 4097 },
      /^maxAnswerMebibytes: got 4097; allowed: a whole number from 1 to 4096$/,
    ],
    [
      'a log retention that CloudWatch does not know',
      { logRetentionDays: 8 },
      /^logRetentionDays: got 8; allowed: one of 1, 3, 5, 7, /,
    ],
    [
      'an unknown removal policy',
      { removalPolicy: 'delete' },
      /^removalPolicy: got 'delete'; allowed: retain or destroy$/,
    ],
    [
      'a bad polling policy',
      { polling: { maxPolls: 100_000 } },
      /^polling.maxPolls: got 100000; allowed: a whole number from 1 to 1600 /,
    ],
    [
      'a time-out too short for any poll',
      { fetchTimeoutSeconds: 30 },
      /^fetchTimeoutSeconds: got 30; allowed: a whole number from 90 to 600$/,
    ],
    [
      'no concurrency at all',
      { reservedConcurrency: 0 },
      /^reservedConcurrency: got 0; allowed: a whole number from 1 to 100000$/,
    ],
    [
      'a secret without a name',
      { credentialsSecretName: '' },
      /^credentialsSecretName: got a string of 0 characters; /,
    ],
    [
      'an issuer without https',
      { api: { jwtAuthorizer: { issuer: 'http://issuer.example', audience: ['ocr'] } } },
      /^api.jwtAuthorizer.issuer: got .*; allowed: the https URL of an issuer of tokens$/,
    ],
    [
      'tokens for nobody',
      { api: { jwtAuthorizer: { issuer: 'https://issuer.example', audience: [] } } },
      /^api.jwtAuthorizer.audience: got an array of 0; allowed: a list of one or more audiences$/,
    ],
    [
      'half a throttle',
      { api: { throttling: { burst: 5 } } },
      /^api.throttling.requestsPerSecond: got nothing; /,
    ],
    [
      'an origin with a path',
      { api: { corsOrigins: ['https://ocr.example/app'] } },
      /^api.corsOrigins.0: got .*; allowed: an origin such as https:\/\/example.com, or \*$/,
    ],
    [
      'a key by its alias',
      { encryptionKeyArn: 'alias/documents' },
      /^encryptionKeyArn: got .*; allowed: the ARN of a KMS key$/,
    ],
    [
      'an alarm topic by its name',
      { monitoring: { alarmTopicArn: 'alarms' } },
      /^monitoring.alarmTopicArn: got .*; allowed: the ARN of an SNS topic$/,
    ],
    ['an unknown field of the API', { api: { cors: true } }, /^api.cors: got a field that does not exist; /],
    ['a list', [], /^input: got an array of 0; allowed: an object/],
  ])('is refused with %s', (_, context, message) => {
    expect(() => propsOf(context)).toThrow(message);
  });

  test('is refused in one clear sentence when it is not JSON', () => {
    expect(() => propsOf('{asposeBaseUrl: canary}')).toThrow(InvalidInput);
    expect(() => propsOf('{asposeBaseUrl: canary}')).toThrow(/^(?!.*canary).*; allowed: /);
  });
});

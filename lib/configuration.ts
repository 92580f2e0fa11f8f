import { Duration, RemovalPolicy, Size } from 'aws-cdk-lib';
import { EventBus } from 'aws-cdk-lib/aws-events';
import { Key } from 'aws-cdk-lib/aws-kms';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Topic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import * as z from 'zod/mini';
import { pollingSchema } from '../functions/contracts/task-input.ts';
import { InvalidInput, parseInput } from '../functions/core/invalid-input.ts';
import { POLL_RESERVE_SECONDS } from '../functions/core/task-times.ts';
import { MAX_FETCH_TIMEOUT_SECONDS } from './fetch-timeout.ts';
import type { MonitoringOptions } from './monitoring.ts';
import type { OcrCourierProps } from './ocr-courier.ts';
import type { TaskApiOptions } from './task-api.ts';

const LOG_RETENTION_DAYS = Object.values(RetentionDays).filter((days) => typeof days === 'number');

const wholeNumber = (minimum: number, maximum: number) => {
  const allowed = `a whole number from ${minimum} to ${maximum}`;
  return z.int(allowed).check(z.minimum(minimum, allowed), z.maximum(maximum, allowed));
};

const SOURCES = 'a list of one or more event sources';

const ISSUER = 'the https URL of an issuer of tokens';
const AUDIENCE = 'a list of one or more audiences';
const ORIGIN = 'an origin such as https://example.com, or *';
const ORIGINS = 'a list of one or more origins';

const apiSchema = z.strictObject(
  {
    jwtAuthorizer: z.optional(
      z.strictObject(
        {
          issuer: z.string(ISSUER).check(z.regex(/^https:\/\/[^\s/]+/, ISSUER)),
          audience: z
            .array(z.string(AUDIENCE).check(z.minLength(1, AUDIENCE)), AUDIENCE)
            .check(z.minLength(1, AUDIENCE)),
        },
        'an object with issuer and audience',
      ),
    ),
    throttling: z.optional(
      z.strictObject(
        { requestsPerSecond: wholeNumber(1, 10_000), burst: wholeNumber(1, 5000) },
        'an object with requestsPerSecond and burst',
      ),
    ),
    corsOrigins: z.optional(
      z
        .array(z.string(ORIGIN).check(z.regex(/^(\*|https?:\/\/[^\s/]+)$/, ORIGIN)), ORIGINS)
        .check(z.minLength(1, ORIGINS)),
    ),
    cancelAtVendor: z.optional(z.boolean('true or false')),
  },
  'an object with any of jwtAuthorizer, throttling, corsOrigins, cancelAtVendor',
);

const KEY = 'the ARN of a KMS key';
const TOPIC = 'the ARN of an SNS topic';
const RUNBOOK = 'an https URL';

const monitoringSchema = z.strictObject(
  {
    enabled: z.optional(z.boolean('true or false')),
    /** Of a topic that exists already. */
    alarmTopicArn: z.optional(z.string(TOPIC).check(z.regex(/^arn:[\w-]+:sns:[\w-]+:\d{12}:[\w-]+$/, TOPIC))),
    timeToResultMinutes: z.optional(wholeNumber(1, 1440)),
    runbookUrl: z.optional(z.string(RUNBOOK).check(z.regex(/^https:\/\/\S+$/, RUNBOOK))),
  },
  'an object with any of enabled, alarmTopicArn, timeToResultMinutes, runbookUrl',
);

/** The context value `ocr-courier` of the CDK app: what can be configured without writing code. */
const configurationSchema = z.strictObject(
  {
    asposeBaseUrl: z.optional(z.string('an https URL')),
    /** Of a secret that exists already. */
    credentialsSecretName: z.optional(
      z.string('the name of a secret').check(z.minLength(1, 'the name of a secret')),
    ),
    polling: z.optional(pollingSchema),
    fetchTimeoutSeconds: z.optional(wholeNumber(POLL_RESERVE_SECONDS, MAX_FETCH_TIMEOUT_SECONDS)),
    reservedConcurrency: z.optional(wholeNumber(1, 100_000)),
    maxAnswerMebibytes: z.optional(wholeNumber(1, 4096)),
    /** The name of a bus that exists already. */
    submissionBusName: z.optional(
      z.string('the name of an event bus').check(z.minLength(1, 'the name of an event bus')),
    ),
    submissionSources: z.optional(
      z.array(z.string(SOURCES).check(z.minLength(1, SOURCES)), SOURCES).check(z.minLength(1, SOURCES)),
    ),
    /** Of a KMS key that exists already. */
    encryptionKeyArn: z.optional(
      z
        .string(KEY)
        .check(z.regex(/^arn:[\w-]+:kms:[\w-]+:\d{12}:key\/(mrk-[0-9a-f]{32}|[0-9a-f-]{36})$/, KEY)),
    ),
    documentRetentionDays: z.optional(wholeNumber(1, 36_500)),
    eventRetentionDays: z.optional(wholeNumber(1, 36_500)),
    logRetentionDays: z.optional(
      z
        .number(`one of ${LOG_RETENTION_DAYS.join(', ')}`)
        .check(
          z.refine((days) => LOG_RETENTION_DAYS.includes(days), `one of ${LOG_RETENTION_DAYS.join(', ')}`),
        ),
    ),
    api: z.optional(apiSchema),
    monitoring: z.optional(monitoringSchema),
    removalPolicy: z.optional(z.enum(['retain', 'destroy'], 'retain or destroy')),
  },
  'an object with any of asposeBaseUrl, credentialsSecretName, polling, fetchTimeoutSeconds, reservedConcurrency, maxAnswerMebibytes, submissionBusName, submissionSources, encryptionKeyArn, documentRetentionDays, eventRetentionDays, logRetentionDays, api, monitoring, removalPolicy',
);

/**
 * Reads the configuration, given as an object (cdk.json) or as JSON (`-c ocr-courier='{...}'`).
 *
 * @param scope takes the references to the credentials secret, the bus, the key and the topic,
 * where they are named
 * @throws InvalidInput naming the field
 */
export function courierProps(scope: Construct, context: unknown): OcrCourierProps {
  const configuration = parseInput(configurationSchema, parseContext(context));
  const { credentialsSecretName, polling, maxAnswerMebibytes, documentRetentionDays, logRetentionDays } =
    configuration;
  const { submissionBusName, submissionSources, eventRetentionDays } = configuration;
  const { fetchTimeoutSeconds, reservedConcurrency } = configuration;
  return {
    ...(configuration.asposeBaseUrl !== undefined && { asposeBaseUrl: configuration.asposeBaseUrl }),
    ...(credentialsSecretName !== undefined && {
      credentialsSecret: Secret.fromSecretNameV2(scope, 'AsposeCredentials', credentialsSecretName),
    }),
    ...(polling !== undefined && { polling }),
    ...(fetchTimeoutSeconds !== undefined && { fetchTimeout: Duration.seconds(fetchTimeoutSeconds) }),
    ...(reservedConcurrency !== undefined && { reservedConcurrency }),
    ...(maxAnswerMebibytes !== undefined && { maxAnswerSize: Size.mebibytes(maxAnswerMebibytes) }),
    ...(submissionBusName !== undefined && {
      submissionBus: EventBus.fromEventBusName(scope, 'SubmissionBus', submissionBusName),
    }),
    ...(submissionSources !== undefined && { submissionSources }),
    ...(configuration.encryptionKeyArn !== undefined && {
      encryptionKey: Key.fromKeyArn(scope, 'EncryptionKey', configuration.encryptionKeyArn),
    }),
    ...(documentRetentionDays !== undefined && { documentRetention: Duration.days(documentRetentionDays) }),
    ...(eventRetentionDays !== undefined && { eventRetention: Duration.days(eventRetentionDays) }),
    ...(logRetentionDays !== undefined && { logRetention: logRetentionDays }),
    ...(configuration.api !== undefined && { api: apiOptions(configuration.api) }),
    ...(configuration.monitoring !== undefined && {
      monitoring: monitoringOptions(scope, configuration.monitoring),
    }),
    ...(configuration.removalPolicy === 'destroy' && { removalPolicy: RemovalPolicy.DESTROY }),
  };
}

function apiOptions(api: z.output<typeof apiSchema>): TaskApiOptions {
  const { jwtAuthorizer, throttling, corsOrigins, cancelAtVendor } = api;
  return {
    ...(jwtAuthorizer !== undefined && { jwtAuthorizer }),
    ...(throttling !== undefined && { throttling }),
    ...(corsOrigins !== undefined && { corsOrigins }),
    ...(cancelAtVendor !== undefined && { cancelAtVendor }),
  };
}

function monitoringOptions(
  scope: Construct,
  monitoring: z.output<typeof monitoringSchema>,
): MonitoringOptions {
  const { enabled, alarmTopicArn, timeToResultMinutes, runbookUrl } = monitoring;
  return {
    ...(enabled !== undefined && { enabled }),
    ...(alarmTopicArn !== undefined && {
      alarmTopic: Topic.fromTopicArn(scope, 'AlarmTopic', alarmTopicArn),
    }),
    ...(timeToResultMinutes !== undefined && { timeToResult: Duration.minutes(timeToResultMinutes) }),
    ...(runbookUrl !== undefined && { runbookUrl }),
  };
}

/** The command line hands every context value over as text. */
function parseContext(context: unknown): unknown {
  if (typeof context !== 'string') return context ?? {};
  try {
    return JSON.parse(context);
  } catch {
    throw new InvalidInput('ocr-courier', `${context.length} characters that are not JSON`, 'a JSON object');
  }
}

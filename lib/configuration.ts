import { Duration, RemovalPolicy, Size } from 'aws-cdk-lib';
import { EventBus } from 'aws-cdk-lib/aws-events';
import { Key } from 'aws-cdk-lib/aws-kms';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Topic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import * as z from 'zod/mini';
import { closedObject, textMatching, wholeNumberFromTo } from '../functions/contracts/schema-helpers.ts';
import { pollingSchema } from '../functions/contracts/task-input.ts';
import { InvalidInput, parseInput } from '../functions/core/invalid-input.ts';
import { POLL_RESERVE_SECONDS } from '../functions/core/task-times.ts';
import { withoutUndefined } from '../functions/core/without-undefined.ts';
import { MAX_FETCH_TIMEOUT_SECONDS } from './fetch-timeout.ts';
import type { MonitoringOptions } from './monitoring.ts';
import type { OcrCourierProps } from './ocr-courier.ts';
import { MAX_RESPONSE_MEBIBYTES } from './response-size.ts';

const LOG_RETENTION_DAYS = Object.values(RetentionDays).filter((days) => typeof days === 'number');
const MAX_RETENTION_DAYS = 36_500;

const AUDIENCES = 'a list of one or more audiences';
const SOURCES = 'a list of one or more event sources';
const ORIGIN = textMatching(/^(\*|https?:\/\/[^\s/]+)$/, 'an origin such as https://example.com, or *');
const FLAG = z.boolean('true or false');

const text = (allowed: string) => z.string(allowed).check(z.minLength(1, allowed));
const list = <T>(item: z.ZodMiniType<T>, allowed: string) =>
  z.array(item, allowed).check(z.minLength(1, allowed));

const apiSchema = closedObject({
  jwtAuthorizer: z.optional(
    closedObject({
      issuer: textMatching(/^https:\/\/[^\s/]+/, 'the https URL of an issuer of tokens'),
      audience: list(text(AUDIENCES), AUDIENCES),
    }),
  ),
  throttling: z.optional(
    closedObject({
      requestsPerSecond: wholeNumberFromTo(1, 10_000),
      burst: wholeNumberFromTo(1, 5000),
    }),
  ),
  corsOrigins: z.optional(list(ORIGIN, 'a list of one or more origins')),
  cancelAtVendor: z.optional(FLAG),
});

const monitoringSchema = closedObject({
  enabled: z.optional(FLAG),
  alarmTopicArn: z.optional(textMatching(/^arn:[\w-]+:sns:[\w-]+:\d{12}:[\w-]+$/, 'the ARN of an SNS topic')),
  timeToResultMinutes: z.optional(wholeNumberFromTo(1, 1440)),
  runbookUrl: z.optional(textMatching(/^https:\/\/\S+$/, 'an https URL')),
});

/** The context value `ocr-courier`: everything that can be configured without code. */
const configurationSchema = closedObject({
  asposeBaseUrl: z.optional(z.string('an https URL')),
  credentialsSecretName: z.optional(text('the name of a secret')),
  polling: z.optional(pollingSchema),
  fetchTimeoutSeconds: z.optional(wholeNumberFromTo(POLL_RESERVE_SECONDS, MAX_FETCH_TIMEOUT_SECONDS)),
  reservedConcurrency: z.optional(wholeNumberFromTo(1, 100_000)),
  maxAnswerMebibytes: z.optional(wholeNumberFromTo(1, MAX_RESPONSE_MEBIBYTES)),
  submissionBusName: z.optional(text('the name of an event bus')),
  submissionSources: z.optional(list(text(SOURCES), SOURCES)),
  encryptionKeyArn: z.optional(
    textMatching(
      /^arn:[\w-]+:kms:[\w-]+:\d{12}:key\/(mrk-[0-9a-f]{32}|[0-9a-f-]{36})$/,
      'the ARN of a KMS key',
    ),
  ),
  documentRetentionDays: z.optional(wholeNumberFromTo(1, MAX_RETENTION_DAYS)),
  eventRetentionDays: z.optional(wholeNumberFromTo(1, MAX_RETENTION_DAYS)),
  logRetentionDays: z.optional(z.literal(LOG_RETENTION_DAYS, `one of ${LOG_RETENTION_DAYS.join(', ')}`)),
  api: z.optional(apiSchema),
  monitoring: z.optional(monitoringSchema),
  removalPolicy: z.optional(z.enum(['retain', 'destroy'], 'retain or destroy')),
});

/**
 * Converts the configuration into props of `OcrCourier`.
 *
 * @param scope parent of the imported secret, bus, key and topic
 * @param context an object (cdk.json) or JSON (`-c ocr-courier='{...}'`)
 * @throws InvalidInput naming the field
 */
export function courierProps(scope: Construct, context: unknown): OcrCourierProps {
  const {
    asposeBaseUrl,
    polling,
    reservedConcurrency,
    submissionSources,
    api,
    monitoring,
    ...configuration
  } = parseInput(configurationSchema, parseContext(context));
  return withoutUndefined({
    asposeBaseUrl,
    polling,
    reservedConcurrency,
    submissionSources,
    credentialsSecret: convert(configuration.credentialsSecretName, (name) =>
      Secret.fromSecretNameV2(scope, 'AsposeCredentials', name),
    ),
    fetchTimeout: convert(configuration.fetchTimeoutSeconds, Duration.seconds),
    maxAnswerSize: convert(configuration.maxAnswerMebibytes, Size.mebibytes),
    submissionBus: convert(configuration.submissionBusName, (name) =>
      EventBus.fromEventBusName(scope, 'SubmissionBus', name),
    ),
    encryptionKey: convert(configuration.encryptionKeyArn, (arn) =>
      Key.fromKeyArn(scope, 'EncryptionKey', arn),
    ),
    documentRetention: convert(configuration.documentRetentionDays, Duration.days),
    eventRetention: convert(configuration.eventRetentionDays, Duration.days),
    logRetention: configuration.logRetentionDays,
    api: convert(api, withoutUndefined),
    monitoring: convert(monitoring, (options) => monitoringOptions(scope, options)),
    removalPolicy: configuration.removalPolicy === 'destroy' ? RemovalPolicy.DESTROY : undefined,
  });
}

function monitoringOptions(
  scope: Construct,
  { enabled, alarmTopicArn, timeToResultMinutes, runbookUrl }: z.output<typeof monitoringSchema>,
): MonitoringOptions {
  return withoutUndefined({
    enabled,
    alarmTopic: convert(alarmTopicArn, (arn) => Topic.fromTopicArn(scope, 'AlarmTopic', arn)),
    timeToResult: convert(timeToResultMinutes, Duration.minutes),
    runbookUrl,
  });
}

function convert<T, R>(value: T | undefined, create: (value: T) => R): R | undefined {
  return value === undefined ? undefined : create(value);
}

/** The CDK passes a context value of the command line as text. */
function parseContext(context: unknown): unknown {
  if (typeof context !== 'string') return context ?? {};
  try {
    return JSON.parse(context);
  } catch {
    throw new InvalidInput('ocr-courier', `${context.length} characters that are not JSON`, 'a JSON object');
  }
}

import { ArnFormat, Duration, RemovalPolicy, Size, Stack } from 'aws-cdk-lib';
import { EventBus } from 'aws-cdk-lib/aws-events';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Topic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import * as z from 'zod/mini';
import { closedObject, textMatching } from '../functions/contracts/schema-helpers.ts';
import { InvalidInput, parseInput } from '../functions/core/invalid-input.ts';
import { withoutUndefined } from '../functions/core/without-undefined.ts';
import type { AnalysisOptions } from './analysis/analysis.ts';
import type { MonitoringOptions } from './monitoring.ts';
import type { OcrCourierProps } from './ocr-courier.ts';
import { checkFetchTimeout, MONITORING_SETTINGS, SETTINGS } from './settings.ts';

const KEY_ARN = textMatching(
  /^arn:[\w-]+:kms:[\w-]+:\d{12}:key\/(mrk-[0-9a-f]{32}|[0-9a-f-]{36})$/,
  'the ARN of a KMS key',
);

const monitoringSchema = closedObject({
  ...MONITORING_SETTINGS,
  alarmTopicArn: z.optional(textMatching(/^arn:[\w-]+:sns:[\w-]+:\d{12}:[\w-]+$/, 'the ARN of an SNS topic')),
});

const BUCKET_NAMES = 'a list of different names of buckets';

/** The context value `ocr-courier`: everything that can be configured without code. */
const configurationSchema = closedObject({
  asposeBaseUrl: z.optional(z.string('an https URL')),
  credentialsSecretName: z.optional(textMatching(/^[\w/+=.@-]{1,512}$/, 'the name of a secret')),
  credentialsSecretKeyArn: z.optional(KEY_ARN),
  encryptionKeyArn: z.optional(KEY_ARN),
  sourceBucketNames: z.optional(
    z
      .array(textMatching(/^[a-z0-9.-]{3,63}$/, 'the name of a bucket'), BUCKET_NAMES)
      .check(z.refine((names) => new Set(names).size === names.length, BUCKET_NAMES)),
  ),
  submissionBusName: z.optional(textMatching(/^[\w/.-]{1,256}$/, 'the name of an event bus')),
  ...SETTINGS,
  monitoring: z.optional(monitoringSchema),
  removalPolicy: z.optional(z.enum(['retain', 'destroy'], 'retain or destroy')),
}).check(checkFetchTimeout);

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
    reservedChunkConcurrency,
    maxUploads,
    submissionSources,
    api,
    analysis,
    monitoring,
    ...configuration
  } = parseInput(configurationSchema, parseContext(context), 'context');
  return withoutUndefined({
    asposeBaseUrl,
    polling,
    reservedConcurrency,
    reservedChunkConcurrency,
    maxUploads,
    submissionSources,
    sources: configuration.sourceBucketNames?.map((name) =>
      Bucket.fromBucketName(scope, `Source-${name}`, name),
    ),
    credentialsSecret: credentialsSecret(scope, configuration),
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
    analysis: typeof analysis === 'object' ? analysisOptions(analysis) : analysis,
    monitoring: convert(monitoring, (options) => monitoringOptions(scope, options)),
    removalPolicy: configuration.removalPolicy === 'destroy' ? RemovalPolicy.DESTROY : undefined,
  });
}

function credentialsSecret(
  scope: Construct,
  {
    credentialsSecretName: name,
    credentialsSecretKeyArn: keyArn,
  }: Pick<z.output<typeof configurationSchema>, 'credentialsSecretName' | 'credentialsSecretKeyArn'>,
): ISecret | undefined {
  if (name === undefined) {
    if (keyArn === undefined) return undefined;
    throw new InvalidInput('credentialsSecretKeyArn', 'a key', 'the key of credentialsSecretName, or none');
  }
  if (keyArn === undefined) return Secret.fromSecretNameV2(scope, 'AsposeCredentials', name);
  return Secret.fromSecretAttributes(scope, 'AsposeCredentials', {
    secretPartialArn: Stack.of(scope).formatArn({
      ...{ service: 'secretsmanager', resource: 'secret', resourceName: name },
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    }),
    encryptionKey: Key.fromKeyArn(scope, 'AsposeCredentialsKey', keyArn),
  });
}

function analysisOptions({
  retentionDays,
  queryRetentionDays,
  scanLimitGibibytes,
}: Extract<z.output<typeof configurationSchema>['analysis'], object>): AnalysisOptions {
  return withoutUndefined({
    retention: convert(retentionDays, Duration.days),
    queryRetention: convert(queryRetentionDays, Duration.days),
    scanLimit: convert(scanLimitGibibytes, Size.gibibytes),
  });
}

function monitoringOptions(
  scope: Construct,
  {
    enabled,
    alarmTopicArn,
    timeToResultMinutes,
    batchFailurePercentage,
    runbookUrl,
  }: z.output<typeof monitoringSchema>,
): MonitoringOptions {
  return withoutUndefined({
    enabled,
    alarmTopic: convert(alarmTopicArn, (arn) => Topic.fromTopicArn(scope, 'AlarmTopic', arn)),
    timeToResult: convert(timeToResultMinutes, Duration.minutes),
    batchFailurePercentage,
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
    throw new InvalidInput(
      'context',
      `text that is not JSON (length ${context.length})`,
      'a JSON object, on one line',
    );
  }
}

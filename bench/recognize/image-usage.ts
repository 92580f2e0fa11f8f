import { EVENTS_PER_TRANSITION, LOG_BYTES, OTHER_EVENTS, SHARE_TRACED, USD_PER } from '../costs/task-cost.ts';
import { mean } from '../statistics.ts';

/** What one image in the inbox uses on AWS, until its terminal event. */
export interface ImageUsage {
  /** States entered. */
  readonly stateTransitions: number;
  readonly invocations: number;
  /** Billed seconds of each function, times its memory. */
  readonly gigabyteSeconds: number;
  readonly dynamodbReadUnits: number;
  /** Write units of the table and its index. */
  readonly dynamodbWriteUnits: number;
  /** PUT requests, also of tags, without the upload to the inbox. */
  readonly s3Puts: number;
  /** All other requests. */
  readonly s3Gets: number;
  readonly polls: number;
}

/** EventBridge sends the message of an image; Lambda receives and deletes it. */
const SQS_REQUESTS = 3;
/**
 * The terminal event, and those of the bucket: Object Created for image, document and manifest, and
 * the tags. EventBridge bills every event of a bucket, whether a rule matches it or not.
 */
const EVENTS = 5;
/** Lines "Started" and "Uploaded", and the metrics of the latter. Not measured. */
const START_AND_UPLOAD_LOG_BYTES = 1400;

/** Computes the cost of an image by AWS service, in US dollars, without Aspose's charges. */
export function costOfImage(usage: ImageUsage) {
  const { stateTransitions, invocations, gigabyteSeconds, s3Puts, s3Gets, polls } = usage;
  const logBytes =
    (stateTransitions * EVENTS_PER_TRANSITION + OTHER_EVENTS) * LOG_BYTES.historyEvent +
    invocations * LOG_BYTES.invocation +
    polls * LOG_BYTES.poll +
    START_AND_UPLOAD_LOG_BYTES +
    LOG_BYTES.end;
  return {
    stepFunctions: stateTransitions * USD_PER.stateTransition,
    lambda: invocations * USD_PER.lambdaRequest + gigabyteSeconds * USD_PER.lambdaGigabyteSecond,
    dynamodb:
      usage.dynamodbReadUnits * USD_PER.dynamodbReadUnit +
      usage.dynamodbWriteUnits * USD_PER.dynamodbWriteUnit,
    s3: s3Puts * USD_PER.s3Put + s3Gets * USD_PER.s3Get,
    sqs: SQS_REQUESTS * USD_PER.sqsRequest,
    eventbridge: EVENTS * USD_PER.eventPublished,
    logs: (logBytes / 1e9) * USD_PER.logGigabyte,
    xray: SHARE_TRACED * USD_PER.traceRecorded,
  };
}

/**
 * Computes the maximum cost of the credentials and of the table's key, as for a task. The function
 * that starts executions reads no credentials.
 */
export function maxKeyCostOfImage({ invocations }: ImageUsage) {
  return { secretsManager: (invocations - 1) * USD_PER.secretRead, kms: invocations * USD_PER.kmsRequest };
}

/** Computes the cost of an image on AWS, in US dollars. */
export function usdOfImage(usage: ImageUsage): number {
  return Object.values(costOfImage(usage)).reduce((sum, usd) => sum + usd, 0);
}

/** Computes the mean of each figure. */
export function meanImageUsage(usages: readonly ImageUsage[]): ImageUsage {
  const meanOf = (figure: keyof ImageUsage) => mean(usages.map((usage) => usage[figure]));
  return {
    stateTransitions: meanOf('stateTransitions'),
    invocations: meanOf('invocations'),
    gigabyteSeconds: meanOf('gigabyteSeconds'),
    dynamodbReadUnits: meanOf('dynamodbReadUnits'),
    dynamodbWriteUnits: meanOf('dynamodbWriteUnits'),
    s3Puts: meanOf('s3Puts'),
    s3Gets: meanOf('s3Gets'),
    polls: meanOf('polls'),
  };
}

import { FETCH_RESULT_MEMORY } from '../../lib/fetch-result-function.ts';
import { LOOP_USD_PER_MILLION } from '../../lib/operations-dashboard.ts';
import { mean } from '../statistics.ts';

/** What one task uses on AWS. */
export interface TaskUsage {
  /**
   * States entered, including retries. AWS's pricing examples also count Start and End: two more
   * per task.
   */
  readonly stateTransitions: number;
  readonly invocations: number;
  /** Billed seconds of `fetch-result`: its work, its sleep while it holds, and its cold starts. */
  readonly lambdaSeconds: number;
  readonly recordReads: number;
  readonly recordWrites: number;
  /** Documents and manifest. */
  readonly objectsPut: number;
  readonly polls: number;
}

/** List prices of 2026-11 for us-east-1, in US dollars, from the pricing page of each service. */
export const USD_PER = {
  stateTransition: LOOP_USD_PER_MILLION.stateTransitions / 1_000_000,
  lambdaRequest: LOOP_USD_PER_MILLION.lambdaRequests / 1_000_000,
  lambdaGigabyteSecond: LOOP_USD_PER_MILLION.lambdaGigabyteSeconds / 1_000_000,
  /** DynamoDB on demand: writes up to 1 KB, consistent reads up to 4 KB. */
  dynamodbWriteUnit: 0.625 / 1_000_000,
  dynamodbReadUnit: 0.125 / 1_000_000,
  /** First tier. */
  httpApiRequest: 1 / 1_000_000,
  /** S3 Standard. */
  s3Put: 0.005 / 1000,
  s3Get: 0.0004 / 1000,
  sqsRequest: 0.4 / 1_000_000,
  /** EventBridge custom events and events of S3, for each 64 KB or part of it. */
  eventPublished: 1 / 1_000_000,
  /** CloudWatch Logs ingestion, first tier. Logs of Step Functions and Lambda cost the same. */
  logGigabyte: 0.5,
  /** X-Ray traces recorded. */
  traceRecorded: 5 / 1_000_000,
  secretRead: 0.05 / 10_000,
  kmsRequest: 0.03 / 10_000,
} as const;

const FETCH_RESULT_GIGABYTES = FETCH_RESULT_MEMORY.toMebibytes() / 1024;

/** A consistent read of a record of up to 4 KB. */
const UNITS_PER_READ = 1;
/**
 * One unit for the table, because a record has 550 bytes and some 300 more per document. One for
 * the index, which contains the number of polls. A lease renewal skips the index, but counts 2 too.
 */
const UNITS_PER_WRITE = 2;
/** The last write changes the status, the index's key, so it deletes one entry and puts another. */
const EXTRA_UNITS_OF_LAST_WRITE = 1;

/**
 * CloudWatch adds 26 bytes to each message. `poll` and `end` were measured on the embedded stack.
 * The others follow AWS's documented formats and may be wrong by a third.
 */
export const LOG_BYTES = {
  /** Step Functions logs every history event, without its data. */
  historyEvent: 400,
  /** START, END and REPORT. */
  invocation: 400,
  poll: 560,
  /** "Task ended" and two lines of metrics. */
  end: 1200,
  /** "Responded" (measured), START, END and REPORT, and the line of the access log. */
  apiRequest: 1100,
} as const;
export const EVENTS_PER_TRANSITION = 3;
export const OTHER_EVENTS = 5;

/** X-Ray's default rule records the first request of each second and 5 % of the others. */
export const SHARE_TRACED = 1;

/** Computes the write units of a task's records, with those of the index. */
export function writeUnitsOf(recordWrites: number): number {
  return recordWrites * UNITS_PER_WRITE + EXTRA_UNITS_OF_LAST_WRITE;
}

/** Computes the cost of a task by AWS service, in US dollars. Aspose's charges are not included. */
export function costOf(usage: TaskUsage) {
  const { stateTransitions, invocations, lambdaSeconds, recordReads, recordWrites, objectsPut, polls } =
    usage;
  const historyEvents = stateTransitions * EVENTS_PER_TRANSITION + OTHER_EVENTS;
  const logBytes =
    historyEvents * LOG_BYTES.historyEvent +
    invocations * LOG_BYTES.invocation +
    polls * LOG_BYTES.poll +
    LOG_BYTES.end;
  return {
    stepFunctions: stateTransitions * USD_PER.stateTransition,
    lambda:
      invocations * USD_PER.lambdaRequest +
      lambdaSeconds * FETCH_RESULT_GIGABYTES * USD_PER.lambdaGigabyteSecond,
    dynamodb:
      recordReads * UNITS_PER_READ * USD_PER.dynamodbReadUnit +
      writeUnitsOf(recordWrites) * USD_PER.dynamodbWriteUnit,
    s3: objectsPut * USD_PER.s3Put,
    // The bucket's events are billed, whether a rule matches them or not.
    eventbridge: (1 + objectsPut) * USD_PER.eventPublished,
    logs: (logBytes / 1e9) * USD_PER.logGigabyte,
    xray: SHARE_TRACED * USD_PER.traceRecorded,
  };
}

/**
 * Computes the maximum cost of the credentials and of the table's key, in US dollars. An invocation
 * reads each at most once, and none in a warm environment that still has its token, so `costOf`
 * leaves them out.
 */
export function maxKeyCostOf({ invocations }: TaskUsage) {
  return { secretsManager: invocations * USD_PER.secretRead, kms: invocations * USD_PER.kmsRequest };
}

/** Computes the mean of each figure. */
export function meanUsage(usages: readonly TaskUsage[]): TaskUsage {
  const meanOf = (figure: keyof TaskUsage) => mean(usages.map((usage) => usage[figure]));
  return {
    stateTransitions: meanOf('stateTransitions'),
    invocations: meanOf('invocations'),
    lambdaSeconds: meanOf('lambdaSeconds'),
    recordReads: meanOf('recordReads'),
    recordWrites: meanOf('recordWrites'),
    objectsPut: meanOf('objectsPut'),
    polls: meanOf('polls'),
  };
}

/** Computes the cost of a task on AWS, in US dollars. */
export function usdOf(usage: TaskUsage): number {
  return Object.values(costOf(usage)).reduce((sum, usd) => sum + usd, 0);
}

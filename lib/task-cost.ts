import { USD_PER } from './aws-prices.ts';

/** What one task uses of AWS; counts, but for the seconds. */
export interface TaskUsage {
  /**
   * States entered, retries included. AWS charges "each time a step of your workflow is executed";
   * its pricing examples count the marks Start and End, too, which would make two more a task.
   */
  readonly stateTransitions: number;
  readonly invocations: number;
  /**
   * Of the fetch Lambda, billed: with its work, what it sleeps while it holds, and (since August
   * 2025) its cold starts.
   */
  readonly lambdaSeconds: number;
  readonly recordReads: number;
  readonly recordWrites: number;
  /** Objects put: documents and manifest. */
  readonly objectsPut: number;
  readonly polls: number;
}

/** Memory of the fetch Lambda. */
export const FETCH_RESULT_GIGABYTES = 0.25;

/** Consistent, of a record of less than 4 KB. */
const READ_UNITS_PER_READ = 1;
/**
 * One for the table: a record has about 550 bytes, and 900 when it lists one document; each further
 * document adds some 300. One for the index, which holds the count of polls. Renewing a lease does
 * not reach the index: counted all the same.
 */
export const WRITE_UNITS_PER_WRITE = 2;
/**
 * The end changes the status, which is the index's key: the old entry is deleted, another one put.
 */
export const WRITE_UNITS_OF_THE_END = 1;

/**
 * CloudWatch counts 26 bytes beside each message. Sizes of our own lines are those of real ones, on
 * the embedded stack; AWS's are put together from its documented forms, with an ARN of ours: a
 * third more or less is possible.
 */
export const LOG_BYTES = {
  /**
   * Step Functions writes each history event, without the data: three for a state on average, five
   * more for a task.
   */
  historyEvent: 400,
  /** START, END and REPORT. */
  invocation: 400,
  poll: 560,
  /** "Task ended", and two lines of metrics. */
  end: 1200,
} as const;
const EVENTS_PER_TRANSITION = 3;
const EVENTS_BESIDE = 5;

/**
 * X-Ray's default rule records the first request of each second and 5 % of the others: below one
 * task a second all of them. At twelve a second it is 13 %, and this makes 3 % of what a task costs
 * too many.
 */
const SHARE_TRACED = 1;

/** What a task costs, by service, in US dollars. */
export type TaskCost = Readonly<
  Record<'stepFunctions' | 'lambda' | 'dynamodb' | 's3' | 'eventbridge' | 'logs' | 'xray', number>
>;

/**
 * What a task costs on AWS, by service, in US dollars; what Aspose bills for its polls is not in
 * it.
 */
export function costOf(usage: TaskUsage): TaskCost {
  const { stateTransitions, invocations, lambdaSeconds, recordReads, recordWrites, objectsPut, polls } =
    usage;
  const historyEvents = stateTransitions * EVENTS_PER_TRANSITION + EVENTS_BESIDE;
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
      recordReads * READ_UNITS_PER_READ * USD_PER.dynamodbReadUnit +
      (recordWrites * WRITE_UNITS_PER_WRITE + WRITE_UNITS_OF_THE_END) * USD_PER.dynamodbWriteUnit,
    s3: objectsPut * USD_PER.s3Put,
    eventbridge: USD_PER.eventPublished,
    logs: (logBytes / 1e9) * USD_PER.logGigabyte,
    xray: SHARE_TRACED * USD_PER.traceRecorded,
  };
}

/** All of `costOf` together. */
export function usdOf(usage: TaskUsage): number {
  return Object.values(costOf(usage)).reduce((sum, usd) => sum + usd, 0);
}

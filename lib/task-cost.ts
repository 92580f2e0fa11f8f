import { USD_PER } from './aws-prices.ts';

/** What one task uses of AWS; counts, but for the seconds. */
export interface TaskUsage {
  /** States entered, retries included. */
  readonly stateTransitions: number;
  readonly invocations: number;
  /** Of the fetch Lambda, billed: with its work and with what it sleeps while it holds. */
  readonly lambdaSeconds: number;
  readonly recordReads: number;
  readonly recordWrites: number;
  /** Objects put: documents and manifest. */
  readonly objectsPut: number;
  readonly polls: number;
}

/** Memory of the fetch Lambda. */
export const FETCH_RESULT_GIGABYTES = 0.25;

/** A record has 1 to 2 KB, and the index takes a unit for each write that it is told of. */
const WRITE_UNITS_PER_RECORD = 3;
/** Consistent. */
const READ_UNITS_PER_RECORD = 1;
/** Written by Step Functions for each state: entered, exited, scheduled and so on. */
const LOG_BYTES_PER_TRANSITION = 2500;
const LOG_BYTES_PER_INVOCATION = 1500;
const LOG_BYTES_PER_POLL = 400;
/** X-Ray's default rule: one request a second, and this share of the others. */
const SHARE_TRACED = 0.05;

/** What a task costs on AWS, in US dollars; what Aspose bills for its polls is not in it. */
export function usdOf(usage: TaskUsage): number {
  const { stateTransitions, invocations, lambdaSeconds, recordReads, recordWrites, objectsPut, polls } =
    usage;
  const logBytes =
    stateTransitions * LOG_BYTES_PER_TRANSITION +
    invocations * LOG_BYTES_PER_INVOCATION +
    polls * LOG_BYTES_PER_POLL;
  return (
    stateTransitions * USD_PER.stateTransition +
    invocations * USD_PER.lambdaRequest +
    lambdaSeconds * FETCH_RESULT_GIGABYTES * USD_PER.lambdaGigabyteSecond +
    recordReads * READ_UNITS_PER_RECORD * USD_PER.dynamodbReadUnit +
    recordWrites * WRITE_UNITS_PER_RECORD * USD_PER.dynamodbWriteUnit +
    objectsPut * USD_PER.s3Put +
    USD_PER.eventPublished +
    (logBytes / 1e9) * USD_PER.logGigabyte +
    SHARE_TRACED * USD_PER.traceRecorded
  );
}

import { LOOP_USD_PER_MILLION } from '../../lib/operations-dashboard.ts';

/** Date of the list prices: us-east-1, in US dollars, from the pricing page of each service. */
export const PRICES_AS_OF = '2026-11';

export const USD_PER = {
  stateTransition: LOOP_USD_PER_MILLION.stateTransitions / 1_000_000,
  lambdaRequest: LOOP_USD_PER_MILLION.lambdaRequests / 1_000_000,
  lambdaGigabyteSecond: LOOP_USD_PER_MILLION.lambdaGigabyteSeconds / 1_000_000,
  /** DynamoDB on demand: writes up to 1 KB, consistent reads up to 4 KB. */
  dynamodbWriteUnit: 0.625 / 1_000_000,
  dynamodbReadUnit: 0.125 / 1_000_000,
  /** S3 Standard. */
  s3Put: 0.005 / 1000,
  /** EventBridge custom events, for each 64 KB or part of it. */
  eventPublished: 1 / 1_000_000,
  /** CloudWatch Logs ingestion, first tier. Logs of Step Functions and Lambda cost the same. */
  logGigabyte: 0.5,
  /** X-Ray traces recorded. */
  traceRecorded: 5 / 1_000_000,
} as const;

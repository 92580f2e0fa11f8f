import { USD_PER as DASHBOARD_USD_PER } from '../../lib/aws-prices.ts';

/** List prices as in `lib/aws-prices.ts`, from the pricing page of each service. */
export const USD_PER = {
  ...DASHBOARD_USD_PER,
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

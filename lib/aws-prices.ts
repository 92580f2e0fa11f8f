/**
 * AWS list prices in US dollars, us-east-1, without free tiers, as published in November 2026.
 *
 * Source: the pricing pages of each service. What the estimate and the benchmark say of costs follows from these alone.
 */
export const PRICES_AS_OF = '2026-11';

export const USD_PER = {
  /** Step Functions Standard. "A state transition is counted each time a step of your workflow is executed." */
  stateTransition: 0.025 / 1000,
  /** Lambda on arm64. */
  lambdaGigabyteSecond: 0.000_013_333_4,
  lambdaRequest: 0.2 / 1_000_000,
  /** DynamoDB on demand: one item of up to 1 KB; of up to 4 KB when read. */
  dynamodbWriteUnit: 0.625 / 1_000_000,
  dynamodbReadUnit: 0.125 / 1_000_000,
  /** S3 Standard. */
  s3Put: 0.005 / 1000,
  /** EventBridge, custom events of up to 64 KB. */
  eventPublished: 1 / 1_000_000,
  /** CloudWatch Logs, ingestion. */
  logGigabyte: 0.5,
  /** X-Ray. */
  traceRecorded: 5 / 1_000_000,
} as const;

/**
 * AWS list prices in US dollars, us-east-1, without free tiers and discounts. What the estimate and
 * the benchmarks say of costs follows from these alone. Source: the pricing page of each service.
 */
export const PRICES_AS_OF = '2026-11';

export const USD_PER = {
  /** Step Functions, Standard; retries of a state are charged, too. */
  stateTransition: 0.025 / 1000,
  /** Lambda on arm64, first tier. */
  lambdaGigabyteSecond: 0.000_013_333_4,
  lambdaRequest: 0.2 / 1_000_000,
  /**
   * DynamoDB on demand, since the prices were halved in November 2024: writes of up to 1 KB, reads
   * of up to 4 KB.
   */
  dynamodbWriteUnit: 0.625 / 1_000_000,
  dynamodbReadUnit: 0.125 / 1_000_000,
  /** S3 Standard. */
  s3Put: 0.005 / 1000,
  /** EventBridge, custom events, for each 64 KB begun. */
  eventPublished: 1 / 1_000_000,
  /**
   * CloudWatch Logs, ingestion, first tier; Step Functions' and Lambda's logs are charged alike.
   */
  logGigabyte: 0.5,
  /** X-Ray, traces recorded. */
  traceRecorded: 5 / 1_000_000,
} as const;

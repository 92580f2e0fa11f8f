import type { Rate } from './token-bucket.ts';

/** What AWS lets one account do in one region, by default: most can be raised on request. */
export interface Quotas {
  readonly startExecution: Rate;
  readonly stateTransition: Rate;
  /** Of all functions together; what reserved concurrency is taken from. */
  readonly lambdaConcurrency: number;
  /** New environments of one function. */
  readonly lambdaScaling: Rate;
  readonly putEventsPerSecond: number;
  /** Of a new on-demand table, and of a new index. */
  readonly dynamodbWritesPerSecond: number;
  /** Of one partition, which all tasks of one status share in the index for listing. */
  readonly dynamodbPartitionWritesPerSecond: number;
  /** Of one prefix. */
  readonly s3PutsPerSecond: number;
}

const UNLIMITED_RATE: Rate = { bucket: Number.POSITIVE_INFINITY, perSecond: Number.POSITIVE_INFINITY };

/**
 * us-east-1, us-west-2 and eu-west-1. Sources: the quota pages of Step Functions (StartExecution 1,300 and 300 a
 * second; StateTransition 5,000 and 5,000, which was 1,500 in the copy of 2021), Lambda (1,000 at once, and 1,000 new
 * environments every 10 s), EventBridge, DynamoDB and S3. New accounts begin with less of StateTransition and of Lambda.
 */
export const LARGE_REGION: Quotas = {
  startExecution: { bucket: 1300, perSecond: 300 },
  stateTransition: { bucket: 5000, perSecond: 5000 },
  lambdaConcurrency: 1000,
  lambdaScaling: { bucket: 1000, perSecond: 100 },
  putEventsPerSecond: 10_000,
  dynamodbWritesPerSecond: 4000,
  dynamodbPartitionWritesPerSecond: 1000,
  s3PutsPerSecond: 3500,
};

/** The other regions; PutEvents as in eu-central-1 and us-east-2, the smallest have 400. */
export const OTHER_REGION: Quotas = {
  ...LARGE_REGION,
  startExecution: { bucket: 800, perSecond: 150 },
  stateTransition: { bucket: 800, perSecond: 800 },
  putEventsPerSecond: 2400,
};

/** To see what tasks would use. */
export const NO_QUOTAS: Quotas = {
  startExecution: UNLIMITED_RATE,
  stateTransition: UNLIMITED_RATE,
  lambdaConcurrency: Number.POSITIVE_INFINITY,
  lambdaScaling: UNLIMITED_RATE,
  putEventsPerSecond: Number.POSITIVE_INFINITY,
  dynamodbWritesPerSecond: Number.POSITIVE_INFINITY,
  dynamodbPartitionWritesPerSecond: Number.POSITIVE_INFINITY,
  s3PutsPerSecond: Number.POSITIVE_INFINITY,
};

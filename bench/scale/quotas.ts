import { LISTING_SHARDS } from '../../functions/contracts/listing-index.ts';

/** A token bucket, with which AWS limits rates. It is full at first and refills evenly. */
export interface Rate {
  readonly bucket: number;
  readonly perSecond: number;
}

/** Default quotas of one account in one region. Most can be raised on request. */
export interface Quotas {
  /**
   * Starts of executions. AWS publishes no quota for the children of a Distributed Map; they are
   * assumed to have the same.
   */
  readonly startExecution: Rate;
  readonly stateTransition: Rate;
  /** Maximum concurrent invocations of all functions, including reserved concurrency. */
  readonly lambdaConcurrency: number;
  /** New execution environments of one function. */
  readonly lambdaScaling: Rate;
  /** Writes to the partitions of the index that all open tasks share. */
  readonly openIndexWritesPerSecond: number;
  /** Write units of one on-demand table, with its index. A new table begins with a tenth. */
  readonly tableWriteUnitsPerSecond: number;
  readonly putEventsPerSecond: number;
  /** Limit of one key prefix. S3 raises it on its own under load. */
  readonly s3PutsPerSecond: number;
}

/**
 * us-east-1, us-west-2 and eu-west-1, from the quota pages of the services. New accounts start with
 * less of StateTransition and of Lambda.
 */
export const LARGE_REGION: Quotas = {
  startExecution: { bucket: 1300, perSecond: 300 },
  stateTransition: { bucket: 5000, perSecond: 5000 },
  lambdaConcurrency: 1000,
  lambdaScaling: { bucket: 1000, perSecond: 100 },
  // DynamoDB allows 1,000 writes per second to one partition.
  openIndexWritesPerSecond: 1000 * LISTING_SHARDS,
  tableWriteUnitsPerSecond: 40_000,
  putEventsPerSecond: 10_000,
  s3PutsPerSecond: 3500,
};

export const OTHER_REGION: Quotas = {
  ...LARGE_REGION,
  startExecution: { bucket: 800, perSecond: 150 },
  stateTransition: { bucket: 800, perSecond: 800 },
  // The smallest regions have this; Frankfurt and Ohio have 2,400.
  putEventsPerSecond: 600,
};

/** The rate is finite because infinity times zero seconds is not a number. */
const UNLIMITED: Rate = { bucket: Number.POSITIVE_INFINITY, perSecond: Number.MAX_VALUE };

/** Lets a simulation show what tasks use when nothing limits them. */
export const NO_QUOTAS: Quotas = {
  startExecution: UNLIMITED,
  stateTransition: UNLIMITED,
  lambdaConcurrency: Number.POSITIVE_INFINITY,
  lambdaScaling: UNLIMITED,
  openIndexWritesPerSecond: Number.POSITIVE_INFINITY,
  tableWriteUnitsPerSecond: Number.POSITIVE_INFINITY,
  putEventsPerSecond: Number.POSITIVE_INFINITY,
  s3PutsPerSecond: Number.POSITIVE_INFINITY,
};

/** What one task uses of each quota. */
export interface QuotaUse {
  readonly executionStarts: number;
  readonly stateTransitions: number;
  readonly lambdaSeconds: number;
  /** Writes to the index partitions of all open tasks. */
  readonly partitionWrites: number;
  readonly writeUnits: number;
  readonly putEvents: number;
  readonly s3Puts: number;
}

/** Computes the sustained rate of tasks that each quota allows. */
export function tasksPerSecond(perTask: QuotaUse, quotas: Quotas): Map<string, number> {
  return new Map([
    ['starts of executions', quotas.startExecution.perSecond / perTask.executionStarts],
    ['state transitions', quotas.stateTransition.perSecond / perTask.stateTransitions],
    ['Lambda concurrency', quotas.lambdaConcurrency / perTask.lambdaSeconds],
    ['index partitions', quotas.openIndexWritesPerSecond / perTask.partitionWrites],
    ['write units of the table', quotas.tableWriteUnitsPerSecond / perTask.writeUnits],
    ['PutEvents', quotas.putEventsPerSecond / perTask.putEvents],
    ['S3 PUTs below one prefix', quotas.s3PutsPerSecond / perTask.s3Puts],
  ]);
}

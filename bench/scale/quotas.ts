import { LISTING_SHARDS } from '../../functions/contracts/listing-index.ts';
import type { Simulation } from './simulate.ts';

/** A token bucket, with which AWS limits rates. It is full at first and refills evenly. */
export interface Rate {
  readonly bucket: number;
  readonly perSecond: number;
}

/**
 * Default quotas of one account in one region. Most can be raised on request. The quotas of
 * PutEvents, of table writes and of S3 are left out because they are never the limiting ones.
 */
export interface Quotas {
  readonly startExecution: Rate;
  readonly stateTransition: Rate;
  /** Maximum concurrent invocations of all functions, including reserved concurrency. */
  readonly lambdaConcurrency: number;
  /** New execution environments of one function. */
  readonly lambdaScaling: Rate;
  /** Writes to the partitions of the index that all open tasks share. */
  readonly openIndexWritesPerSecond: number;
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
};

export const OTHER_REGION: Quotas = {
  ...LARGE_REGION,
  startExecution: { bucket: 800, perSecond: 150 },
  stateTransition: { bucket: 800, perSecond: 800 },
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
};

/** Computes the sustained rate of tasks that each quota allows. */
export function tasksPerSecond({ perTask }: Simulation, quotas: Quotas): Map<string, number> {
  return new Map([
    ['StartExecution', quotas.startExecution.perSecond],
    ['state transitions', quotas.stateTransition.perSecond / perTask.stateTransitions],
    ['Lambda concurrency', quotas.lambdaConcurrency / perTask.lambdaSeconds],
    ['index partitions', quotas.openIndexWritesPerSecond / perTask.partitionWrites],
  ]);
}

import * as z from 'zod';

/** Outcome of one load. Times are in seconds. */
export const simulationSchema = z.strictObject({
  tasks: z.int(),
  /** Tasks that ended as Failed, because Lambda or Aspose rejected them for too long. */
  lost: z.int(),
  /** From the first arrival until 99 % of the tasks have ended. */
  untilNearlyAll: z.number(),
  /** From the arrival until StartExecution accepts the task. */
  meanStartDelay: z.number(),
  /** From Aspose's completion of a task to its event. */
  meanDelay: z.number(),
  p99Delay: z.number(),
  peakConcurrency: z.int(),
  throttledInvocations: z.int(),
  perTask: z.strictObject({
    polls: z.number(),
    stateTransitions: z.number(),
    lambdaSeconds: z.number(),
    tableWrites: z.number(),
    /** Writes to the partition of the index that holds all tasks that are collected. */
    partitionWrites: z.number(),
    usd: z.number(),
  }),
  /** In the busiest second. */
  peakPerSecond: z.strictObject({
    stateTransitions: z.int(),
    putEvents: z.int(),
    tableWrites: z.int(),
    partitionWrites: z.int(),
    s3Puts: z.int(),
    polls: z.int(),
  }),
  /** Seconds with more writes to the index partition than DynamoDB allows. */
  secondsOverPartitionQuota: z.int(),
});
export type Simulation = z.output<typeof simulationSchema>;

/** One simulation with its parameters. */
const runSchema = z.strictObject({
  region: z.enum(['large', 'other']),
  holdSeconds: z.number(),
  reservedConcurrency: z.int(),
  /** Null when Aspose accepts any number. */
  vendorPollsPerSecond: z.nullable(z.number()),
  simulation: simulationSchema,
});
export type Run = z.output<typeof runSchema>;

export const scaleResultsSchema = z.strictObject({
  preset: z.string(),
  defaultHoldSeconds: z.number(),
  /** Few tasks without quotas, by hold: what one task uses. */
  alone: z.array(runSchema),
  /** The busiest hour of a day with a million tasks, by hold. */
  busiestHour: z.array(runSchema),
  /** 100,000 tasks at once, by hold, with the whole concurrency of the account. */
  burst: z.array(runSchema),
  /** The burst with a part of the concurrency. */
  reserved: z.array(runSchema),
  /** The burst in a region with smaller quotas. */
  elsewhere: z.array(runSchema),
  /** The burst with an Aspose that limits polls per second. */
  vendor: z.array(runSchema),
});
export type ScaleResults = z.output<typeof scaleResultsSchema>;

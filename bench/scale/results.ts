import * as z from 'zod';

const simulationSchema = z.strictObject({
  tasks: z.int(),
  lost: z.int(),
  untilNearlyAll: z.number(),
  meanStartDelay: z.number(),
  meanDelay: z.number(),
  p99Delay: z.number(),
  peakConcurrency: z.int(),
  throttledInvocations: z.int(),
  perTask: z.strictObject({
    polls: z.number(),
    stateTransitions: z.number(),
    lambdaSeconds: z.number(),
    tableWrites: z.number(),
    partitionWrites: z.number(),
    usd: z.number(),
  }),
  peakPerSecond: z.strictObject({
    stateTransitions: z.int(),
    putEvents: z.int(),
    tableWrites: z.int(),
    partitionWrites: z.int(),
    s3Puts: z.int(),
    polls: z.int(),
  }),
  secondsOverPartitionQuota: z.int(),
});

const runSchema = z.strictObject({
  region: z.enum(['large', 'other']),
  holdSeconds: z.number(),
  reservedConcurrency: z.int(),
  /** Null when Aspose takes any number. */
  vendorPollsPerSecond: z.nullable(z.number()),
  simulation: simulationSchema,
});
/** One simulation, and what it was of. */
export type Run = z.output<typeof runSchema>;

/** As simulate.ts has it, each in seconds, counts or dollars. */
export const scaleResultsSchema = z.strictObject({
  preset: z.string(),
  defaultHoldSeconds: z.number(),
  /** Few tasks and no quotas, by hold: what a task uses. */
  alone: z.array(runSchema),
  /** The busiest hour of a day with a million tasks, by hold. */
  busiestHour: z.array(runSchema),
  /** 100,000 at once, by hold, with the account's whole concurrency. */
  burst: z.array(runSchema),
  /** The same with some of the concurrency. */
  reserved: z.array(runSchema),
  /** The same in a region with smaller quotas. */
  elsewhere: z.array(runSchema),
  /** The same with an Aspose that takes so many polls a second. */
  vendor: z.array(runSchema),
});
export type ScaleResults = z.output<typeof scaleResultsSchema>;

import * as z from 'zod';

/** The bundles that are measured, as their sources type them. */
export type FunctionBundle = typeof import('../../functions/fetch-result/index.ts');
export type PartsBundle = typeof import('./parts.ts');

/** How much is measured. */
export interface Workload {
  readonly rounds: number;
  /** In each round, one after the other; then as many again, so many at once. */
  readonly tasks: number;
  readonly tasksAtOnce: number;
  /** In each round, in one invocation; and as many of each part. */
  readonly polls: number;
}

/** What one round cost: milliseconds of processor time of the function's process, for one of each. */
export const roundSchema = z.strictObject({
  /** An invocation that gets Completed at its first poll: claim, document, manifest, record. */
  task: z.number(),
  /** The same, with others beside it. */
  taskOfMany: z.number(),
  /** A poll in the hold, answered with Pending: all that lies between two waits. */
  poll: z.number(),
  /** A bare `fetch` of that answer, and its text. */
  fetch: z.number(),
  /** A bare `fetch` of the answer with the document. */
  fetchCompleted: z.number(),
  /** The vendor's adapter alone: request, time limits, scanner, schema. */
  vendorPoll: z.number(),
  /** The same with the document: base64, SHA-256 and the check for UTF-8 come in. */
  vendorPollCompleted: z.number(),
  /** The record's PutItem, through the SDK. */
  recordWrite: z.number(),
  /** One line of the log. */
  log: z.number(),
});
export type Round = z.output<typeof roundSchema>;

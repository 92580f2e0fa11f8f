import * as z from 'zod/mini';
import type { BatchEventDetail } from './batch-event.ts';
import { batchChunkSchema, batchIdSchema } from './batch-input.ts';
import type { BatchOutcome } from './batch-record.ts';

/** What the states of `Collect batch` and their functions exchange. */

/** The execution of a batch. Its name is the batch's id. */
export const batchExecutionShape = {
  batchId: z.string(),
  executionArn: z.string(),
  /** ISO 8601. */
  executionStartedAt: z.string(),
  /** The execution's own input, unchecked. */
  input: z.unknown(),
};

/** The payload of the state `Open batch`. */
export const openBatchEventSchema = z.object(batchExecutionShape);
export type OpenBatchEvent = z.output<typeof openBatchEventSchema>;

/** The output of `Open batch`. */
export interface OpenBatchOutput {
  /** Key of the chunks, which the Distributed Map reads. */
  readonly chunksKey: string;
  readonly concurrency: number;
}

/** The list of a batch cannot be used. Its record says why; close-batch publishes the event. */
export const BATCH_REFUSED_ERROR = 'OcrBatchRefused';

/** The state of a chunk between two invocations. */
const chunkProgressSchema = z.object({
  /** Number of items that have not ended. */
  left: z.int(),
  delaySeconds: z.int(),
  /** When the first invocation started: the clocks of the chunk count from it. ISO 8601. */
  startedAt: z.string(),
  /** Errors in a row of items for which AWS failed, by the item's number. */
  errors: z.optional(z.record(z.string(), z.int())),
});
export type ChunkProgress = z.output<typeof chunkProgressSchema>;

/** The payload of the state `Collect chunk`: the whole input of the state. */
export const collectChunkEventSchema = z.object({
  chunk: batchChunkSchema,
  batchId: batchIdSchema,
  /** The execution of the batch, which owns the tasks. */
  executionArn: z.string(),
  /** Absent in the first invocation. */
  progress: z.optional(chunkProgressSchema),
});
export type CollectChunkEvent = z.output<typeof collectChunkEventSchema>;

/** The payload of the state `Close chunk`: the whole input of the state. */
export const closeChunkEventSchema = z.pick(collectChunkEventSchema, {
  chunk: true,
  batchId: true,
  executionArn: true,
});
/** A chunk whose function has failed at every attempt. */
export type FailedChunk = z.output<typeof closeChunkEventSchema>;

/** The output of `Close chunk`. */
export type CloseChunkOutput = Pick<ChunkProgress, 'left'>;

/** The payload of the state `Close batch`. */
export const closeBatchEventSchema = z.object({
  ...batchExecutionShape,
  /**
   * The input of the state: the error that was caught, or the output of `Open batch`. Later steps
   * also get the output of `Close batch`.
   */
  state: z.object({ Error: z.optional(z.string()) }),
});

/** The output of `Close batch`: it is invoked again until the batch is closed. */
export type CloseBatchOutput =
  | { readonly isClosed: false }
  | {
      readonly isClosed: true;
      readonly outcome: BatchOutcome;
      /** One sentence: the cause of a failed execution. */
      readonly cause: string;
      readonly detail: BatchEventDetail;
    };

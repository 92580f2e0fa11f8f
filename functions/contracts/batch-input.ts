import * as z from 'zod/mini';
import { imageInputSchema, imageRequestShape, imageSourceSchema } from './image-input.ts';
import { OPERATION_NAMES } from './operations.ts';
import {
  closedObject,
  numberFromTo,
  oneOf,
  textMatching,
  textUpTo,
  wholeNumberFromTo,
} from './schema-helpers.ts';
import { executionInputSchema, taskSubmissionSchema } from './task-input.ts';

/** The id of a batch, which is also the name of its execution. */
export const batchIdSchema = textMatching(
  /^[A-Za-z0-9-]{1,64}$/,
  '1 to 64 characters of A-Z, a-z, 0-9 and -',
);

/** Maximum items of a batch. */
export const MAX_BATCH_ITEMS = 1_000_000;

/** Maximum tasks in a request itself. A longer list goes to S3. */
export const MAX_INLINE_TASKS = 1000;

/**
 * Maximum items of a chunk. An invocation is billed until its slowest item ends, so larger chunks
 * cost less; but their items share the CPU of one invocation (docs/design/performance.md).
 */
export const CHUNK_ITEMS = 75;

/** Maximum chunks that are processed at the same time. */
export const MAX_BATCH_CONCURRENCY = 1000;

/** Kind to Aspose: about 9 new tasks a second, if it takes 3 s for one. */
export const DEFAULT_BATCH_CONCURRENCY = 10;

/** The operation of an item that names none is the batch's. */
const operation = z.optional(oneOf(OPERATION_NAMES));
const { taskId, submittedAt, correlation, polling, generation } = taskSubmissionSchema.shape;
const { settings } = imageRequestShape;

/** A line of a list: a task id, or an image by its source. */
export const batchLineSchema = closedObject({
  taskId: z.optional(taskId),
  source: z.optional(imageSourceSchema),
  operation,
  /** Only for an image. @default - the settings of the batch */
  settings,
  /** Only for a task. */
  submittedAt,
  correlation,
  polling,
  generation,
});
export type BatchLine = z.output<typeof batchLineSchema>;

/** A list of task ids or images in S3. */
export const batchListSchema = imageSourceSchema.check(
  z.describe(
    'A list of task ids or images in S3, below lists/ or batches/ in the results bucket or in a bucket of sourceBuckets. The ending of its key names the format: .jsonl, .ndjson, .json or .csv.',
  ),
);

/** The images whose keys have a prefix, as they are when the batch starts. */
export const batchImagesSchema = closedObject({
  bucket: imageSourceSchema.shape.bucket,
  prefix: textUpTo(1024).check(
    z.describe(
      'Every object whose key begins with it when the batch starts is an item. In the results bucket, it begins with images/ or inbox/.',
    ),
  ),
});

/** The fields that ask for a batch, without its items. */
export const batchRequestShape = {
  list: z.optional(batchListSchema),
  images: z.optional(batchImagesSchema),
  operation: executionInputSchema.shape.operation,
  /** Settings of the images that have none. Checked against the operation of each image. */
  settings,
  /** Polling policy of the items that have none. */
  polling,
  concurrency: z._default(
    wholeNumberFromTo(1, MAX_BATCH_CONCURRENCY).check(
      z.describe(
        `Maximum chunks that are processed at the same time. A chunk has up to ${CHUNK_ITEMS} items and occupies one Lambda invocation.`,
      ),
    ),
    DEFAULT_BATCH_CONCURRENCY,
  ),
  requestsPerSecond: z.optional(
    numberFromTo(0.1, 10_000).check(
      z.describe(
        'Maximum requests to Aspose per second of all chunks together. It also limits concurrency to 20 chunks for each request per second. By default, there is no limit.',
      ),
    ),
  ),
};

/**
 * The input of an execution of `Collect batch`. Exactly one of tasks, list, images and retryOf
 * names the items.
 */
export const batchInputSchema = closedObject({
  tasks: z.optional(
    z.array(z.unknown()).check(z.maxLength(MAX_INLINE_TASKS, `at most ${MAX_INLINE_TASKS} tasks`)),
  ),
  ...batchRequestShape,
  /** Collects again what is not Completed in this batch. */
  retryOf: z.optional(batchIdSchema),
  AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID:
    executionInputSchema.shape.AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID,
});
export type BatchInput = z.output<typeof batchInputSchema>;

const everyItem = {
  /** Position in the batch, counted from 0. */
  i: z.int(),
  operation: z.enum(OPERATION_NAMES),
  correlation,
  polling,
  generation: z.int(),
};

/** A task of a batch: a line of `items.jsonl`. */
export const batchTaskSchema = z.object({
  ...everyItem,
  taskId: z.string(),
  submittedAt: z.optional(z.string()),
});
export type BatchTask = z.output<typeof batchTaskSchema>;

/** An image of a batch: a line of `items.jsonl`. */
export const batchImageSchema = z.object({
  ...everyItem,
  source: imageInputSchema.shape.source,
  settings: z.optional(z.unknown()),
});
export type BatchImage = z.output<typeof batchImageSchema>;

export const batchItemSchema = z.union([batchTaskSchema, batchImageSchema]);
export type BatchItem = z.output<typeof batchItemSchema>;

/**
 * Maximum bytes of all images of a chunk, so that one invocation can upload them. A larger image
 * has a chunk of its own.
 */
export const CHUNK_IMAGE_BYTES = 64 * 1024 * 1024;

/**
 * Maximum chunks of a batch. The map's output has one number per chunk, and Step Functions limits
 * it to 256 KiB.
 */
export const MAX_BATCH_CHUNKS = 80_000;

/** A chunk of a batch: a line of `chunks.jsonl`. Its items are a range of `items.jsonl`. */
export const batchChunkSchema = z.object({
  /** Number of the chunk, counted from 0. */
  n: z.int(),
  /** Offset of its first item in bytes. */
  from: z.int(),
  bytes: z.int(),
});
export type BatchChunk = z.output<typeof batchChunkSchema>;

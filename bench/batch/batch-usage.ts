import { COLLECT_CHUNK_MEMORY } from '../../lib/collect-chunk-function.ts';
import { EVENTS_PER_TRANSITION, LOG_BYTES, OTHER_EVENTS, SHARE_TRACED, USD_PER } from '../costs/task-cost.ts';

/** What chunks use on AWS. Every figure is a sum over the chunks. */
export interface ChunkUsage {
  readonly chunks: number;
  readonly items: number;
  /** One for the start of each child execution, and the states that it enters. */
  readonly stateTransitions: number;
  readonly invocations: number;
  /** Billed seconds of `collect-chunk`. */
  readonly lambdaSeconds: number;
  readonly dynamodbReadUnits: number;
  /** Write units of the table and its index. */
  readonly dynamodbWriteUnits: number;
  /** Documents, manifests and result lines. */
  readonly s3Puts: number;
  readonly s3Gets: number;
  readonly polls: number;
  /** Uploads of images to Aspose. */
  readonly uploads: number;
}

export const NO_CHUNKS: ChunkUsage = {
  chunks: 0,
  items: 0,
  stateTransitions: 0,
  invocations: 0,
  lambdaSeconds: 0,
  dynamodbReadUnits: 0,
  dynamodbWriteUnits: 0,
  s3Puts: 0,
  s3Gets: 0,
  polls: 0,
  uploads: 0,
};

export function addUsage(one: ChunkUsage, other: ChunkUsage): ChunkUsage {
  const sumOf = (figure: keyof ChunkUsage) => one[figure] + other[figure];
  return {
    chunks: sumOf('chunks'),
    items: sumOf('items'),
    stateTransitions: sumOf('stateTransitions'),
    invocations: sumOf('invocations'),
    lambdaSeconds: sumOf('lambdaSeconds'),
    dynamodbReadUnits: sumOf('dynamodbReadUnits'),
    dynamodbWriteUnits: sumOf('dynamodbWriteUnits'),
    s3Puts: sumOf('s3Puts'),
    s3Gets: sumOf('s3Gets'),
    polls: sumOf('polls'),
    uploads: sumOf('uploads'),
  };
}

/**
 * What the batch itself uses: `open-batch`, the Distributed Map and `close-batch`. Computed from
 * their code for 100,000 items; the times are generous, and not measured.
 */
const ONCE_PER_BATCH = {
  /** Open batch, Chunks, Close batch, Batch closed? and Batch completed. */
  stateTransitions: 5,
  invocations: 2,
  /** One minute with 1 GB to list the items, and two with 512 MB to write the results. */
  gigabyteSeconds: 120,
  /** Every 500 chunks have an item of progress of up to 10 kB, which `close-batch` reads. */
  dynamodbReadUnits: 20,
  /** Record and index entry when it is created, listed, ended and published. */
  dynamodbWriteUnits: 16,
  /** The parts of items.jsonl, results.jsonl and results.csv; chunks.jsonl and summary.json. */
  s3Puts: 30,
  /** The list, and chunks.jsonl. */
  s3Gets: 2,
  /** Events of the objects above, and OCR Batch Completed. */
  events: 6,
} as const;

/** Log lines of `collect-chunk` in bytes, measured by running its handler, with CloudWatch's 26. */
export const CHUNK_LOG_BYTES = {
  /** "Task ended". */
  taskEnded: 615,
  /** "Uploaded". */
  upload: 640,
  /** "Chunk polled", and the metrics of all tasks. */
  invocation: 2150,
} as const;

/** Computes the cost of a batch by AWS service, in US dollars, without Aspose's charges. */
export function costOfBatch(usage: ChunkUsage) {
  const { chunks, items, uploads } = usage;
  const stateTransitions = usage.stateTransitions + ONCE_PER_BATCH.stateTransitions;
  const invocations = usage.invocations + ONCE_PER_BATCH.invocations;
  const gigabytes = COLLECT_CHUNK_MEMORY.toMebibytes() / 1024;
  const logBytes =
    (stateTransitions * EVENTS_PER_TRANSITION + (chunks + 1) * OTHER_EVENTS) * LOG_BYTES.historyEvent +
    invocations * (LOG_BYTES.invocation + CHUNK_LOG_BYTES.invocation) +
    uploads * CHUNK_LOG_BYTES.upload +
    items * CHUNK_LOG_BYTES.taskEnded;
  return {
    stepFunctions: stateTransitions * USD_PER.stateTransition,
    lambda:
      invocations * USD_PER.lambdaRequest +
      (usage.lambdaSeconds * gigabytes + ONCE_PER_BATCH.gigabyteSeconds) * USD_PER.lambdaGigabyteSecond,
    dynamodb:
      (usage.dynamodbReadUnits + ONCE_PER_BATCH.dynamodbReadUnits) * USD_PER.dynamodbReadUnit +
      (usage.dynamodbWriteUnits + ONCE_PER_BATCH.dynamodbWriteUnits) * USD_PER.dynamodbWriteUnit,
    // close-batch reads the result lines of each chunk.
    s3:
      (usage.s3Puts + ONCE_PER_BATCH.s3Puts) * USD_PER.s3Put +
      (usage.s3Gets + chunks + ONCE_PER_BATCH.s3Gets) * USD_PER.s3Get,
    // The terminal events, and those of the bucket, which are billed whether a rule matches or not.
    eventbridge: (items + usage.s3Puts + ONCE_PER_BATCH.events) * USD_PER.eventPublished,
    logs: (logBytes / 1e9) * USD_PER.logGigabyte,
    // A child execution and its invocations are one trace.
    xray: (chunks + 1) * SHARE_TRACED * USD_PER.traceRecorded,
  };
}

/** Computes the cost of 1,000 items of a batch on AWS, in US dollars. */
export function usdPer1000Of(usage: ChunkUsage): number {
  const usd = Object.values(costOfBatch(usage)).reduce((sum, cost) => sum + cost, 0);
  return (1000 * usd) / usage.items;
}

/** History events of the child execution with this many invocations: 3 at most, and 9 a round. */
export function historyEventsOf(invocations: number): number {
  return 3 + 9 * invocations;
}

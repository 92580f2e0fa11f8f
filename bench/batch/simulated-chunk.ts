import { createHash, randomUUID } from 'node:crypto';
import pLimit from 'p-limit';
import { createBatchProgress } from '../../functions/adapters/aws/batch-progress.ts';
import { batchKey, createBatchTable } from '../../functions/adapters/aws/batch-table.ts';
import { createImageTable } from '../../functions/adapters/aws/image-table.ts';
import { isPollingPaused } from '../../functions/adapters/aws/polling-pause.ts';
import { createTaskTable } from '../../functions/adapters/aws/task-table.ts';
import { CHUNK_LIMITS } from '../../functions/collect-chunk/limits.ts';
import type { BatchItem } from '../../functions/contracts/batch-input.ts';
import { batchKeys } from '../../functions/contracts/batch-keys.ts';
import type { ChunkProgress } from '../../functions/contracts/collect-batch.ts';
import { newBatch } from '../../functions/core/batch/batch-record.ts';
import { collectChunk } from '../../functions/core/batch/collect-chunk.ts';
import { toJsonLines } from '../../functions/core/batch/result-lines.ts';
import type { PollingOverrides } from '../../functions/core/polling-policy.ts';
import type { Poll } from '../../functions/core/vendor-response.ts';
import { COLLECT_CHUNK_MEMORY, COLLECT_CHUNK_TIMEOUT } from '../../lib/collect-chunk-function.ts';
import { DEFAULT_MAX_UPLOADS } from '../../lib/settings.ts';
import { VirtualClock } from '../../local/clock.ts';
import { createCountingTable } from '../recognize/counting-table.ts';
import {
  type AssumedImageTimes,
  IMAGE_BYTES,
  TYPICAL_IMAGE_TIMES,
} from '../recognize/simulated-recognition.ts';
import type { ChunkUsage } from './batch-usage.ts';

/** Assumed durations in seconds. Functions are warm. */
export interface AssumedChunkTimes extends AssumedImageTimes {
  /** Work of the CPU for each request to AWS or Aspose, which delays all others of the chunk. */
  readonly cpuSecondsPerRequest: number;
  /** Additional work of the CPU for each upload of an image. */
  readonly cpuSecondsPerUpload: number;
}

/** Lambda has a whole vCPU at this memory. */
const MEBIBYTES_PER_VCPU = 1769;
const VCPU = COLLECT_CHUNK_MEMORY.toMebibytes() / MEBIBYTES_PER_VCPU;

/**
 * The time of the CPU was measured with a prototype, 50 tasks per chunk under a CPU quota: a task
 * takes 19 ms in some ten requests, and 1 MB more of data 12 ms. The other times are those of
 * single tasks and images.
 */
export const TYPICAL_CHUNK_TIMES: AssumedChunkTimes = {
  ...TYPICAL_IMAGE_TIMES,
  cpuSecondsPerRequest: 0.0019 / VCPU,
  cpuSecondsPerUpload: 0.012 / VCPU,
};

export interface SimulatedBatchProps {
  readonly polling: PollingOverrides;
  readonly times: AssumedChunkTimes;
  readonly kind: 'tasks' | 'images';
  /** Returns a number in [0, 1). */
  random(): number;
}

/** What a chunk used, and when its items ended. */
export interface SimulatedChunk {
  readonly usage: ChunkUsage;
  /** Time from the start of the child execution to its end. */
  readonly seconds: number;
  /** Time from Aspose's completion of each task to its event. */
  readonly delaysSeconds: readonly number[];
  /** Time from Aspose's completion of each task to the poll that finds it. */
  readonly pollDelaysSeconds: readonly number[];
}

const ZERO_TIME = Date.parse('2026-01-01T00:00:00Z');
const TABLE = 'tasks';
const BATCH_ID = 'invoices-2026-01';
/** Names as long as those of a deployed stack: they determine the size of records. */
const EXECUTION_ARN = `arn:aws:states:us-east-1:111122223333:execution:OcrCourierBatchesStateMachine5AF53080:${BATCH_ID}`;
const BUCKET = 'ocrcourier-ocrcourierstorageresults0c164687-abcdefghijkl';

function responded(taskStatus: string): Poll {
  const empty = { responseStatusCode: 'Ok', results: [], messages: [], warnings: [] };
  return { kind: 'Responded', response: { id: null, taskStatus, ...empty } };
}

const PENDING = responded('Pending');
const COMPLETED = responded('Completed');

/**
 * Prepares a batch whose chunks run one after another: the production `collectChunk` with the
 * production tables, each chunk on a simulated clock of its own.
 */
export async function simulateBatch({ polling, times, kind, random }: SimulatedBatchProps) {
  let call = async () => {};
  const table = createCountingTable(() => call());
  const batches = createBatchTable(table.client, TABLE);
  const opened = await newBatch(
    BATCH_ID,
    { operation: 'RecognizeImage', concurrency: 1000, tasks: [] },
    { executionArn: EXECUTION_ARN, startedAt: ZERO_TIME },
  );
  await batches.write({ ...opened, status: 'Running', total: 100_000, duplicates: 0, chunks: 2000 });
  let chunks = 0;

  /**
   * Runs the next chunk to its end.
   *
   * @param readyAfterSeconds time until Aspose completes each task, from the start or the upload
   */
  async function runChunk(readyAfterSeconds: readonly number[]): Promise<SimulatedChunk> {
    const clock = new VirtualClock(ZERO_TIME);
    const before = { ...table.units };
    const used = { stateTransitions: 0, invocations: 0, lambdaSeconds: 0, s3Puts: 0, s3Gets: 0 };
    const readyAt = new Map<string, number>();
    const foundAt = new Map<string, number>();
    const delaysSeconds: number[] = [];
    const pollDelaysSeconds: number[] = [];
    const files = new Map<string, string>();
    let polls = 0;
    let uploads = 0;
    let cpuFreeAt = clock.now();
    let endsAt = 0;

    /** Uses the CPU as soon as it is free, and returns when the request is sent. */
    function sendAt(cpuSeconds = times.cpuSecondsPerRequest): number {
      cpuFreeAt = Math.max(cpuFreeAt, clock.now()) + cpuSeconds * 1000;
      return cpuFreeAt;
    }
    async function request(seconds: number, sentAt = sendAt()): Promise<void> {
      await clock.sleep(sentAt - clock.now() + seconds * 1000);
    }
    async function get(): Promise<void> {
      used.s3Gets += 1;
      await request(times.callSeconds);
    }
    async function put(): Promise<void> {
      used.s3Puts += 1;
      await request(times.putSeconds);
    }
    call = () => request(times.callSeconds);

    const items = readyAfterSeconds.map((seconds, i): BatchItem => {
      const common = { i, operation: 'RecognizeImage', generation: 1 } as const;
      if (kind === 'images') return { ...common, source: sourceOf(i) };
      const taskId = randomUUID();
      readyAt.set(taskId, ZERO_TIME + seconds * 1000);
      return { ...common, taskId };
    });
    const n = chunks;
    chunks += 1;
    const keys = batchKeys(BATCH_ID);
    files.set(keys.items, toJsonLines(items));
    const chunk = { n, from: 0, bytes: files.get(keys.items)?.length ?? 0 };
    const records = createTaskTable(table.client, TABLE);
    const limitWrites = pLimit(CHUNK_LIMITS.awsWrites);
    const limitUploads = pLimit(CHUNK_LIMITS.uploads);

    const vendor = {
      async poll(_: unknown, taskId: string) {
        polls += 1;
        const sentAt = sendAt();
        const isReady = sentAt >= (readyAt.get(taskId) ?? Number.POSITIVE_INFINITY);
        if (isReady) foundAt.set(taskId, sentAt);
        await request(times.pollSeconds, sentAt);
        return isReady ? COMPLETED : PENDING;
      },
    };
    const ports = {
      batches,
      progress: createBatchProgress(table.client, TABLE),
      images: createImageTable(table.client, TABLE),
      records: {
        read: (taskId: string) => limitWrites(() => records.read(taskId)),
        write: (...written: Parameters<typeof records.write>) => limitWrites(() => records.write(...written)),
      },
      files: {
        async read(key: string) {
          await get();
          return files.get(key);
        },
        async write(key: string, content: string) {
          await put();
          files.set(key, content);
        },
        async create() {
          throw new TypeError('a chunk writes no large file');
        },
      },
      documents: {
        bucket: BUCKET,
        store: ({ taskId }: { readonly taskId: string }) =>
          limitWrites(async () => {
            // One document, and then the manifest.
            await put();
            await put();
            const prefix = `results/RecognizeImage/${taskId}`;
            return {
              results: [{ ...DOCUMENT, key: `${prefix}/0.txt` }],
              manifestKey: `${prefix}/manifest.json`,
              warnings: [],
            };
          }),
      },
      events: { publish: () => limitWrites(() => request(times.callSeconds)) },
      async publishRefusal() {
        throw new TypeError('no image is refused');
      },
      bucket: BUCKET,
      openVendor: () => ({ vendor, release() {} }),
      async openSource(source: ReturnType<typeof sourceOf>) {
        await get();
        const content = { bytes: IMAGE_BYTES, head: JPEG_HEAD, async *read() {} };
        return { kind: 'Opened', content, source } as const;
      },
      uploads: {
        async upload() {
          // The rest of the image.
          await get();
          await request(times.uploadSeconds, sendAt(times.cpuSecondsPerUpload));
          const taskId = randomUUID();
          readyAt.set(taskId, clock.now() + (readyAfterSeconds[uploads] ?? 0) * 1000);
          uploads += 1;
          return { kind: 'Accepted', taskId } as const;
        },
      },
      limitUploads: <T>(upload: () => Promise<T>) => limitUploads(upload),
      // Only objects of the inbox are tagged.
      async tagSource() {},
      maxUploads: DEFAULT_MAX_UPLOADS,
      polling,
      isPollingPaused: () => isPollingPaused(table.client, TABLE),
      now: () => clock.now(),
      sleep: (seconds: number) => clock.sleep(seconds * 1000),
      random,
      remainingSeconds: () => (endsAt - clock.now()) / 1000,
      onPoll() {},
      onUpload() {},
      onTaskEnded({ taskId }: { readonly taskId: string }) {
        const ready = readyAt.get(taskId);
        const found = foundAt.get(taskId);
        if (ready === undefined || found === undefined) return;
        delaysSeconds.push((clock.now() - ready) / 1000);
        pollDelaysSeconds.push((found - ready) / 1000);
      },
      onItemError(_: number, error: unknown) {
        throw error;
      },
      onPause() {},
    };

    // The start of the child execution.
    used.stateTransitions += 1;
    let progress: ChunkProgress | undefined;
    while (progress?.left !== 0) {
      const startedAt = clock.now();
      endsAt = startedAt + COLLECT_CHUNK_TIMEOUT.toMilliseconds();
      used.invocations += 1;
      progress = await collectChunk(
        {
          batchId: BATCH_ID,
          executionArn: EXECUTION_ARN,
          chunk,
          ...(progress !== undefined && { progress }),
        },
        { ...ports, tag: (n + used.invocations).toString(16).padStart(8, '0') },
      );
      used.lambdaSeconds += (clock.now() - startedAt) / 1000;
      // Collect chunk and Any left?, then the wait or the end.
      used.stateTransitions += 3;
      if (progress.left > 0) await clock.sleep(progress.delaySeconds * 1000);
    }
    // The progress of earlier chunks stays: it makes reads and writes larger.
    table.forget((key) => !key.startsWith(batchKey(BATCH_ID)));
    return {
      usage: {
        ...used,
        chunks: 1,
        items: items.length,
        polls,
        uploads,
        dynamodbReadUnits: table.units.read - before.read,
        dynamodbWriteUnits: table.units.written - before.written,
      },
      seconds: (clock.now() - ZERO_TIME) / 1000,
      delaysSeconds,
      pollDelaysSeconds,
    };
  }

  return { runChunk };
}

/** An image in the `images/` folder of the courier's bucket. */
function sourceOf(i: number) {
  const name = String(i).padStart(4, '0');
  return { bucket: BUCKET, key: `images/2026/01/scan-${name}.jpg`, etag: ETAG };
}

const ETAG = createHash('md5').digest('hex');
const JPEG_HEAD = new Uint8Array([0xff, 0xd8, 0xff]);
const DOCUMENT = {
  index: 0,
  type: 'Text',
  contentType: 'text/plain; charset=utf-8',
  bytes: 2000,
  sha256: createHash('sha256').digest('hex'),
  empty: false,
};

import type { BatchEventDetail } from '../../functions/contracts/batch-event.ts';
import type { BatchItem } from '../../functions/contracts/batch-input.ts';
import { batchKeys } from '../../functions/contracts/batch-keys.ts';
import { type BatchRecord, batchResultSchema } from '../../functions/contracts/batch-record.ts';
import type { ChunkProgress } from '../../functions/contracts/collect-batch.ts';
import type { ImageRefusedDetail } from '../../functions/contracts/image-event.ts';
import type { TaskEventDetail } from '../../functions/contracts/task-event.ts';
import { newBatch } from '../../functions/core/batch/batch-record.ts';
import { type CloseBatchPorts, closeBatch } from '../../functions/core/batch/close-batch.ts';
import { type CollectChunkPorts, collectChunk } from '../../functions/core/batch/collect-chunk.ts';
import { parseJsonLines, toJsonLines } from '../../functions/core/batch/result-lines.ts';
import type { EndedExecution } from '../../functions/core/close-task.ts';
import type { UploadResult } from '../../functions/core/image-upload.ts';
import type { PollingOverrides } from '../../functions/core/polling-policy.ts';
import type { Poll } from '../../functions/core/vendor-response.ts';
import { VirtualClock } from '../../local/clock.ts';
import { aPoll, BUCKET, START } from './builders.ts';
import { memoryBatches, memoryFiles, memoryProgress } from './memory-batches.ts';
import { memoryImages, memoryTags } from './memory-images.ts';
import { memoryRecords } from './memory-records.ts';

export const BATCH_ID = 'scans';
export const BATCH_EXECUTION = `arn:aws:states:eu-central-1:111122223333:execution:Batch:${BATCH_ID}`;

/** Builds Aspose's response with a task status, for any task. */
export const responded = (taskStatus: string): Poll => aPoll({ id: null, taskStatus });

/** The timeout of the function, in seconds. */
const INVOCATION_SECONDS = 480;

/** The environment of an invocation died. */
export class KilledError extends Error {}

export interface ChunkWorldOptions {
  readonly items: readonly BatchItem[];
  /** Returns Aspose's response to a poll; attempts count from 1. */
  readonly respond: (taskId: string, attempt: number, ageSeconds: number) => Poll;
  readonly upload?: (attempt: number) => UploadResult;
  readonly polling?: PollingOverrides;
  readonly batch?: Partial<BatchRecord>;
  /** Duration of a poll in seconds. @default 0.3 */
  readonly pollSeconds?: number;
  readonly isPaused?: () => boolean;
  /** Numbers of the steps with an effect at which the invocation dies, before or after them. */
  readonly kills?: ReadonlyMap<number, 'before' | 'after'>;
  /** The first step of this name at which the invocation dies, after its effect. */
  readonly killsAt?: string;
  readonly random?: () => number;
  /** Duration of a call to AWS in seconds. @default 0.007 */
  readonly callSeconds?: number;
  /** Returns an error of AWS for a step, if it fails. */
  readonly fault?: (step: string, taskId: string | undefined, seconds: number) => Error | undefined;
  /** Duration of an upload in seconds. @default 0 */
  readonly uploadSeconds?: number;
  readonly limitUploads?: CollectChunkPorts['limitUploads'];
}

const PNG_HEAD = Buffer.from('89504e470d0a1a0a', 'hex');

/** A batch with one chunk in memory, on a clock that jumps from timer to timer. */
export async function createChunkWorld(options: ChunkWorldOptions) {
  const { items, respond, polling = {}, kills = new Map(), random = () => 0.5, uploadSeconds = 0 } = options;
  const clock = new VirtualClock(START);
  const keys = batchKeys(BATCH_ID);
  const lines = toJsonLines(items);
  const chunk = { n: 0, from: 0, bytes: lines.length };
  const files = memoryFiles({ [keys.items]: lines, [keys.chunks]: toJsonLines([chunk]) });
  const opened = await newBatch(
    BATCH_ID,
    { operation: 'RecognizeImage', concurrency: 10, tasks: [] },
    { executionArn: BATCH_EXECUTION, startedAt: START },
  );
  const batches = memoryBatches({
    ...opened,
    status: 'Running',
    total: items.length,
    duplicates: 0,
    chunks: 1,
    ...options.batch,
  });
  const progress = memoryProgress();
  const records = memoryRecords();
  const images = memoryImages();
  const { tagged, tagSource } = memoryTags();
  const events: { readonly detailType: string; readonly detail: TaskEventDetail }[] = [];
  const refusals: ImageRefusedDetail[] = [];
  const batchEvents: BatchEventDetail[] = [];
  const polls: { readonly taskId: string; readonly at: number }[] = [];
  const errors: unknown[] = [];
  const documents = new Map<string, number>();
  let invocations = 0;
  let uploads = 0;
  let step = 0;
  let isKilled = false;
  let writes = 0;
  let inFlight = 0;
  let peakInFlight = 0;

  /** Creates the ports of one invocation, and the promise that rejects when it dies. */
  function begin() {
    const startedAt = clock.now();
    const death = Promise.withResolvers<never>();
    let isDead = false;
    invocations += 1;

    /** Never returns to a dead invocation. */
    const forever = () => new Promise<never>(() => {});

    async function during<T>(name: string, effect: () => Promise<T>, taskId?: string): Promise<T> {
      if (isDead) return await forever();
      const fault = options.fault?.(name, taskId, (clock.now() - START) / 1000);
      if (fault !== undefined) throw fault;
      step += 1;
      const isFirst = name === options.killsAt && !isKilled;
      if (isFirst) isKilled = true;
      const kill = isFirst ? 'after' : kills.get(step);
      const die = () => {
        isDead = true;
        death.reject(new KilledError());
        return forever();
      };
      if (kill === 'before') return await die();
      const result = await effect();
      await clock.sleep((options.callSeconds ?? 0.007) * 1000);
      if (isDead) return await forever();
      return kill === 'after' ? await die() : result;
    }

    const ports: CollectChunkPorts & CloseBatchPorts = {
      batches: {
        read: (batchId) => during('read batch', () => batches.read(batchId)),
        write: (record) => during('write batch', () => batches.write(record)),
      },
      progress: {
        read: progress.read,
        tagOf: progress.tagOf,
        end: (batchId, chunk, tag, counts) =>
          during('end chunk', () => progress.end(batchId, chunk, tag, counts)),
      },
      files: {
        read: files.read,
        write: (key, content) => during('write file', () => files.write(key, content)),
        create: files.create,
      },
      records: {
        read: (taskId) => during('read record', () => records.read(taskId)),
        write: (record) =>
          during(
            'write record',
            () => {
              writes += 1;
              return records.write(record);
            },
            record.taskId,
          ),
      },
      images: {
        read: (imageId) => during('read image', () => images.read(imageId)),
        write: (record) => during('write image', () => images.write(record)),
      },
      tagSource,
      documents: {
        bucket: BUCKET,
        store: (record) =>
          during(
            'store',
            async () => {
              documents.set(record.taskId, (documents.get(record.taskId) ?? 0) + 1);
              return { results: [], warnings: [] };
            },
            record.taskId,
          ),
      },
      openVendor: () => ({
        vendor: {
          poll: (_, taskId) =>
            during('poll', async () => {
              polls.push({ taskId, at: clock.now() });
              inFlight += 1;
              peakInFlight = Math.max(peakInFlight, inFlight);
              const attempt = polls.filter((poll) => poll.taskId === taskId).length;
              const response = respond(taskId, attempt, (clock.now() - START) / 1000);
              await clock.sleep((options.pollSeconds ?? 0.3) * 1000);
              inFlight -= 1;
              return response;
            }),
        },
        release() {},
      }),
      uploads: {
        upload: () =>
          during('upload', async () => {
            uploads += 1;
            const number = uploads;
            if (uploadSeconds > 0) await clock.sleep(uploadSeconds * 1000);
            return options.upload?.(number) ?? { kind: 'Accepted', taskId: `image-task-${number}` };
          }),
      },
      openSource: async (source) => ({
        kind: 'Opened',
        source,
        content: { bytes: PNG_HEAD.length, head: PNG_HEAD, async *read() {} },
      }),
      events: {
        publish: (detailType, detail) =>
          during('publish', async () => {
            events.push({ detailType, detail });
          }),
      },
      publishRefusal: (detail) =>
        during('publish', async () => {
          refusals.push(detail);
        }),
      publishBatch: (detail) =>
        during('publish', async () => {
          batchEvents.push(detail);
        }),
      bucket: BUCKET,
      limitUploads: options.limitUploads ?? ((upload) => upload()),
      maxUploads: 2,
      polling,
      isPollingPaused: async () => options.isPaused?.() ?? false,
      now: () => clock.now(),
      sleep: (seconds) => clock.sleep(seconds * 1000).then(() => (isDead ? forever() : undefined)),
      random,
      remainingSeconds: () => INVOCATION_SECONDS - (clock.now() - startedAt) / 1000,
      tag: String(invocations).padStart(8, '0'),
      newTag: () => `c${String(invocations).padStart(7, '0')}`,
      onItemClosed() {},
      onPoll() {},
      onUpload() {},
      onTaskEnded() {},
      onItemError: (_, error) => errors.push(error),
      onPause() {},
    };
    return { ports, died: death.promise };
  }

  return {
    clock,
    batches,
    progress,
    records,
    images,
    tagged,
    files,
    events,
    refusals,
    batchEvents,
    polls,
    errors,
    documents,
    chunk,
    /** The ports of another invocation. */
    ports: () => begin().ports,
    uploads: () => uploads,
    writes: () => writes,
    peakInFlight: () => peakInFlight,
    /** Runs one invocation. @throws KilledError when it dies */
    async invoke(last?: ChunkProgress): Promise<ChunkProgress> {
      const { ports, died } = begin();
      const event = {
        chunk,
        batchId: BATCH_ID,
        executionArn: BATCH_EXECUTION,
        ...(last !== undefined && { progress: last }),
      };
      return await Promise.race([collectChunk(event, ports), died]);
    },
    /** Runs the chunk to its end as the state machine does, and returns its invocations. */
    async runToEnd(maxRounds = 1000): Promise<ChunkProgress[]> {
      const rounds: ChunkProgress[] = [];
      for (let last: ChunkProgress | undefined; last?.left !== 0; ) {
        if (rounds.length === maxRounds) throw new Error('the chunk does not end');
        try {
          last = await this.invoke(last);
        } catch (error) {
          if (!(error instanceof KilledError)) throw error;
          // Step Functions retries with a backoff.
          await clock.sleep(2000);
          continue;
        }
        rounds.push(last);
        if (last.left > 0) await clock.sleep(last.delaySeconds * 1000);
      }
      return rounds;
    },
    /** Closes the batch as the state machine does, or after its execution has ended. */
    async close(status?: EndedExecution['status']): Promise<void> {
      const execution = {
        ...{ batchId: BATCH_ID, executionArn: BATCH_EXECUTION, startedAt: START, input: undefined },
        ...(status !== undefined && { status }),
      };
      for (;;) {
        const { ports, died } = begin();
        try {
          const closing = await Promise.race([closeBatch(execution, ports), died]);
          if (closing.kind !== 'Unfinished') return;
        } catch (error) {
          if (!(error instanceof KilledError)) throw error;
          await clock.sleep(2000);
        }
      }
    },
    /** The result lines of the closed batch. */
    allLines: () =>
      parseJsonLines(files.all.get(keys.lines) ?? '').map((line) => batchResultSchema.parse(line)),
    /** The recorded result lines of the chunk. */
    lines() {
      const tag = progress.ends.get(`${BATCH_ID}#0`)?.tag;
      const text = tag === undefined ? undefined : files.all.get(keys.chunkLines(0, tag));
      return parseJsonLines(text ?? '').map((line) => batchResultSchema.parse(line));
    },
  };
}

/** Builds the task items of a batch. */
export function taskItems(count: number, details: Partial<BatchItem> = {}): BatchItem[] {
  return Array.from({ length: count }, (_, i) => ({
    i,
    taskId: `task-${i}`,
    operation: 'RecognizeImage',
    generation: 1,
    ...details,
  }));
}

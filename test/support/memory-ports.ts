import type { BatchInput } from '../../functions/contracts/batch-input.ts';
import { batchSummarySchema } from '../../functions/contracts/batches-api.ts';
import type { ImageInput } from '../../functions/contracts/image-input.ts';
import { batchPartition } from '../../functions/contracts/listing-index.ts';
import type { TaskEventDetail } from '../../functions/contracts/task-event.ts';
import type { ExecutionInput } from '../../functions/contracts/task-input.ts';
import type { TaskRecord } from '../../functions/contracts/task-record.ts';
import type { ExecutionStarts, NamedExecution } from '../../functions/core/execution-starts.ts';
import type { DescribedObject } from '../../functions/core/inbox-object.ts';
import type { StartExecutionsDependencies } from '../../functions/start-executions/handler.ts';
import type { TaskApiDependencies } from '../../functions/task-api/handler.ts';
import { BUCKET, START } from './builders.ts';
import { memoryBatches, memoryFiles, memoryProgress } from './memory-batches.ts';
import { memoryImages } from './memory-images.ts';
import { memoryRecords } from './memory-records.ts';

const MACHINE = 'arn:aws:states:eu-central-1:111122223333:execution:Collect';

/** Creates the ports of the HTTP API in memory, with Step Functions' rules for names. */
export function memoryPorts(initial: readonly TaskRecord[] = []) {
  const records = memoryRecords(...initial);
  const images = memoryImages();
  const objects = new Map<string, DescribedObject>();
  const settings = new Map<string, unknown>();
  const batches = memoryBatches();
  const files = memoryFiles();
  const batchExecutions = new Map<string, NamedExecution<BatchInput>>();
  const executions = new Map<string, NamedExecution<ExecutionInput>>();
  const recognitions = new Map<string, NamedExecution<ImageInput>>();
  const stopped: string[] = [];
  const published: TaskEventDetail[] = [];
  const missing = new Set<string>();
  let now = START;
  const ports = {
    records,
    images,
    recognitions: startsIn(recognitions, () => now),
    maxUploads: 2,
    sourceBuckets: ['scans'],
    async describeObject(source) {
      return (
        objects.get(source.key) ?? { kind: 'Unreadable', detail: 'an object that cannot be read (HTTP 404)' }
      );
    },
    readSettings: async (_, key) => settings.get(key),
    uploadLink: async (key, contentType) => ({
      method: 'PUT',
      url: `https://s3.example/${key}`,
      headers: { 'if-none-match': '*', ...(contentType !== undefined && { 'content-type': contentType }) },
    }),
    executions: {
      ...startsIn(executions, () => now),
      async stop(executionArn) {
        stopped.push(executionArn);
      },
    },
    events: {
      async publish(_, detail) {
        published.push(detail);
      },
    },
    bucket: BUCKET,
    index: {
      async read({ filters: { status, operation }, before, limit }) {
        const tasks = [...records.all.values()]
          .map((record) => ({ listingKey: `${record.startedAt}~${'0'.repeat(16)}`, summary: record }))
          .filter(({ listingKey, summary }) => {
            const isOperation = operation === undefined || summary.operation === operation;
            return summary.status === status && isOperation && (before === undefined || listingKey < before);
          });
        return {
          entries: tasks.slice(0, limit).map((task) => ({ ...task, summary: summaryOf(task.summary) })),
        };
      },
    },
    batches,
    batchExecutions: startsIn(batchExecutions, () => now),
    progress: memoryProgress(),
    files,
    batchIndex: {
      async read({ partition, filters: { status }, before, limit }) {
        const entries = [...batches.all.values()]
          .filter((batch) => partition === batchPartition(batch, Uint8Array.of(0)))
          .map((batch) => ({
            listingKey: `${batch.startedAt}~${'0'.repeat(16)}`,
            summary: batchSummarySchema.parse(batch),
          }))
          .filter(({ listingKey, summary }) => {
            const isStatus = status === undefined || summary.status === status;
            return isStatus && (before === undefined || listingKey < before);
          });
        return { entries: entries.slice(0, limit) };
      },
    },
    documents: {
      link: async (key, fileName) => `https://s3.example/${key}?as=${fileName}`,
      exists: async (key) => !missing.has(key),
      readManifest: async () => undefined,
    },
    now: () => now,
  } satisfies TaskApiDependencies['ports'] & StartExecutionsDependencies['ports'];
  const waiting = {
    slots: { take: async () => async () => {} },
    readers: { records, images, batches },
    async sleep(seconds) {
      now += seconds * 1000;
    },
  } satisfies TaskApiDependencies['waiting'];
  return {
    ports,
    /** Every request may wait. Waiting advances the clock. */
    waiting,
    records: records.all,
    images,
    batches,
    files,
    batchExecutions,
    objects,
    settings,
    executions,
    recognitions,
    stopped,
    published,
    missing,
    advance(seconds: number) {
      now += seconds * 1000;
    },
  };
}

function startsIn<Input>(
  executions: Map<string, NamedExecution<Input>>,
  now: () => number,
): ExecutionStarts<Input> {
  return {
    async start(name, input) {
      const known = executions.get(name);
      if (known?.kind === 'Ended') return known;
      const isSame = JSON.stringify(known?.input) === JSON.stringify(input);
      if (known !== undefined) return { ...known, isNew: isSame };
      const executionArn = `${MACHINE}:${name}`;
      const started = { kind: 'Running', executionArn, startedAt: now(), input, isNew: true } as const;
      executions.set(name, started);
      return started;
    },
    find: async (name) => executions.get(name),
  };
}

function summaryOf(record: TaskRecord) {
  const { taskId, operation, generation, status, attempts, resultCount, startedAt, expiresAt } = record;
  return { taskId, operation, generation, status, attempts, resultCount, startedAt, expiresAt };
}

import type { BatchLine } from '../../contracts/batch-input.ts';
import { BATCHES_PREFIX, batchKeys, LISTS_PREFIX } from '../../contracts/batch-keys.ts';
import type { BatchRequest } from '../../contracts/batches-api.ts';
import { parseImageSettings } from '../image-settings.ts';
import { InvalidInput } from '../invalid-input.ts';
import { checkPlace, type SourceBuckets } from '../source-places.ts';
import { parseBatchInput, requireOneOf } from './batch-input.ts';
import type { BatchFiles } from './batch-ports.ts';
import { batchRequestDigest } from './batch-record.ts';
import { createLineParser, IMAGE_PREFIXES } from './item-parser.ts';
import { type BatchStart, type StartBatchPorts, startBatch } from './start-batch.ts';

export interface RequestBatchPorts extends StartBatchPorts, SourceBuckets {
  readonly files: Pick<BatchFiles, 'write'>;
}

/** The fields that name the items of a batch. */
const SOURCES = ['tasks', 'list', 'images'] as const;

/** Below this rate, tasks wait for their polls. */
const FAST_REQUESTS_PER_SECOND = 20;

/** Returns what a caller should know about a request that is allowed; undefined for nothing. */
export function batchWarning({ requestsPerSecond }: Pick<BatchRequest, 'requestsPerSecond'>) {
  if (requestsPerSecond === undefined || requestsPerSecond >= FAST_REQUESTS_PER_SECOND) return undefined;
  return `requestsPerSecond: below ${FAST_REQUESTS_PER_SECOND} requests a second the rate costs delay`;
}

/**
 * Starts the batch of a request. Tasks that the request names itself become a list in the bucket,
 * because an execution's input is limited to 256 KiB.
 *
 * @throws InvalidInput naming the field, or BatchConflict
 */
export async function requestBatch(request: BatchRequest, ports: RequestBatchPorts): Promise<BatchStart> {
  checkRequest(request, ports);
  const { batchId = crypto.randomUUID(), tasks, ...rest } = request;
  if (tasks === undefined) return await startBatch({ batchId, input: parseBatchInput(rest) }, ports);
  const lines = tasks.map(toLine);
  const digest = await batchRequestDigest({ ...rest, tasks: lines });
  const key = batchKeys(batchId).request(digest.slice(0, 16));
  const input = parseBatchInput({ ...rest, list: { bucket: ports.bucket, key } });
  const prepare = () => ports.files.write(key, JSON.stringify(lines), 'application/json');
  return await startBatch({ batchId, input, prepare }, ports);
}

type TaskOfRequest = NonNullable<BatchRequest['tasks']>[number];

function toLine(task: TaskOfRequest): Partial<BatchLine> {
  return typeof task === 'string' ? { taskId: task } : task;
}

function checkRequest(request: BatchRequest, ports: RequestBatchPorts): void {
  const { tasks, list, images, operation, settings } = request;
  requireOneOf(SOURCES, request, 'body');
  if (tasks !== undefined) checkTasks(tasks, request, ports);
  if (list !== undefined) {
    checkPlace({ field: 'list', keyField: 'key', ...list }, [LISTS_PREFIX, BATCHES_PREFIX], ports);
  }
  if (images !== undefined) {
    const { bucket, prefix } = images;
    checkPlace({ field: 'images', bucket, key: prefix, keyField: 'prefix' }, IMAGE_PREFIXES, ports);
    parseImageSettings(operation, settings);
  }
}

/** Checks the tasks as the batch does, so that a caller gets the error at once. */
function checkTasks(
  tasks: readonly TaskOfRequest[],
  request: BatchRequest,
  { bucket, sourceBuckets, now }: RequestBatchPorts,
): void {
  const buckets = { bucket, sourceBuckets };
  const parse = createLineParser({ batch: request, buckets, startedAt: now() });
  for (const [index, task] of tasks.entries()) {
    try {
      parse(task);
    } catch (error) {
      if (!(error instanceof InvalidInput)) throw error;
      const field = ['tasks', index, ...(error.field === '' ? [] : [error.field])].join('.');
      throw new InvalidInput(field, error.got, error.allowed);
    }
  }
}

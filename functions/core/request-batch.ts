import type { BatchLine } from '../contracts/batch-input.ts';
import { BATCHES_PREFIX, batchKeys, IMAGES_PREFIX, LISTS_PREFIX } from '../contracts/batch-keys.ts';
import type { BatchRequest } from '../contracts/batches-api.ts';
import { INBOX_PREFIX } from '../contracts/image-input.ts';
import { parseBatchInput } from './batch-input.ts';
import type { BatchFiles } from './batch-ports.ts';
import { batchRequestDigest } from './batch-record.ts';
import { parseImageSettings } from './image-settings.ts';
import { InvalidInput } from './invalid-input.ts';
import { checkPlace, type SourceBuckets } from './source-places.ts';
import { type BatchStart, type StartBatchPorts, startBatch } from './start-batch.ts';

export interface RequestBatchPorts extends StartBatchPorts, SourceBuckets {
  readonly files: Pick<BatchFiles, 'write'>;
}

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

function checkRequest(request: BatchRequest, sources: SourceBuckets): void {
  const { tasks, list, images, operation, settings } = request;
  requireOne('body', request, ['tasks', 'list', 'images']);
  for (const [index, task] of tasks?.entries() ?? []) checkTask(`tasks.${index}`, task, sources);
  if (list !== undefined) {
    checkPlace({ field: 'list', keyField: 'key', ...list }, [LISTS_PREFIX, BATCHES_PREFIX], sources);
  }
  if (images !== undefined) {
    const { bucket, prefix } = images;
    const place = { field: 'images', bucket, key: prefix, keyField: 'prefix' } as const;
    checkPlace(place, [IMAGES_PREFIX, INBOX_PREFIX], sources);
    parseImageSettings(operation, settings);
  }
}

function checkTask(field: string, task: TaskOfRequest, sources: SourceBuckets): void {
  if (typeof task === 'string') return;
  requireOne(field, task, ['taskId', 'source']);
  if (task.source === undefined) return;
  const place = { field: `${field}.source`, keyField: 'key', ...task.source } as const;
  checkPlace(place, [IMAGES_PREFIX, INBOX_PREFIX], sources);
}

/** @throws InvalidInput unless exactly one of the fields is there */
function requireOne<Name extends string>(
  field: string,
  object: Readonly<Partial<Record<Name, unknown>>>,
  names: readonly Name[],
): void {
  const given = names.filter((name) => object[name] !== undefined);
  if (given.length === 1) return;
  const got = given.length === 0 ? 'none of them' : given.join(' and ');
  throw new InvalidInput(field, got, `exactly one of ${names.join(', ')}`);
}

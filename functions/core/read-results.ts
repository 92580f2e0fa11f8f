import type { LinkedResults } from '../contracts/http-api.ts';
import type { StoredResult, TaskRecord } from '../contracts/task-record.ts';
import type { ReadTaskPorts } from './read-task.ts';
import { DocumentsGone, ResultNotFound, TaskNotFound, TaskStillCollecting } from './task-errors.ts';
import { isExpired } from './task-record.ts';
import { retryDelaySeconds } from './task-times.ts';

/** Reads what was stored for tasks. */
export interface DocumentReader {
  /** Creates a download link that is valid for `LINK_SECONDS`. */
  link(key: string, fileName: string): Promise<string>;
  exists(key: string): Promise<boolean>;
  /** Reads all results of a manifest; undefined when it has been deleted. */
  readManifest(key: string): Promise<readonly StoredResult[] | undefined>;
}

export interface TaskResultsPorts extends ReadTaskPorts {
  readonly documents: DocumentReader;
}

/** Lifetime of a download link: long enough to follow it, too short to share it. */
export const LINK_SECONDS = 300;

/**
 * Lists the results of an ended task, with links.
 *
 * @throws TaskNotFound, TaskStillCollecting, or DocumentsGone when the documents or the record have
 * expired
 */
export async function taskResults(taskId: string, ports: TaskResultsPorts): Promise<LinkedResults> {
  const record = await readEnded(taskId, ports);
  const { operation, generation, status, resultCount, resultBytes, partial, empty, manifestKey } = record;
  if (manifestKey !== undefined && !(await ports.documents.exists(manifestKey))) {
    throw new DocumentsGone(taskId);
  }
  const linkTo = async (key: string | null | undefined) =>
    key == null ? null : await ports.documents.link(key, fileName(taskId, key));
  return {
    taskId,
    operation,
    generation,
    status,
    resultCount,
    resultBytes,
    partial,
    empty,
    manifestUrl: await linkTo(manifestKey),
    linkSeconds: LINK_SECONDS,
    results: await Promise.all(
      record.results.map(async (result) => ({ ...result, url: await linkTo(result.key) })),
    ),
  };
}

/**
 * Creates a link to one document of an ended task.
 *
 * @throws ResultNotFound, or what `taskResults` throws
 */
export async function documentLink(taskId: string, index: number, ports: TaskResultsPorts): Promise<string> {
  const record = await readEnded(taskId, ports);
  const { resultCount } = record;
  if (index >= resultCount) {
    throw new ResultNotFound(index, `the task has ${resultCount} result${resultCount === 1 ? '' : 's'}`);
  }
  const { key } = record.results[index] ?? (await listedInManifest(record, index, ports));
  if (key === null) throw new ResultNotFound(index, 'Aspose sent no data that could be decoded');
  if (!(await ports.documents.exists(key))) throw new DocumentsGone(taskId);
  return await ports.documents.link(key, fileName(taskId, key));
}

async function readEnded(taskId: string, { records, now }: ReadTaskPorts): Promise<TaskRecord> {
  const record = await records.read(taskId);
  if (record === undefined) throw new TaskNotFound(taskId);
  if (isExpired(record, now())) throw new DocumentsGone(taskId);
  if (record.outcome !== undefined) return record;
  throw new TaskStillCollecting(taskId, retryDelaySeconds(record.nextPollAt, now()));
}

/**
 * Finds a result that the record does not list, because it lists only the first
 * `MAX_LISTED_RESULTS`.
 */
async function listedInManifest(
  { taskId, manifestKey }: TaskRecord,
  index: number,
  { documents }: TaskResultsPorts,
): Promise<Pick<StoredResult, 'key'>> {
  const results = manifestKey === undefined ? undefined : await documents.readManifest(manifestKey);
  if (results === undefined) throw new DocumentsGone(taskId);
  return results[index] ?? { key: null };
}

/** Includes the task id, so that downloads of different tasks have different names. */
function fileName(taskId: string, key: string): string {
  return `${taskId}-${key.slice(key.lastIndexOf('/') + 1)}`;
}

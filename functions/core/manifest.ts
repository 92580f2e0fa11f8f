import { DOCUMENTS_PREFIX, MANIFEST_FILE, type Manifest } from '../contracts/manifest.ts';
import { OPERATIONS } from '../contracts/operations.ts';
import type { StoredResult, TaskRecord } from '../contracts/task-record.ts';
import type { Ending } from './assess-poll.ts';
import { contentWarning, documentFormat, printableType } from './document-formats.ts';
import type { Content, ReceivedResult } from './vendor-response.ts';
import { withoutUndefined } from './without-undefined.ts';

/** One result of an ending: its entry in the lists, and the document to store. */
export interface DescribedResult {
  readonly entry: StoredResult;
  /** Absent when Aspose sent no data. */
  readonly document?: { readonly key: string; readonly contentType: string; readonly content: Content };
  readonly warning?: string;
}

/**
 * The key prefix of everything stored for a task. It depends on the task alone, so storing twice is
 * harmless.
 */
export function storagePrefix({ operation, taskId }: Pick<TaskRecord, 'operation' | 'taskId'>): string {
  return `${DOCUMENTS_PREFIX}${operation}/${taskId}`;
}

/** The key of the manifest of a task. */
export function manifestKeyOf(task: Pick<TaskRecord, 'operation' | 'taskId'>): string {
  return `${storagePrefix(task)}/${MANIFEST_FILE}`;
}

/**
 * Describes how a result is stored. Aspose's type is never part of a key, except as the extension
 * of a known type.
 */
export function describeResult(record: TaskRecord, index: number, result: ReceivedResult): DescribedResult {
  const prefix = storagePrefix(record);
  const type = printableType(result.type);
  const noDocument = { index, type, contentType: null, key: null, bytes: 0, sha256: null };
  const { data } = result;
  if (data.kind === 'missing') {
    return { entry: { ...noDocument, empty: true }, warning: `results[${index}]: Aspose sent no data` };
  }
  const { content } = data;
  if (data.kind === 'undecodable') {
    const key = `${prefix}/${index}.undecoded`;
    const document = { key, contentType: 'application/octet-stream', content };
    return { entry: { ...noDocument, empty: false, undecodedKey: key }, document };
  }
  const format = documentFormat(record.operation, result.type, content);
  const { contentType } = format;
  const { bytes, sha256 } = content;
  const key = `${prefix}/${index}.${format.extension}`;
  const warning = contentWarning(index, format, content);
  return {
    entry: { index, type, contentType, key, bytes, sha256, empty: bytes === 0 },
    document: { key, contentType, content },
    ...withoutUndefined({ warning }),
  };
}

/** Builds the manifest. The same response always gives the same bytes. */
export function manifest(
  record: TaskRecord,
  ending: Ending,
  bucket: string,
  described: readonly DescribedResult[],
): Manifest {
  const { taskId, operation, generation } = record;
  const { outcome, reason, partial, empty, messages, warnings, responseStatusCode } = ending;
  return {
    version: '1',
    taskId,
    operation,
    generation,
    outcome,
    ...withoutUndefined({ reason }),
    trial: OPERATIONS[operation].trial,
    partial,
    empty,
    responseStatusCode: printableType(responseStatusCode),
    bucket,
    results: described.map(({ entry }) => entry),
    messages: [...messages],
    warnings: [...warnings, ...described.flatMap(({ warning }) => warning ?? [])],
  };
}

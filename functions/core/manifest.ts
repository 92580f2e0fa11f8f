import { OPERATIONS } from '../contracts/operations.ts';
import type { StoredResult, TaskRecord } from '../contracts/task-record.ts';
import type { Ending } from './assess-poll.ts';
import { contentWarning, documentFormat, printableType } from './document-formats.ts';
import type { Content, ReceivedResult } from './vendor-response.ts';

/** One result of an ending: how it is listed, and what is stored for it. */
export interface DescribedResult {
  readonly entry: StoredResult;
  /** Absent when Aspose sent no data. */
  readonly document?: { readonly key: string; readonly contentType: string; readonly content: Content };
  readonly warning?: string;
}

/** The prefix of everything stored for a task: it depends on the task alone, so that storing twice is harmless. */
export function storagePrefix({ operation, taskId }: TaskRecord): string {
  return `results/${operation}/${taskId}`;
}

/** Where a result goes. The vendor's type is never part of a key, but for the extension of a known one. */
export function describeResult(record: TaskRecord, index: number, result: ReceivedResult): DescribedResult {
  const prefix = storagePrefix(record);
  const type = printableType(result.type);
  const nothing = { index, type, contentType: null, key: null, bytes: 0, sha256: null };
  const { data } = result;
  if (data.kind === 'missing') {
    return { entry: { ...nothing, empty: true }, warning: `results[${index}]: Aspose sent no data` };
  }
  const { content } = data;
  if (data.kind === 'undecodable') {
    const key = `${prefix}/${index}.undecoded`;
    const document = { key, contentType: 'application/octet-stream', content };
    return { entry: { ...nothing, empty: false, undecodedKey: key }, document };
  }
  const format = documentFormat(record.operation, result.type);
  const { contentType } = format;
  const { bytes, sha256 } = content;
  const key = `${prefix}/${index}.${format.extension}`;
  const warning = contentWarning(index, format, content);
  return {
    entry: { index, type, contentType, key, bytes, sha256, empty: bytes === 0 },
    document: { key, contentType, content },
    ...(warning !== undefined && { warning }),
  };
}

/** The manifest: every result of a task, however many. The same bytes whenever it is made from the same answer. */
export function manifest(
  record: TaskRecord,
  ending: Ending,
  bucket: string,
  described: readonly DescribedResult[],
) {
  const { taskId, operation, generation } = record;
  const { outcome, reason, partial, empty, messages, warnings, responseStatusCode } = ending;
  return {
    version: '1',
    taskId,
    operation,
    generation,
    outcome,
    reason,
    trial: OPERATIONS[operation].trial,
    partial,
    empty,
    responseStatusCode: printableType(responseStatusCode),
    bucket,
    results: described.map(({ entry }) => entry),
    messages,
    warnings: [...warnings, ...described.flatMap(({ warning }) => warning ?? [])],
  };
}

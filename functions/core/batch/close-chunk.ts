import type { BatchChunk, BatchItem } from '../../contracts/batch-input.ts';
import { batchKeys } from '../../contracts/batch-keys.ts';
import { type BatchRecord, type BatchResult, batchResultSchema } from '../../contracts/batch-record.ts';
import type { EndedExecution } from '../close-task.ts';
import { transformInOrder } from '../in-order.ts';
import { parseInput } from '../invalid-input.ts';
import type { BatchFiles, BatchProgressStore } from './batch-ports.ts';
import { type CloseItemPorts, closeItem } from './close-item.ts';
import { parseBatchItems } from './item-request.ts';
import { countLines, parseJsonLines, toJsonLines } from './result-lines.ts';

export interface CloseChunkPorts extends CloseItemPorts {
  readonly files: BatchFiles;
  readonly progress: BatchProgressStore;
  /** Returns a random name for the result lines of a chunk. */
  newTag(): string;
}

/** Content type of JSON Lines. */
export const JSON_LINES_TYPE = 'application/x-ndjson';

/**
 * Objects of the batch were deleted, or do not fit together. Another step would find them so, too,
 * so the batch ends without results.
 */
export class BatchFilesLostError extends Error {
  override readonly name = 'BatchFilesLostError';
}

/**
 * Closes a chunk that has not ended: each of its items gets one result line. Lines that its
 * invocations have written are kept. If the chunk ends meanwhile, the lines of this call count for
 * nothing.
 *
 * @throws BatchFilesLostError
 */
export async function closeChunk(
  batch: BatchRecord,
  chunk: BatchChunk,
  execution: EndedExecution,
  concurrentItems: number,
  ports: CloseChunkPorts,
): Promise<void> {
  const { batchId, expiresAt } = batch;
  const { files, progress } = ports;
  const keys = batchKeys(batchId);
  const items = await readChunkItems(batchId, chunk, files);
  const ended = parseBatchLines((await files.read(keys.endedLines(chunk.n))) ?? '');
  const known = new Map(ended.map((line) => [line.i, line]));
  const lines: BatchResult[] = [];
  const closed = transformInOrder(
    items,
    concurrentItems,
    async (item) => known.get(item.i) ?? (await closeItem(item, batchId, execution, ports)),
  );
  for await (const line of closed) lines.push(line);
  const tag = ports.newTag();
  // Written first: a reader of the tag finds the lines.
  await files.write(keys.chunkLines(chunk.n, tag), toJsonLines(lines), JSON_LINES_TYPE);
  await progress.end(batchId, chunk.n, tag, countLines(lines), expiresAt);
}

/**
 * Reads the items of a chunk.
 *
 * @throws BatchFilesLostError
 */
export async function readChunkItems(
  batchId: string,
  { from, bytes }: BatchChunk,
  files: BatchFiles,
): Promise<BatchItem[]> {
  const key = batchKeys(batchId).items;
  const text = await files.read(key, { from, bytes });
  if (text?.length !== bytes) throw new BatchFilesLostError(`${key} was deleted or replaced.`);
  return parseBatchItems(text);
}

/** Parses result lines. */
export function parseBatchLines(text: string): BatchResult[] {
  return parseJsonLines(text).map((line) => parseInput(batchResultSchema, line, 'line'));
}

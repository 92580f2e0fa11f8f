import { batchKeys } from '../contracts/batch-keys.ts';
import {
  type BatchCounts,
  type BatchRecord,
  type BatchResult,
  LINE_OUTCOMES,
} from '../contracts/batch-record.ts';
import { CSV_HEADER, toCsvRow } from './batch-csv.ts';
import { countLines, toJsonLines } from './batch-lines.ts';
import type { BatchFiles, LargeFile } from './batch-ports.ts';
import { BatchFileMissingError, JSON_LINES_TYPE, parseBatchLines } from './close-chunk.ts';
import { transformInOrder } from './in-order.ts';

/** Chunks that are read ahead: about 400 kB. */
const CHUNKS_AHEAD = 16;

/** The chunks do not have exactly one line per item. */
export class BatchIncompleteError extends Error {
  override readonly name = 'BatchIncompleteError';

  constructor(batchId: string, expected: number, got: number | undefined) {
    super(`${batchId}: got ${got === undefined ? 'the end' : `item ${got}`}; allowed: item ${expected}`);
  }
}

/**
 * Writes `results.jsonl` and `results.csv` from the result lines of all chunks. The same chunks give
 * the same objects, so several invocations may write them.
 *
 * @param tags the tags of the chunks' result lines, by chunk number
 * @throws BatchIncompleteError unless each item has exactly one line
 */
export async function writeBatchResults(
  { batchId, total = 0, chunks = 0 }: BatchRecord,
  tags: ReadonlyMap<number, string>,
  files: BatchFiles,
): Promise<BatchCounts> {
  const keys = batchKeys(batchId);
  const created: LargeFile[] = [];
  async function create(key: string, contentType: string): Promise<LargeFile> {
    const file = await files.create(key, contentType);
    created.push(file);
    return file;
  }
  async function readChunk(chunk: number): Promise<BatchResult[]> {
    const key = keys.chunkLines(chunk, tags.get(chunk) ?? '');
    const text = await files.read(key);
    if (text === undefined) throw new BatchFileMissingError(key);
    return parseBatchLines(text);
  }

  try {
    const jsonLines = await create(keys.lines, JSON_LINES_TYPE);
    const csv = await create(keys.csv, 'text/csv; charset=utf-8');
    await csv.write(CSV_HEADER);
    let next = 0;
    const counted: BatchCounts[] = [];
    const numbers = Array.from({ length: chunks }, (_, chunk) => chunk);
    for await (const lines of transformInOrder(numbers, CHUNKS_AHEAD, readChunk)) {
      for (const { i } of lines) {
        if (i !== next) throw new BatchIncompleteError(batchId, next, i);
        next += 1;
      }
      counted.push(countLines(lines));
      await jsonLines.write(toJsonLines(lines));
      await csv.write(lines.map(toCsvRow).join(''));
    }
    if (next !== total) throw new BatchIncompleteError(batchId, next, undefined);
    await jsonLines.end();
    await csv.end();
    return sumOf(counted);
  } catch (error) {
    // The error explains more than that of a file that cannot be discarded.
    await Promise.allSettled(created.map((file) => file.abort()));
    throw error;
  }
}

function sumOf(counted: readonly BatchCounts[]): BatchCounts {
  const sums = LINE_OUTCOMES.map(
    (outcome) => [outcome, counted.reduce((sum, counts) => sum + (counts[outcome] ?? 0), 0)] as const,
  );
  return Object.fromEntries(sums.filter(([, count]) => count > 0));
}

import { batchKeys } from '../../contracts/batch-keys.ts';
import {
  type BatchCounts,
  type BatchRecord,
  type BatchResult,
  LINE_OUTCOMES,
} from '../../contracts/batch-record.ts';
import { transformInOrder } from '../in-order.ts';
import { CSV_HEADER, toCsvRow } from './batch-csv.ts';
import type { BatchFiles, LargeFile } from './batch-ports.ts';
import { BatchFilesLostError, JSON_LINES_TYPE, parseBatchLines } from './close-chunk.ts';
import { countLines, toJsonLines } from './result-lines.ts';

/** Chunks that are read ahead: about 400 kB. */
const CHUNKS_AHEAD = 16;

/**
 * Writes `results.jsonl` and `results.csv` from the result lines of all chunks. The same chunks
 * give the same objects, so several invocations may write them.
 *
 * @param tags the tags of the chunks' result lines, by chunk number
 * @throws BatchFilesLostError unless each item has exactly one line
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
    if (text === undefined) throw new BatchFilesLostError(`${key} was deleted.`);
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
        if (i !== next) throw wrongLine(`item ${i}`, next);
        next += 1;
      }
      counted.push(countLines(lines));
      await jsonLines.write(toJsonLines(lines));
      await csv.write(lines.map(toCsvRow).join(''));
    }
    if (next !== total) throw wrongLine('no line', next);
    await jsonLines.end();
    await csv.end();
    return sumOf(counted);
  } catch (error) {
    // The error explains more than that of a file that cannot be discarded.
    await Promise.allSettled(created.map((file) => file.abort()));
    throw error;
  }
}

function wrongLine(got: string, expected: number): BatchFilesLostError {
  return new BatchFilesLostError(`result lines: got ${got}; allowed: item ${expected}`);
}

function sumOf(counted: readonly BatchCounts[]): BatchCounts {
  const sums = LINE_OUTCOMES.map(
    (outcome) => [outcome, counted.reduce((sum, counts) => sum + (counts[outcome] ?? 0), 0)] as const,
  );
  return Object.fromEntries(sums.filter(([, count]) => count > 0));
}

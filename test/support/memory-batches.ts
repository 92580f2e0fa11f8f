import type { BatchRecord } from '../../functions/contracts/batch-record.ts';
import type { BatchFiles, BatchProgressStore, BatchRecords } from '../../functions/core/batch/batch-ports.ts';
import { memoryTable } from './memory-table.ts';

/** Batch records in memory. */
export function memoryBatches(...initial: readonly BatchRecord[]) {
  return memoryTable<BatchRecord>(({ batchId }) => batchId, initial) satisfies BatchRecords;
}

/** Progress of batches in memory: the end of a chunk is recorded once. */
export function memoryProgress() {
  const ends = new Map<string, { readonly tag: string; readonly counts: Readonly<Record<string, number>> }>();
  const keyOf = (batchId: string, chunk: number) => `${batchId}#${chunk}`;
  return {
    /** The recorded ends by `<batchId>#<chunk>`. */
    ends,
    async read(batchId, chunks) {
      const counts: Record<string, number> = {};
      const tags = new Map<number, string>();
      for (let chunk = 0; chunk < chunks; chunk += 1) {
        const end = ends.get(keyOf(batchId, chunk));
        if (end === undefined) continue;
        tags.set(chunk, end.tag);
        for (const [outcome, count] of Object.entries(end.counts)) {
          counts[outcome] = (counts[outcome] ?? 0) + count;
        }
      }
      return { counts, tags };
    },
    tagOf: async (batchId, chunk) => ends.get(keyOf(batchId, chunk))?.tag,
    async end(batchId, chunk, tag, counts) {
      const key = keyOf(batchId, chunk);
      if (ends.has(key)) return false;
      ends.set(key, { tag, counts: { ...counts } });
      return true;
    },
  } satisfies BatchProgressStore & Record<string, unknown>;
}

/** Objects of batches in memory. Ranges count bytes, and a large object exists from its end on. */
export function memoryFiles(initial: Readonly<Record<string, string>> = {}) {
  const all = new Map(Object.entries(initial));
  return {
    all,
    async read(key, range) {
      const content = all.get(key);
      if (content === undefined || range === undefined) return content;
      return Buffer.from(content)
        .subarray(range.from, range.from + range.bytes)
        .toString();
    },
    async write(key, content) {
      all.set(key, content);
    },
    async create(key) {
      const parts: string[] = [];
      return {
        async write(text) {
          parts.push(text);
        },
        async end() {
          all.set(key, parts.join(''));
        },
        async abort() {
          parts.length = 0;
        },
      };
    },
  } satisfies BatchFiles & Record<string, unknown>;
}

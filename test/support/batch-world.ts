import type { BatchInput, BatchItem } from '../../functions/contracts/batch-input.ts';
import type { BatchRecord } from '../../functions/contracts/batch-record.ts';
import type { ListedImage } from '../../functions/core/batch/batch-items.ts';
import type { OpenBatchPorts } from '../../functions/core/batch/open-batch.ts';
import { splitLines } from '../../functions/core/batch/split-lines.ts';
import { UnusableListError } from '../../functions/core/batch/unusable-list.ts';
import { BUCKET, START } from './builders.ts';
import { memoryBatches } from './memory-batches.ts';

export const BATCH_ID = 'monday';
export const BATCH_EXECUTION = `arn:aws:states:eu-central-1:111122223333:execution:CollectBatch:${BATCH_ID}`;

export function aBatchInput(details: Partial<BatchInput> = {}): BatchInput {
  return { operation: 'RecognizeImage', concurrency: 10, ...details };
}

/** Yields a text in parts of some bytes, which may split characters. */
export async function* inParts(text: string | Uint8Array, bytes = 64 * 1024): AsyncGenerator<Uint8Array> {
  const content = Buffer.from(text);
  for (let from = 0; from < content.length; from += bytes) yield content.subarray(from, from + bytes);
}

/** The ports of `openBatch` in memory. `step` runs before each call that changes something. */
export function openBatchWorld({
  lists = {},
  images = [],
  records = [],
  objects = {},
  step = () => {},
}: {
  /** Lists by key. */
  readonly lists?: Readonly<Record<string, string | Uint8Array | AsyncIterable<Uint8Array>>>;
  readonly images?: readonly ListedImage[];
  readonly records?: readonly BatchRecord[];
  /** Objects of the results bucket by key. */
  readonly objects?: Readonly<Record<string, string>>;
  readonly step?: () => void;
} = {}) {
  const batches = memoryBatches(...records);
  const stored = new Map(Object.entries(objects));
  const aborted: string[] = [];
  let writes = 0;
  const ports = {
    batches: {
      read: batches.read,
      async write(record) {
        step();
        return await batches.write(record);
      },
    },
    files: {
      async readLines(key) {
        const text = stored.get(key);
        return text === undefined ? undefined : splitLines(texts(text), Infinity);
      },
      async create(key) {
        step();
        let parts: string[] | undefined = [];
        return {
          async write(text) {
            step();
            writes += 1;
            parts?.push(text);
          },
          async end() {
            step();
            stored.set(key, parts?.join('') ?? '');
          },
          async abort() {
            aborted.push(key);
            parts = undefined;
          },
        };
      },
    },
    async *readList({ key }) {
      const list = lists[key];
      if (list === undefined) throw new UnusableListError('ListUnreadable', 'there is no list');
      yield* typeof list === 'string' || list instanceof Uint8Array ? inParts(list) : list;
    },
    async *listImages({ prefix }) {
      yield* images.filter(({ key }) => key.startsWith(prefix));
    },
    buckets: { bucket: BUCKET, sourceBuckets: ['scans'] },
    now: () => START,
  } satisfies OpenBatchPorts;
  return {
    ports,
    stored,
    aborted,
    batches: batches.all,
    current: () => batches.all.get(BATCH_ID),
    writes: () => writes,
    items: (): BatchItem[] => linesOf(stored.get(`batches/${BATCH_ID}/items.jsonl`)),
    chunks: (): { readonly n: number; readonly from: number; readonly bytes: number }[] =>
      linesOf(stored.get(`batches/${BATCH_ID}/chunks.jsonl`)),
  };
}

async function* texts(text: string): AsyncGenerator<string> {
  yield text;
}

function linesOf(text = '') {
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line));
}

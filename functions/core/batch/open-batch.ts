import {
  type BatchChunk,
  type BatchInput,
  CHUNK_IMAGE_BYTES,
  CHUNK_ITEMS,
  MAX_BATCH_CHUNKS,
  MAX_BATCH_ITEMS,
} from '../../contracts/batch-input.ts';
import { batchKeys } from '../../contracts/batch-keys.ts';
import type { BatchRecord } from '../../contracts/batch-record.ts';
import { BATCH_REFUSED_ERROR, type OpenBatchOutput } from '../../contracts/collect-batch.ts';
import type { SourceBuckets } from '../source-places.ts';
import { BatchConflict } from '../task-errors.ts';
import type { Claimant } from '../task-record.ts';
import { createDuplicateCheck } from './batch-duplicates.ts';
import { itemsField } from './batch-input.ts';
import { type BatchItemPorts, type ListedItem, readBatchItems } from './batch-items.ts';
import type { BatchFiles, BatchLineReader, BatchRecords, LargeFile } from './batch-ports.ts';
import { changeBatch, isBatchExpired, isEndedBatch, newBatch } from './batch-record.ts';
import { toJsonLines } from './result-lines.ts';
import { UnusableListError } from './unusable-list.ts';

/** Everything that the use case `openBatch` needs from outside. */
export interface OpenBatchPorts extends BatchItemPorts {
  readonly batches: BatchRecords;
  readonly files: Pick<BatchFiles, 'create'> & BatchLineReader;
  readonly buckets: SourceBuckets;
}

/** A batch, as its execution names it. */
export interface BatchToOpen {
  readonly batchId: string;
  readonly input: BatchInput;
}

/** The batch has nothing to process. Its record says why; close-batch publishes the event. */
export class OcrBatchRefused extends Error {
  override readonly name = BATCH_REFUSED_ERROR;

  constructor(reason: string) {
    super(
      `The batch has no items to process (${reason}). OCR Batch Completed and GET /batches/{batchId} explain why.`,
    );
  }
}

/** The number of items and chunks that were written. */
type Totals = Required<Pick<BatchRecord, 'total' | 'duplicates' | 'chunks'>>;

const JSON_LINES = 'application/jsonl';

/**
 * Lists the items of a batch and divides them into chunks. A repeat after a crash writes the same
 * again; after the last write, it changes nothing.
 *
 * @throws BatchConflict for an id that is in use, OcrBatchRefused for a list that cannot be used,
 * and the errors of records and objects, which the state machine retries
 */
export async function openBatch(
  { batchId, input }: BatchToOpen,
  claimant: Claimant,
  ports: OpenBatchPorts,
): Promise<OpenBatchOutput> {
  const record = await claimBatch(batchId, input, claimant, ports);
  const output = { chunksKey: batchKeys(batchId).chunks, concurrency: record.concurrency };
  if (record.chunks !== undefined) return output;
  refuseAgain(record);
  try {
    const rules = { batch: input, buckets: ports.buckets, startedAt: claimant.startedAt };
    const listed = readBatchItems(input, rules, ports);
    const { totals, files } = await writeItems({ batchId, input }, listed, claimant, ports);
    // An earlier invocation may still run, if Step Functions lost contact with it. Once it has
    // opened the batch, its objects must stay: chunks are being read from them.
    const isOpened = (await ports.batches.read(batchId))?.chunks !== undefined;
    await (isOpened ? abort(files) : end(files));
    await changeUnopened(record, ports, ({ status }) => ({
      ...totals,
      ...(status === 'Opening' && { status: 'Running' as const }),
    }));
    return output;
  } catch (error) {
    if (!(error instanceof UnusableListError)) throw error;
    const { reason, message } = error;
    const refused = await changeUnopened(record, ports, () => ({ reason, messages: [message] }));
    if (refused.chunks !== undefined) return output;
    throw new OcrBatchRefused(reason);
  }
}

/** Returns the record of the batch, and writes it if it is new. */
async function claimBatch(
  batchId: string,
  input: BatchInput,
  claimant: Claimant,
  { batches, now }: OpenBatchPorts,
): Promise<BatchRecord> {
  const created = await newBatch(batchId, input, claimant);
  for (;;) {
    const found = await batches.read(batchId);
    if (found !== undefined && !isBatchExpired(found, now())) {
      const isSame =
        found.requestDigest === created.requestDigest && found.executionArn === created.executionArn;
      if (!isSame) throw new BatchConflict(batchId);
      return found;
    }
    const claimed = { ...created, version: (found?.version ?? 0) + 1 };
    if (await batches.write(claimed)) return claimed;
  }
}

/** Ends an invocation that repeats one whose list could not be used, or whose batch has ended. */
function refuseAgain({ reason, outcome }: BatchRecord): void {
  const known = reason ?? outcome;
  if (known !== undefined) throw new OcrBatchRefused(known);
}

/**
 * Changes the latest version of the record, which a caller may cancel meanwhile, unless another
 * invocation has opened the batch. Returns the record as it is then.
 */
async function changeUnopened(
  record: BatchRecord,
  { batches }: OpenBatchPorts,
  changesOf: (latest: BatchRecord) => Partial<BatchRecord>,
): Promise<BatchRecord> {
  for (let latest: BatchRecord | undefined = record; latest !== undefined; ) {
    if (isEndedBatch(latest)) throw new OcrBatchRefused(latest.outcome);
    if (latest.chunks !== undefined) return latest;
    const changed = changeBatch(latest, changesOf(latest));
    if (await batches.write(changed)) return changed;
    latest = await batches.read(record.batchId);
  }
  throw new Error('the record of the batch was deleted');
}

/** Writes the items and their chunks to files that do not exist before their end. */
async function writeItems(
  { batchId, input }: BatchToOpen,
  listed: AsyncIterable<ListedItem>,
  { executionArn }: Claimant,
  { files }: OpenBatchPorts,
): Promise<{ readonly totals: Totals; readonly files: readonly LargeFile[] }> {
  const keys = batchKeys(batchId);
  const created: LargeFile[] = [];
  const create = async (key: string) => {
    const file = await files.create(key, JSON_LINES);
    created.push(file);
    return file;
  };
  try {
    const chunks = chunkWriter(input, await create(keys.items), await create(keys.chunks));
    const isDuplicate = createDuplicateCheck(executionArn);
    let total = 0;
    let duplicates = 0;
    for await (const one of listed) {
      if (await isDuplicate(one)) duplicates += 1;
      else if (total === MAX_BATCH_ITEMS) throw wrongCount(input, 'more items');
      else {
        await chunks.add({ i: total, ...one.item }, one.imageBytes);
        total += 1;
      }
    }
    if (total === 0) throw wrongCount(input, 'no items');
    return { totals: { total, duplicates, chunks: await chunks.end() }, files: created };
  } catch (error) {
    await abort(created);
    throw error;
  }
}

async function end(files: readonly LargeFile[]): Promise<void> {
  try {
    for (const file of files) await file.end();
  } catch (error) {
    await abort(files);
    throw error;
  }
}

async function abort(files: readonly LargeFile[]): Promise<void> {
  await Promise.allSettled(files.map((file) => file.abort()));
}

function wrongCount(input: BatchInput, got: string): UnusableListError {
  return unusable(input, got, `1 to ${MAX_BATCH_ITEMS} items`);
}

function unusable(input: BatchInput, got: string, allowed: string): UnusableListError {
  return new UnusableListError('ListInvalid', `${itemsField(input)}: got ${got}; allowed: ${allowed}`);
}

/** Divides items into chunks, and writes both as JSON Lines. */
function chunkWriter(input: BatchInput, itemsFile: LargeFile, chunksFile: LargeFile) {
  let text = '';
  let items = 0;
  let imageBytes = 0;
  let from = 0;
  let n = 0;

  async function endChunk(): Promise<void> {
    if (n === MAX_BATCH_CHUNKS) {
      const allowed = `at most ${MAX_BATCH_CHUNKS} chunks of ${CHUNK_ITEMS} items and ${CHUNK_IMAGE_BYTES} bytes of images`;
      throw unusable(input, 'more chunks', allowed);
    }
    // ASCII only, so that characters are bytes.
    const chunk: BatchChunk = { n, from, bytes: text.length };
    await itemsFile.write(text);
    await chunksFile.write(toJsonLines([chunk]));
    n += 1;
    from += text.length;
    text = '';
    items = 0;
    imageBytes = 0;
  }

  return {
    async add(item: object, bytes: number): Promise<void> {
      if (items === CHUNK_ITEMS || (items > 0 && imageBytes + bytes > CHUNK_IMAGE_BYTES)) await endChunk();
      text += toJsonLines([item]);
      items += 1;
      imageBytes += bytes;
    },
    /** Writes the last chunk, and returns the number of chunks. */
    async end(): Promise<number> {
      if (items > 0) await endChunk();
      return n;
    },
  };
}

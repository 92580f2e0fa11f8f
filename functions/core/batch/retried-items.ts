import * as z from 'zod/mini';
import { type BatchItem, batchItemSchema } from '../../contracts/batch-input.ts';
import { batchKeys } from '../../contracts/batch-keys.ts';
import { batchResultSchema } from '../../contracts/batch-record.ts';
import { parseJson } from '../parse-json.ts';
import { withoutUndefined } from '../without-undefined.ts';
import type { ListedItem } from './batch-items.ts';
import type { BatchLineReader, BatchRecords } from './batch-ports.ts';
import { isBatchExpired, isEndedBatch } from './batch-record.ts';
import type { BatchItemRules } from './item-parser.ts';
import { UnusableListError } from './unusable-list.ts';

export interface RetryPorts {
  readonly batches: Pick<BatchRecords, 'read'>;
  readonly files: BatchLineReader;
  /** Epoch milliseconds. */
  now(): number;
}

const resultSchema = z.pick(batchResultSchema, { i: true, outcome: true, generation: true });

/**
 * Reads the items of an ended batch whose outcome is not Completed. An item that was started gets
 * the next generation, so that it starts again.
 *
 * @throws UnusableListError when the batch has no complete results
 */
export async function* retriedItems(
  batchId: string,
  { batch }: Pick<BatchItemRules, 'batch'>,
  ports: RetryPorts,
): AsyncGenerator<ListedItem> {
  const { items, results } = await openBatchLines(batchId, ports);
  const resultLines = results[Symbol.asyncIterator]();
  try {
    for await (const line of items) {
      const item = z.parse(batchItemSchema, parseJson(line));
      const next = await resultLines.next();
      if (next.done === true) throw new Error(`item ${item.i} of the batch has no result line`);
      const result = z.parse(resultSchema, parseJson(next.value));
      if (result.i !== item.i)
        throw new Error(`result line ${result.i} of the batch is in the place of ${item.i}`);
      if (result.outcome === 'Completed') continue;
      // The record of a task or an image may be of a later generation than the item.
      const generation = Math.max(item.generation, result.generation);
      yield {
        item: again(item, generation + (result.outcome === 'NotStarted' ? 0 : 1), batch.polling),
        place: `item ${item.i + 1}`,
        imageBytes: 0,
      };
    }
  } finally {
    await resultLines.return?.();
  }
}

function again(
  { i: _, ...item }: BatchItem,
  generation: number,
  batchPolling: BatchItem['polling'],
): ListedItem['item'] {
  return { ...item, generation, ...withoutUndefined({ polling: item.polling ?? batchPolling }) };
}

async function openBatchLines(batchId: string, { batches, files, now }: RetryPorts) {
  const record = await batches.read(batchId);
  if (record === undefined || isBatchExpired(record, now()))
    throw unreadable('a batch that does not exist, or whose record has expired');
  if (!isEndedBatch(record)) throw unreadable('a batch that has not ended');
  const keys = batchKeys(batchId);
  const items = await files.readLines(keys.items);
  const results = items && (await files.readLines(keys.lines));
  if (items === undefined || results === undefined)
    throw unreadable('a batch without items, or whose results have been deleted');
  return { items, results };
}

function unreadable(got: string): UnusableListError {
  return new UnusableListError('ListUnreadable', `retryOf: got ${got}; allowed: a batch that has ended`);
}

import { createReadStream } from 'node:fs';
import { resolve } from 'node:path';
import type { BatchInput } from '../../functions/contracts/batch-input.ts';
import { MAX_BATCH_ITEMS } from '../../functions/contracts/batch-input.ts';
import { createItemParser } from '../../functions/core/batch/item-parser.ts';
import { readListedValues } from '../../functions/core/batch/list-format.ts';
import { toJsonLines } from '../../functions/core/batch/result-lines.ts';
import { NotUtf8Error, UnusableListError } from '../../functions/core/batch/unusable-list.ts';
import { InvalidInput } from '../../functions/core/invalid-input.ts';
import { UsageError } from '../command-errors.ts';
import { errorCode } from '../error-code.ts';
import { recognizeListFormat } from './list-file-format.ts';

/** The name that stands for stdin. */
export const STDIN = '-';

/** A list whose items are valid, as JSON Lines. */
export interface CheckedList {
  readonly jsonLines: Uint8Array;
  /** Number of items, with duplicates. */
  readonly items: number;
}

/**
 * Reads a list of task ids, and checks every item as the batch itself does.
 *
 * @param path a file, or `-` for stdin
 * @param directory base of a relative path
 * @param signal ends the reading
 * @throws InvalidInput or UsageError when the list cannot be used
 */
export async function readListFile(
  path: string,
  directory: string,
  batch: Pick<BatchInput, 'operation' | 'polling'>,
  signal: AbortSignal,
  stdin: AsyncIterable<Uint8Array> = process.stdin,
): Promise<CheckedList> {
  const bytes = path === STDIN ? stdin : createReadStream(resolve(directory, path), { signal });
  try {
    return await checkList(path, bytes, batch);
  } catch (error) {
    if (error instanceof NotUtf8Error)
      throw new InvalidInput(
        'list',
        `'${path}', which is not UTF-8`,
        'a list of task ids; for images, --images DIR',
      );
    if (error instanceof UnusableListError) throw new UsageError(listMistake(error.message));
    const code = errorCode(error);
    if (code === undefined || signal.aborted) throw error;
    const reason = code === 'EISDIR' ? 'is a directory' : `cannot be read (${code})`;
    throw new InvalidInput('list', `'${path}', which ${reason}`, 'a readable file; for images, --images DIR');
  }
}

/** Describes a mistake in a list. A message about the whole list begins with its field. */
export function listMistake(message: string): string {
  const field = 'list: ';
  return `LIST: ${message.startsWith(field) ? message.slice(field.length) : message}`;
}

async function checkList(
  path: string,
  bytes: AsyncIterable<Uint8Array>,
  batch: Pick<BatchInput, 'operation' | 'polling'>,
): Promise<CheckedList> {
  const { read, content } = await recognizeListFormat(path === STDIN ? '' : path, bytes);
  const buckets = { bucket: '', sourceBuckets: [] };
  const parse = createItemParser({ batch: { ...batch }, buckets, startedAt: Date.now() });
  const parts: Uint8Array[] = [];
  let items = 0;
  for await (const { place, value } of readListedValues(content, read)) {
    refuseImage(place, value);
    parse({ place, value });
    items += 1;
    if (items > MAX_BATCH_ITEMS) throw wrongCount('more items');
    parts.push(Buffer.from(toJsonLines([value])));
  }
  if (items === 0) throw wrongCount('no items');
  return { jsonLines: Buffer.concat(parts), items };
}

/** The bucket of the embedded AWS holds no image that a list could name. */
function refuseImage(place: string, value: unknown): void {
  if (typeof value !== 'object' || value === null || !('source' in value)) return;
  throw new UsageError(
    `LIST: ${place}: got an image in S3; allowed: task ids; for images on this machine, --images DIR`,
  );
}

function wrongCount(got: string): UnusableListError {
  return new UnusableListError('ListInvalid', `got ${got}; allowed: 1 to ${MAX_BATCH_ITEMS} items`);
}

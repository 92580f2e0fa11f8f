import { extname } from 'node:path';
import {
  type ListedValue,
  MAX_LINE_CHARACTERS,
  parseListFormat,
} from '../../functions/core/batch/list-format.ts';
import { splitLines } from '../../functions/core/batch/split-lines.ts';

/** How a list is read, and its bytes from the start. */
export interface RecognizedList {
  readonly read: ReturnType<typeof parseListFormat>;
  readonly content: AsyncIterable<Uint8Array>;
}

const KNOWN_ENDINGS = ['.json', '.jsonl', '.ndjson', '.csv'];

/** Columns of which one is in every CSV list. */
const CSV_COLUMNS = ['taskId', 'bucket', 'key'];

/** Enough for the header of a CSV list. */
const HEAD_BYTES = 1024;

/**
 * Recognizes the format of a list by its ending, and otherwise by its first characters.
 *
 * @param path empty for stdin
 */
export async function recognizeListFormat(
  path: string,
  bytes: AsyncIterable<Uint8Array>,
): Promise<RecognizedList> {
  const ending = extname(path).toLowerCase();
  if (KNOWN_ENDINGS.includes(ending)) return { read: parseListFormat(ending), content: bytes };
  const rest = bytes[Symbol.asyncIterator]();
  const parts: Uint8Array[] = [];
  for (let length = 0; length < HEAD_BYTES; ) {
    const next = await rest.next();
    if (next.done === true) break;
    parts.push(next.value);
    length += next.value.length;
  }
  const head = new TextDecoder().decode(Buffer.concat(parts).subarray(0, HEAD_BYTES)).trimStart();
  return { read: readerOf(head), content: joined(parts, rest) };
}

async function* joined(
  parts: readonly Uint8Array[],
  rest: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  yield* parts;
  yield* { [Symbol.asyncIterator]: () => rest };
}

function readerOf(head: string): RecognizedList['read'] {
  if (head.startsWith('[')) return parseListFormat('.json');
  if (/^[{"]/.test(head) && !isCsvHeader(head)) return parseListFormat('.jsonl');
  return isCsvHeader(head) ? parseListFormat('.csv') : readTaskIds;
}

function isCsvHeader(head: string): boolean {
  const [header = ''] = head.split(/\r?\n/);
  const names = header.split(',').map((name) => name.trim().replace(/^"(.*)"$/, '$1'));
  return names.some((name) => CSV_COLUMNS.includes(name));
}

/** Reads one task id per line. Unlike JSON Lines, a number is an id, too. */
async function* readTaskIds(texts: AsyncIterable<string>): AsyncGenerator<ListedValue> {
  let number = 0;
  for await (const line of splitLines(texts, MAX_LINE_CHARACTERS)) {
    number += 1;
    const taskId = line.trim();
    if (taskId !== '') yield { place: `line ${number}`, value: taskId };
  }
}

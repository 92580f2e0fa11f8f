import { describeValue, InvalidInput } from '../invalid-input.ts';
import { parseJson } from '../parse-json.ts';
import { readCsvRows } from './list-csv.ts';
import { LineTooLongError, splitLines } from './split-lines.ts';
import { malformedItem, NotUtf8Error, UnusableListError } from './unusable-list.ts';

/** A value of a list, which is not checked yet. */
export interface ListedValue {
  /** The place of the value in the list, for messages: `line 17`. */
  readonly place: string;
  readonly value: unknown;
}

type ListReader = (texts: AsyncIterable<string>) => AsyncIterable<ListedValue>;

/**
 * Maximum length of a JSON list. It is parsed in one piece, because the libraries that parse JSON
 * in parts are not made for untrusted text. A list of this length whose items are all `{}` takes
 * 490 MiB, and open-batch has 1 GiB. JSON Lines and CSV have no such limit.
 */
export const MAX_JSON_CHARACTERS = 8 * 1024 * 1024;

/** Maximum length of a line. The settings of an image can have 192 kB. */
export const MAX_LINE_CHARACTERS = 256 * 1024;

const READERS: Readonly<Record<string, ListReader>> = {
  '.jsonl': readJsonLines,
  '.ndjson': readJsonLines,
  '.json': readJsonArray,
  '.csv': (texts) => readCsvRows(texts, MAX_LINE_CHARACTERS),
};

/**
 * Checks that the key of a list ends with a known format, in any case.
 *
 * @throws InvalidInput
 */
export function parseListFormat(key: string): ListReader {
  const ending = /\.[a-z]+$/.exec(key.toLowerCase())?.[0] ?? '';
  const reader = Object.hasOwn(READERS, ending) ? READERS[ending] : undefined;
  if (reader !== undefined) return reader;
  throw new InvalidInput(
    'list.key',
    'a key with another ending',
    `a key that ends with ${Object.keys(READERS).join(', ')}`,
  );
}

/**
 * Reads the values of a list.
 *
 * @throws UnusableListError for text that the format does not allow
 */
export function readListedValues(
  bytes: AsyncIterable<Uint8Array>,
  read: ListReader,
): AsyncIterable<ListedValue> {
  return read(decodeUtf8(bytes));
}

/** Decodes UTF-8, and removes a byte order mark. */
async function* decodeUtf8(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const decode = (chunk?: Uint8Array) => {
    try {
      return decoder.decode(chunk, { stream: chunk !== undefined });
    } catch {
      // The decoder has no other error.
      throw new NotUtf8Error();
    }
  };
  for await (const chunk of bytes) yield decode(chunk);
  yield decode();
}

async function* readJsonLines(texts: AsyncIterable<string>): AsyncGenerator<ListedValue> {
  let number = 0;
  try {
    for await (const line of splitLines(texts, MAX_LINE_CHARACTERS)) {
      number += 1;
      const text = line.trim();
      if (text === '') continue;
      const place = `line ${number}`;
      yield { place, value: parseLine(text, place) };
    }
  } catch (error) {
    if (!(error instanceof LineTooLongError)) throw error;
    const allowed = `at most ${MAX_LINE_CHARACTERS} characters`;
    throw malformedItem(`line ${error.line}`, new InvalidInput('', 'a longer line', allowed));
  }
}

/**
 * A line that begins as no object, array or string is a task id without quotation marks, even if it
 * is JSON: `123e4567` would be a number.
 */
function parseLine(text: string, place: string): unknown {
  if (!/^[{["]/.test(text)) return text;
  const value = parseJson(text);
  if (value !== undefined) return value;
  throw malformedItem(place, new InvalidInput('', 'text that is not JSON', 'an object, or a task id'));
}

async function* readJsonArray(texts: AsyncIterable<string>): AsyncGenerator<ListedValue> {
  const parts: string[] = [];
  let characters = 0;
  for await (const text of texts) {
    parts.push(text);
    characters += text.length;
    if (characters > MAX_JSON_CHARACTERS)
      throw unusableJson(
        'a larger JSON list',
        `at most ${MAX_JSON_CHARACTERS} characters; use JSON Lines for more`,
      );
  }
  const values = parseJson(parts.join(''));
  if (!Array.isArray(values)) {
    const got = values === undefined ? 'text that is not JSON' : describeValue(values);
    throw unusableJson(got, 'a JSON array of task ids and objects');
  }
  yield* valuesOf(values);
}

function unusableJson(got: string, allowed: string): UnusableListError {
  return new UnusableListError('ListInvalid', `list: got ${got}; allowed: ${allowed}`);
}

/** Names the places of values in an array. */
export function* valuesOf(values: readonly unknown[]): Generator<ListedValue> {
  for (const [index, value] of values.entries()) yield { place: `item ${index + 1}`, value };
}

import { MAX_RESULTS } from '../../core/vendor-response.ts';
import type { DataSink } from './data-sink.ts';
import { createUnescaper } from './json-unescaper.ts';
import { MalformedResponseError } from './malformed-response.ts';

export interface ResponseScanner {
  write(chunk: Buffer): void;
  /**
   * Returns the response, with each `results[n].data` replaced by the number of its sink.
   *
   * @throws MalformedResponseError when the bytes were not one complete JSON document
   */
  end(): unknown;
}

/** The response has more results than `MAX_RESULTS`. */
export class TooManyResultsError extends Error {
  override readonly name = 'TooManyResultsError';
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/** Responses of the contract nest at most 4 levels deep. The limit stops hostile ones. */
const MAX_DEPTH = 32;
/**
 * Maximum size of a response without its data: 200 bytes for each of `MAX_RESULTS`. JSON.parse
 * needs up to 40 times as much memory, for empty objects.
 */
const MAX_SKELETON_BYTES = 2 * 1024 * 1024;

interface Container {
  readonly isObject: boolean;
  /** In an object: the key whose value comes next. */
  key: string | undefined;
}

/**
 * Reads a response as it arrives and diverts the base64 of each `results[n].data` into a sink, so
 * that memory does not grow with the documents. Everything else, the skeleton, is kept for
 * JSON.parse. The scanner only finds strings and nesting; JSON.parse checks the grammar.
 *
 * @param openSink called at the beginning of each data string, in the order of the text
 */
export function createResponseScanner(openSink: () => DataSink): ResponseScanner {
  const skeleton = createSkeleton();
  const containers: Container[] = [];
  let mode: 'structure' | 'key' | 'string' | 'data' = 'structure';
  let keyStart = 0;
  let data: ReturnType<typeof createUnescaper> | undefined;
  let sinks = 0;
  /** Started results, at least one per list. Repeated keys count, too, as they take memory. */
  let results = 0;
  /** True when the last chunk ended with a backslash that escapes the next character. */
  let escaped = false;

  /**
   * Reads structure from `start`; returns the start of a string's content, or the end of the chunk.
   */
  function scanStructure(chunk: Buffer, start: number): number {
    for (let at = start; at < chunk.length; at += 1) {
      const byte = chunk[at];
      if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) {
        containers.push({ isObject: byte === OPEN_OBJECT, key: undefined });
        if (containers.length > MAX_DEPTH) throw new MalformedResponseError('the response nests too deeply');
        if (isListOfResults()) countResult();
      } else if (byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) {
        containers.pop();
      } else if (byte === COMMA) {
        const container = containers.at(-1);
        if (container?.isObject === true) container.key = undefined;
        else if (isListOfResults()) countResult();
      } else if (byte === QUOTE) {
        skeleton.append(chunk.subarray(start, at + 1));
        beginString();
        return at + 1;
      }
    }
    skeleton.append(chunk.subarray(start));
    return chunk.length;
  }

  function beginString(): void {
    const container = containers.at(-1);
    if (container?.isObject === true && container.key === undefined) {
      mode = 'key';
      keyStart = skeleton.length();
    } else if (isData()) {
      mode = 'data';
      skeleton.append(Buffer.from(String(sinks)));
      sinks += 1;
      if (sinks > MAX_RESULTS) throw new TooManyResultsError();
      data = createUnescaper(openSink());
    } else {
      mode = 'string';
    }
  }

  function isInResults(depth: number): boolean {
    const [root, list] = containers;
    return containers.length === depth && root?.key === 'results' && list?.isObject === false;
  }

  const isListOfResults = () => isInResults(2);
  const isData = () => isInResults(3) && containers[2]?.key === 'data';

  function countResult(): void {
    results += 1;
    if (results > MAX_RESULTS) throw new TooManyResultsError();
  }

  /** Reads a string from `start` to its closing quote, or to the end of the chunk. */
  function scanString(chunk: Buffer, start: number): number {
    const quote = endOfString(chunk, start);
    const piece = chunk.subarray(start, quote ?? chunk.length);
    if (mode === 'data') data?.write(piece);
    else skeleton.append(piece);
    if (quote === undefined) return chunk.length;
    endString();
    return quote + 1;
  }

  /**
   * A quote closes the string unless an odd number of backslashes precedes it, counting one from
   * the last chunk.
   */
  function endOfString(chunk: Buffer, start: number): number | undefined {
    for (let from = start; ; ) {
      const quote = chunk.indexOf(QUOTE, from);
      const end = quote === -1 ? chunk.length : quote;
      let run = end;
      while (run > from && chunk[run - 1] === BACKSLASH) run -= 1;
      const odd = (end - run) % 2 === 1;
      const escapes = run === from && escaped ? !odd : odd;
      escaped = quote === -1 && escapes;
      if (quote === -1) return undefined;
      if (!escapes) return quote;
      from = quote + 1;
    }
  }

  function endString(): void {
    if (mode === 'data') data?.end();
    if (mode === 'key') {
      const container = containers.at(-1);
      if (container !== undefined) container.key = parseKey(skeleton.text(keyStart));
    }
    mode = 'structure';
    skeleton.append(Uint8Array.of(QUOTE));
  }

  return {
    write(chunk) {
      for (let at = 0; at < chunk.length; ) {
        at = mode === 'structure' ? scanStructure(chunk, at) : scanString(chunk, at);
      }
    },
    end() {
      const text = skeleton.text();
      try {
        return JSON.parse(text);
      } catch {
        const nothing = text.trim() === '';
        throw new MalformedResponseError(
          nothing ? 'the response is empty' : 'the response is not complete JSON',
        );
      }
    },
  };
}

/** Removes a byte order mark, which .NET may send and JSON does not allow. */
const utf8 = new TextDecoder();

/**
 * A growing buffer for the response without its data. It copies, because a view would keep a whole
 * chunk in memory.
 */
function createSkeleton() {
  let buffer = Buffer.alloc(1024);
  let length = 0;
  return {
    length: () => length,
    append(bytes: Uint8Array) {
      if (length + bytes.length > MAX_SKELETON_BYTES) {
        throw new MalformedResponseError('the response is too large apart from its data');
      }
      if (length + bytes.length > buffer.length) {
        const larger = Buffer.alloc(2 * (length + bytes.length));
        buffer.copy(larger, 0, 0, length);
        buffer = larger;
      }
      buffer.set(bytes, length);
      length += bytes.length;
    },
    text: (from = 0) => utf8.decode(buffer.subarray(from, length)),
  };
}

function parseKey(characters: string): string {
  try {
    return String(JSON.parse(`"${characters}"`));
  } catch {
    throw new MalformedResponseError('the response has a key that JSON does not allow');
  }
}

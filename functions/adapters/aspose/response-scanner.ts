import type { DataSink } from './data-sink.ts';
import { createUnescaper } from './json-unescaper.ts';
import { MalformedResponseError } from './malformed-response.ts';

export interface ResponseScanner {
  write(chunk: Buffer): void;
  /**
   * The answer, with each `results[n].data` replaced by the number of the sink that took it.
   *
   * @throws MalformedResponseError when the bytes were not one whole JSON document
   */
  end(): unknown;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/** No answer of the contract nests deeper than 4; this stops hostile ones. */
const MAX_DEPTH = 32;
/** All of an answer but its data: room for some ten thousand results. */
const MAX_SKELETON_BYTES = 4 * 1024 * 1024;

interface Container {
  readonly isObject: boolean;
  /** In an object: the key whose value is next, once it has been read. */
  key: string | undefined;
}

/**
 * Reads an answer as it arrives and diverts the base64 of `results[n].data` into sinks, so that memory does not
 * grow with the documents. Everything else is kept and goes through JSON.parse: this scanner tells strings and
 * nesting apart, and leaves JSON's grammar to the real parser.
 *
 * @param openSink is called at the beginning of each data string, in the order of the text
 */
export function createResponseScanner(openSink: () => DataSink): ResponseScanner {
  const skeleton = createSkeleton();
  const containers: Container[] = [];
  let mode: 'structure' | 'key' | 'string' | 'data' = 'structure';
  let keyStart = 0;
  let data: ReturnType<typeof createUnescaper> | undefined;
  let sinks = 0;
  /** The last chunk ended on a backslash: the next character is escaped. */
  let escaped = false;

  /** Reads structure from `start`; returns where a string begins, or the end of the chunk. */
  function scanStructure(chunk: Buffer, start: number): number {
    for (let at = start; at < chunk.length; at += 1) {
      const byte = chunk[at];
      if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) {
        containers.push({ isObject: byte === OPEN_OBJECT, key: undefined });
        if (containers.length > MAX_DEPTH) throw new MalformedResponseError('the response nests too deeply');
      } else if (byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) {
        containers.pop();
      } else if (byte === COMMA) {
        const container = containers.at(-1);
        if (container?.isObject === true) container.key = undefined;
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
      data = createUnescaper(openSink());
    } else {
      mode = 'string';
    }
  }

  function isData(): boolean {
    const [root, list, entry] = containers;
    return (
      containers.length === 3 && root?.key === 'results' && list?.isObject === false && entry?.key === 'data'
    );
  }

  /** Reads a string from `start` up to and with the quote that ends it, or to the end of the chunk. */
  function scanString(chunk: Buffer, start: number): number {
    const quote = endOfString(chunk, start);
    const piece = chunk.subarray(start, quote ?? chunk.length);
    if (mode === 'data') data?.write(piece);
    else skeleton.append(piece);
    if (quote === undefined) return chunk.length;
    endString();
    return quote + 1;
  }

  /** A quote ends the string unless an odd number of backslashes stands before it, one in the last chunk included. */
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

/** Drops a byte order mark, which JSON does not allow and .NET likes to send. */
const utf8 = new TextDecoder();

/** What is kept of an answer, in one buffer that grows: copies, as a view would keep a whole chunk in memory. */
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

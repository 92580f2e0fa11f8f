/** The bytes are not an answer of the contract, whatever may follow. */
export class MalformedAnswer extends Error {
  override readonly name = 'MalformedAnswer';
}

/** Takes the characters of one base64 string as they arrive, with JSON's escapes resolved. */
export interface DataSink {
  write(characters: Uint8Array): void;
  end(): void;
}

export interface AnswerScanner {
  write(chunk: Uint8Array): void;
  /**
   * The answer, with each `results[n].data` replaced by the number of the sink that took it.
   *
   * @throws MalformedAnswer when the bytes were not one whole JSON document
   */
  end(): unknown;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const LOWER_U = 0x75;
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
export function createAnswerScanner(openSink: () => DataSink): AnswerScanner {
  const skeleton: Uint8Array[] = [];
  let skeletonBytes = 0;
  const containers: Container[] = [];
  let mode: 'structure' | 'key' | 'string' | 'data' = 'structure';
  let key: Uint8Array[] = [];
  let sink: DataSink | undefined;
  let sinks = 0;
  // An escape sequence that the end of a chunk has cut.
  let cutEscape: number[] = [];

  function keep(bytes: Uint8Array): void {
    skeletonBytes += bytes.length;
    if (skeletonBytes > MAX_SKELETON_BYTES)
      throw new MalformedAnswer('the answer has too much beside its data');
    // A copy: a view would keep the whole chunk, with all its base64, in memory.
    skeleton.push(Uint8Array.from(bytes));
  }

  /** Reads structure from `start`; returns where a string begins, or the end of the chunk. */
  function scanStructure(chunk: Uint8Array, start: number): number {
    for (let at = start; at < chunk.length; at += 1) {
      const byte = chunk[at];
      if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) {
        containers.push({ isObject: byte === OPEN_OBJECT, key: undefined });
        if (containers.length > MAX_DEPTH) throw new MalformedAnswer('the answer nests too deeply');
      } else if (byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) {
        containers.pop();
      } else if (byte === COMMA) {
        const container = containers.at(-1);
        if (container?.isObject === true) container.key = undefined;
      } else if (byte === QUOTE) {
        keep(chunk.subarray(start, at + 1));
        return beginString(at + 1);
      }
    }
    keep(chunk.subarray(start));
    return chunk.length;
  }

  function beginString(next: number): number {
    const container = containers.at(-1);
    if (container?.isObject === true && container.key === undefined) {
      mode = 'key';
      key = [];
    } else if (isData()) {
      mode = 'data';
      keep(new TextEncoder().encode(String(sinks)));
      sinks += 1;
      sink = openSink();
    } else {
      mode = 'string';
    }
    return next;
  }

  function isData(): boolean {
    const [root, list, entry] = containers;
    return (
      containers.length === 3 && root?.key === 'results' && list?.isObject === false && entry?.key === 'data'
    );
  }

  /** Reads a string from `start` up to the quote that ends it, or the end of the chunk. */
  function scanString(chunk: Uint8Array, start: number): number {
    let at = start;
    while (at < chunk.length) {
      if (cutEscape.length > 0) {
        at = continueEscape(chunk, at);
        continue;
      }
      const quote = chunk.indexOf(QUOTE, at);
      const limit = quote === -1 ? chunk.length : quote;
      const backslash = chunk.subarray(at, limit).indexOf(BACKSLASH);
      const stop = backslash === -1 ? limit : at + backslash;
      if (stop > at) take(chunk.subarray(at, stop));
      if (stop === chunk.length) return stop;
      if (stop === quote) return endString(chunk, quote);
      cutEscape = [BACKSLASH];
      at = stop + 1;
    }
    return at;
  }

  function take(bytes: Uint8Array): void {
    if (mode === 'data') sink?.write(bytes);
    else keep(bytes);
    if (mode === 'key') key.push(Uint8Array.from(bytes));
  }

  function continueEscape(chunk: Uint8Array, start: number): number {
    let at = start;
    while (at < chunk.length) {
      cutEscape.push(chunk[at] ?? 0);
      at += 1;
      const whole = cutEscape[1] === LOWER_U ? 6 : 2;
      if (cutEscape.length < whole) continue;
      const sequence = Uint8Array.from(cutEscape);
      cutEscape = [];
      take(mode === 'data' ? unescaped(sequence) : sequence);
      return at;
    }
    return at;
  }

  function endString(chunk: Uint8Array, quote: number): number {
    if (mode === 'key') {
      const container = containers.at(-1);
      if (container !== undefined) container.key = parseString(Buffer.concat(key));
    }
    if (mode === 'data') sink?.end();
    mode = 'structure';
    keep(chunk.subarray(quote, quote + 1));
    return quote + 1;
  }

  return {
    write(chunk) {
      for (let at = 0; at < chunk.length; ) {
        at = mode === 'structure' ? scanStructure(chunk, at) : scanString(chunk, at);
      }
    },
    end() {
      // The decoder drops a byte order mark, which JSON does not allow and .NET likes to send.
      const text = new TextDecoder().decode(Buffer.concat(skeleton));
      try {
        return JSON.parse(text);
      } catch {
        throw new MalformedAnswer(
          text.trim() === '' ? 'the answer is empty' : 'the answer is not JSON, or not all of it',
        );
      }
    },
  };
}

/** The character of an escape sequence; one that is not base64 stays foreign to it, so that its sink refuses it. */
function unescaped(sequence: Uint8Array): Uint8Array {
  return new TextEncoder().encode(parseString(sequence));
}

function parseString(characters: Uint8Array): string {
  try {
    return String(JSON.parse(`"${new TextDecoder().decode(characters)}"`));
  } catch {
    throw new MalformedAnswer('the answer has a string that JSON does not allow');
  }
}

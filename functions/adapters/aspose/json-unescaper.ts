import type { DataSink } from './data-sink.ts';
import { MalformedResponseError } from './malformed-response.ts';

const BACKSLASH = 0x5c;
const LOWER_U = 0x75;

/** JSON's two-character escapes by their second character. */
const SIMPLE_ESCAPES = new Map(
  [...'"\\/bfnrt'].map((letter, place) => [letter.charCodeAt(0), '"\\/\b\f\n\r\t'.charCodeAt(place)]),
);

/**
 * Resolves JSON's escapes on the way into a sink, one piece at a time. Base64 can be full of them,
 * because .NET escapes `+` as `\u002B`.
 *
 * @throws MalformedResponseError for an escape that JSON does not define
 */
export function createUnescaper(sink: DataSink): DataSink {
  /** The first part of an escape sequence that continues in the next piece. */
  let cut = Buffer.alloc(0);
  /** Reused for each piece, to avoid garbage of the document's size. */
  let resolved = Buffer.alloc(0);

  return {
    write(piece) {
      const text = cut.length === 0 ? piece : Buffer.concat([cut, piece]);
      const last = text.lastIndexOf(BACKSLASH);
      const end = last === -1 ? text.length : endOfWholeEscapes(text, last);
      cut = Buffer.from(text.subarray(end));
      if (last === -1) {
        sink.write(text);
        return;
      }
      const whole = text.subarray(0, end);
      // A resolved character takes at most three bytes, its escape six.
      if (resolved.length < whole.length) resolved = Buffer.allocUnsafe(whole.length);
      sink.write(resolveAscii(whole, resolved) ?? resolve(whole, resolved));
    },
    end() {
      if (cut.length > 0) throw malformed();
      sink.end();
    },
  };
}

/** The start of the last escape sequence if it is incomplete, otherwise the end of the text. */
function endOfWholeEscapes(text: Buffer, last: number): number {
  let run = last;
  while (text[run - 1] === BACKSLASH) run -= 1;
  const isEscaped = (last - run) % 2 === 1;
  return isEscaped || last + lengthOfEscape(text, last) <= text.length ? text.length : last;
}

function lengthOfEscape(text: Buffer, at: number): number {
  return text[at + 1] === LOWER_U ? 6 : 2;
}

/**
 * Fast path: resolves with JSON.parse. Returns undefined when the text is not ASCII or not a valid
 * JSON string.
 */
function resolveAscii(text: Buffer, target: Buffer): Buffer | undefined {
  let characters: string;
  try {
    characters = String(JSON.parse(`"${text.toString('latin1')}"`));
  } catch {
    return undefined;
  }
  if (Buffer.byteLength(characters) !== characters.length) return undefined;
  return target.subarray(0, target.write(characters, 'latin1'));
}

/** Slow path: resolves escapes one by one. It accepts characters that JSON forbids in a string. */
function resolve(text: Buffer, target: Buffer): Buffer {
  let length = 0;
  let at = 0;
  for (let start = text.indexOf(BACKSLASH); start !== -1; start = text.indexOf(BACKSLASH, at)) {
    length += text.copy(target, length, at, start);
    at = start + lengthOfEscape(text, start);
    length += target.write(characterOf(text.subarray(start, at)), length);
  }
  length += text.copy(target, length, at);
  return target.subarray(0, length);
}

/** The character of one complete escape sequence. */
function characterOf(sequence: Uint8Array): string {
  const code =
    sequence.length === 2 ? SIMPLE_ESCAPES.get(sequence[1] ?? 0) : hexadecimal(sequence.subarray(2));
  if (code === undefined) throw malformed();
  return String.fromCharCode(code);
}

function hexadecimal(digits: Uint8Array): number | undefined {
  const text = String.fromCharCode(...digits);
  return /^[0-9A-Fa-f]{4}$/.test(text) ? Number.parseInt(text, 16) : undefined;
}

function malformed(): MalformedResponseError {
  return new MalformedResponseError('the response has a string that JSON does not allow');
}

import type { DataSink } from './data-sink.ts';
import { MalformedResponseError } from './malformed-response.ts';

const BACKSLASH = 0x5c;
const LOWER_U = 0x75;

/** JSON's two-character escapes, by their second character. */
const SIMPLE_ESCAPES = new Map(
  [...'"\\/bfnrt'].map((letter, place) => [letter.charCodeAt(0), '"\\/\b\f\n\r\t'.charCodeAt(place)]),
);

/**
 * Resolves JSON's escapes on the way into a sink, a whole piece at a time: .NET escapes `+` as `\u002B`, so that
 * base64 can be full of them.
 *
 * @throws MalformedResponseError for an escape that JSON does not know
 */
export function createUnescaper(sink: DataSink): DataSink {
  /** An escape sequence that the end of a piece has cut. */
  let cut = Buffer.alloc(0);
  /** Used again for each piece: the garbage would be as large as the document. */
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
      // A character outside ASCII takes three bytes at most, its escape six.
      if (resolved.length < whole.length) resolved = Buffer.allocUnsafe(whole.length);
      sink.write(resolveAscii(whole, resolved) ?? resolve(whole, resolved));
    },
    end() {
      if (cut.length > 0) throw malformed();
      sink.end();
    },
  };
}

/** Where the text's last escape sequence begins, at its last backslash, if its end has cut it; else the end. */
function endOfWholeEscapes(text: Buffer, last: number): number {
  let run = last;
  while (text[run - 1] === BACKSLASH) run -= 1;
  const isEscaped = (last - run) % 2 === 1;
  return isEscaped || last + lengthOfEscape(text, last) <= text.length ? text.length : last;
}

function lengthOfEscape(text: Buffer, at: number): number {
  return text[at + 1] === LOWER_U ? 6 : 2;
}

/** By the parser of JSON itself, which is quick; undefined where that would not keep what came, in bytes beyond ASCII. */
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

/** One by one: for what is not base64, is kept as it came, and may hold what JSON forbids in a string. */
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

/** The character that one whole escape sequence stands for. */
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

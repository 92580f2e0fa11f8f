import type { DataSink } from './data-sink.ts';
import { MalformedAnswer } from './malformed-answer.ts';

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
 * @throws MalformedAnswer for an escape that JSON does not know
 */
export function createUnescaper(sink: DataSink): DataSink {
  /** An escape sequence that the end of a piece has cut. */
  let cut = Buffer.alloc(0);
  /** Used again for each piece: base64 full of escapes would leave as much garbage as it is long. */
  let resolved = Buffer.alloc(0);

  return {
    write(piece) {
      const text = cut.length === 0 ? piece : Buffer.concat([cut, piece]);
      cut = Buffer.alloc(0);
      const first = text.indexOf(BACKSLASH);
      if (first === -1) {
        sink.write(text);
        return;
      }
      // A character outside ASCII takes three bytes at most, its escape six.
      if (resolved.length < text.length) resolved = Buffer.allocUnsafe(text.length);
      let length = text.copy(resolved, 0, 0, first);
      // Byte by byte: escapes that stand close together would cost a search each.
      for (let at = first; at < text.length; ) {
        const byte = text[at] ?? 0;
        if (byte !== BACKSLASH) {
          resolved[length] = byte;
          length += 1;
          at += 1;
          continue;
        }
        const end = at + (text[at + 1] === LOWER_U ? 6 : 2);
        if (end > text.length) {
          cut = Buffer.from(text.subarray(at));
          break;
        }
        const code = codeOf(text, at + 1);
        if (code < 0x80) {
          resolved[length] = code;
          length += 1;
        } else {
          length += resolved.write(String.fromCharCode(code), length);
        }
        at = end;
      }
      sink.write(resolved.subarray(0, length));
    },
    end() {
      if (cut.length > 0) throw malformed();
      sink.end();
    },
  };
}

/** The UTF-16 code that an escape stands for, of which this is the place behind its backslash. */
function codeOf(text: Uint8Array, at: number): number {
  const letter = text[at] ?? 0;
  const code =
    letter === LOWER_U
      ? (hexDigit(text[at + 1]) << 12) |
        (hexDigit(text[at + 2]) << 8) |
        (hexDigit(text[at + 3]) << 4) |
        hexDigit(text[at + 4])
      : (SIMPLE_ESCAPES.get(letter) ?? -1);
  if (code < 0) throw malformed();
  return code;
}

/** Negative when it is none. */
function hexDigit(byte = 0): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lowerCase = byte | 0x20;
  return lowerCase >= 0x61 && lowerCase <= 0x66 ? lowerCase - 0x57 : -1;
}

function malformed(): MalformedAnswer {
  return new MalformedAnswer('the answer has a string that JSON does not allow');
}

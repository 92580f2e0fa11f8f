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
  let cut: Uint8Array = new Uint8Array();

  return {
    write(piece) {
      const text = cut.length === 0 ? piece : Buffer.concat([cut, piece]);
      cut = new Uint8Array();
      const first = text.indexOf(BACKSLASH);
      if (first === -1) {
        sink.write(text);
        return;
      }
      // A character outside ASCII takes three bytes at most, its escape six.
      const resolved = Buffer.alloc(text.length);
      let length = 0;
      let at = 0;
      for (let start = first; start !== -1; start = text.indexOf(BACKSLASH, at)) {
        resolved.set(text.subarray(at, start), length);
        length += start - at;
        const end = start + (text[start + 1] === LOWER_U ? 6 : 2);
        if (end > text.length) {
          cut = Uint8Array.from(text.subarray(start));
          at = text.length;
          break;
        }
        length += resolved.write(characterOf(text.subarray(start, end)), length);
        at = end;
      }
      resolved.set(text.subarray(at), length);
      sink.write(resolved.subarray(0, length + text.length - at));
    },
    end() {
      if (cut.length > 0) throw malformed();
      sink.end();
    },
  };
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

function malformed(): MalformedAnswer {
  return new MalformedAnswer('the answer has a string that JSON does not allow');
}

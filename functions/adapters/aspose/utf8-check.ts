import { isUtf8 } from 'node:buffer';

/** Checks UTF-8 piece by piece. A character that continues in the next piece is held back. */
export function createUtf8Check() {
  let valid = true;
  let rest = Buffer.alloc(0);
  return {
    write(chunk: Uint8Array): void {
      if (!valid) return;
      const text = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      const complete = lengthOfCompleteCharacters(text);
      valid = isUtf8(text.subarray(0, complete));
      rest = Buffer.from(text.subarray(complete));
    },
    /** Whether all bytes were valid UTF-8. */
    end: () => valid && rest.length === 0,
  };
}

/** The length without an incomplete last character. */
function lengthOfCompleteCharacters(text: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, text.length); back += 1) {
    const byte = text[text.length - back] ?? 0;
    if (byte < 0x80) break;
    if (byte < 0xc0) continue;
    const needed = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
    return back < needed ? text.length - back : text.length;
  }
  return text.length;
}

import { isUtf8 } from 'node:buffer';

/** Checks UTF-8 piece by piece; a character cut by the end of a piece is held back for the next one. */
export function createUtf8Check() {
  let valid = true;
  let rest = Buffer.alloc(0);
  return {
    write(chunk: Uint8Array): void {
      if (!valid) return;
      const text = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      const whole = wholeCharacters(text);
      valid = isUtf8(text.subarray(0, whole));
      rest = Buffer.from(text.subarray(whole));
    },
    /** Whether all of it was UTF-8. */
    end: () => valid && rest.length === 0,
  };
}

/** The length without a last character that is still incomplete. */
function wholeCharacters(text: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, text.length); back += 1) {
    const byte = text[text.length - back] ?? 0;
    if (byte < 0x80) break;
    if (byte < 0xc0) continue;
    const needed = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
    return back < needed ? text.length - back : text.length;
  }
  return text.length;
}

/** Makes foreign text safe for a terminal: a dot replaces characters that could move the cursor or change colors. */
export function printable(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, '·');
}

/** Foreign text for a terminal: what could move the cursor or change colours is shown as a dot. */
export function printable(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, '·');
}

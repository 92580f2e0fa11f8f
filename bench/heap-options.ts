/** Lambda's limits for V8: 90 % of the memory for the old generation, 5 % for a semi-space. */
export function heapOptions(mebibytes: number): string[] {
  return [
    `--max-old-space-size=${Math.floor(mebibytes * 0.9)}`,
    `--max-semi-space-size=${Math.floor(mebibytes * 0.05)}`,
  ];
}

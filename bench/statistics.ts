export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Returns the percentile by nearest rank, or NaN without values. */
export function percentile(values: readonly number[], share: number): number {
  return Float64Array.from(values).sort()[Math.ceil(share * values.length) - 1] ?? Number.NaN;
}

/** Returns the middle value. Of an even number of values, it is the lower one of the two. */
export function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}

/**
 * The stack uses a feature that would run differently here than on AWS. Thrown when the stack
 * loads, because no local run is better than a misleading one.
 */
export class UnsupportedError extends Error {
  override readonly name = 'UnsupportedError';
}

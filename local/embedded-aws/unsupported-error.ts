/**
 * The stack has something that the embedded AWS would run differently than AWS. It is thrown when
 * the stack loads, because no local run is better than a misleading one.
 */
export class UnsupportedError extends Error {
  override readonly name = 'UnsupportedError';
}

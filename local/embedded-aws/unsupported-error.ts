/**
 * Something in the synthesised stack that the embedded AWS cannot run as AWS would. It is thrown while the stack
 * is loaded: better no local run than one that behaves differently.
 */
export class UnsupportedError extends Error {
  override readonly name = 'UnsupportedError';
}

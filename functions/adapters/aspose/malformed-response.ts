/** The bytes are not an answer of the contract, whatever may follow. */
export class MalformedResponseError extends Error {
  override readonly name = 'MalformedResponseError';
}

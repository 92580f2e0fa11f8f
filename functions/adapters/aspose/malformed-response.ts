/** The bytes are not an answer of the contract, whatever may follow. */
export class MalformedAnswer extends Error {
  override readonly name = 'MalformedAnswer';
}

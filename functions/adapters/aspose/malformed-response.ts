/** The bytes received so far cannot be a response of Aspose's contract. */
export class MalformedResponseError extends Error {
  override readonly name = 'MalformedResponseError';
}

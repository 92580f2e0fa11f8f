/** The bytes received so far violate Aspose's response format. The poll counts as Malformed. */
export class MalformedResponseError extends Error {
  override readonly name = 'MalformedResponseError';
}

import type { ClientRequest } from 'node:http';

/** A request body that is sent while it is read. */
export interface StreamedBody {
  /** Length in bytes. */
  readonly length: number;
  readonly chunks: AsyncIterable<Uint8Array>;
}

/** The length of a streamed body differs from the announced one. */
export class BodyLengthError extends Error {
  override readonly name = 'BodyLengthError';
}

/**
 * Writes the body of a request, no faster than the connection takes it. It stops when the request
 * is closed.
 *
 * @param onLast called before the last byte is written
 * @throws the error of the chunks, or BodyLengthError
 */
export async function writeBody(
  message: ClientRequest,
  { length, chunks }: StreamedBody,
  onLast: () => void,
): Promise<void> {
  let missing = length;
  for await (const chunk of chunks) {
    if (message.destroyed) return;
    missing -= chunk.length;
    if (missing < 0) throw new BodyLengthError(`the body is longer than the announced ${length} bytes`);
    if (missing === 0) onLast();
    if (!message.write(chunk)) await drained(message);
  }
  if (missing > 0) throw new BodyLengthError(`the body is ${missing} bytes shorter than announced`);
  message.end();
}

/** Waits until the connection takes more, or is closed. */
function drained(message: ClientRequest): Promise<void> {
  return new Promise((resolve) => {
    if (message.destroyed) return resolve();
    const done = () => {
      message.off('drain', done);
      message.off('close', done);
      resolve();
    };
    message.on('drain', done);
    message.on('close', done);
  });
}

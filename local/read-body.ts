import type { IncomingMessage } from 'node:http';

/** The size of a body that has not been read: the maximum when the client does not declare it. */
export function declaredBytes({ headers }: IncomingMessage, maxBytes: number): number {
  const bytes =
    headers['transfer-encoding'] === undefined ? Number(headers['content-length'] ?? 0) : maxBytes;
  return Math.min(bytes, maxBytes);
}

/** Reads a whole body; undefined when it is larger than the limit. */
export async function readLimitedBody(
  body: AsyncIterable<Buffer>,
  maxBytes: number,
): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > maxBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

import type { Content } from '../../functions/core/vendor-response.ts';

/** Reads all bytes of a content, from memory or a file. */
export async function bytesOf({ open }: Content): Promise<Buffer> {
  const body = open();
  if (body instanceof Uint8Array) return Buffer.from(body);
  const pieces: Uint8Array[] = [];
  for await (const piece of body) pieces.push(piece);
  return Buffer.concat(pieces);
}

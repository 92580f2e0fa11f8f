import type { Content } from '../../functions/core/vendor-response.ts';

/** All bytes of a content, wherever it keeps them. */
export async function bytesOf({ open }: Content): Promise<Buffer> {
  const body = open();
  if (body instanceof Uint8Array) return Buffer.from(body);
  const pieces: Uint8Array[] = [];
  for await (const piece of body) pieces.push(piece);
  return Buffer.concat(pieces);
}

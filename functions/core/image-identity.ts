import type { ImageInput } from '../contracts/image-input.ts';

/** 40 hexadecimal digits of a SHA-256 hash: 160 bits, as many as fit well into names. */
const ID_LENGTH = 40;

/**
 * Returns the id of an image. The same content with the same operation and settings has one id,
 * however many events announce it. One object can be recognized in two ways. A source without a
 * version or an ETag is another image in each execution, because its content may have changed.
 */
export async function imageIdOf(input: ImageInput, executionArn: string): Promise<string> {
  if (input.imageId !== undefined) return input.imageId;
  const { bucket, key, versionId, etag } = input.source;
  const content = versionId ?? etag ?? executionArn;
  return await hash(JSON.stringify([bucket, key, content, input.operation, sorted(input.settings)]));
}

async function hash(text: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
  const hexadecimal = Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0'));
  return hexadecimal.join('').slice(0, ID_LENGTH);
}

/** No valid settings are nested deeper. Settings beyond it are refused, whatever their id. */
const MAX_DEPTH = 8;

/** Sorts the names of settings, so that their order and their case do not matter. */
function sorted(value: unknown, depth = 0): unknown {
  if (depth > MAX_DEPTH) return 'too deep';
  if (Array.isArray(value)) return value.map((item) => sorted(item, depth + 1));
  if (typeof value !== 'object' || value === null) return value ?? null;
  return Object.entries(value)
    .map(([name, item]) => [name.toLowerCase(), sorted(item, depth + 1)] as const)
    .sort(([one], [other]) => (one < other ? -1 : 1));
}

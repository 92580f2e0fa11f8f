import { takesSettings } from '../../contracts/image-settings.ts';
import { OPERATIONS, type OperationName } from '../../contracts/operations.ts';
import type { SourceContent } from '../../core/image-upload.ts';
import type { StreamedBody } from './streamed-body.ts';

/**
 * Creates the body of an upload: `{ image, settings }` with the image in base64, `{ image }` for
 * operations without settings, or `{ text, settings }`. An image is encoded while it is sent. A
 * text, which is short, is read first.
 *
 * @throws the error of `content.read` for a text
 */
export async function createUploadBody(
  operation: OperationName,
  content: SourceContent,
  settings: Readonly<Record<string, unknown>>,
): Promise<StreamedBody> {
  if (OPERATIONS[operation].input === 'text') {
    const body = Buffer.from(JSON.stringify({ text: await readText(content), settings }));
    return { length: body.length, chunks: sequence(body) };
  }
  const before = Buffer.from('{"image":"');
  const after = Buffer.from(takesSettings(operation) ? `","settings":${JSON.stringify(settings)}}` : '"}');
  return {
    length: before.length + 4 * Math.ceil(content.bytes / 3) + after.length,
    chunks: sequence(before, encodeBase64(content.read()), after),
  };
}

/** Removes a byte order mark, which is no text. */
async function readText(content: SourceContent): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of content.read()) text += decoder.decode(chunk, { stream: true });
  return text + decoder.decode();
}

async function* sequence(...parts: readonly (Buffer | AsyncIterable<Buffer>)[]): AsyncGenerator<Buffer> {
  for (const part of parts) {
    if (Buffer.isBuffer(part)) yield part;
    else yield* part;
  }
}

/** Three bytes are four characters of base64. */
const GROUP_BYTES = 3;

async function* encodeBase64(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let rest = Buffer.alloc(0);
  for await (const chunk of chunks) {
    const bytes = Buffer.concat([rest, chunk]);
    const end = bytes.length - (bytes.length % GROUP_BYTES);
    if (end > 0) yield Buffer.from(bytes.toString('base64', 0, end), 'latin1');
    rest = bytes.subarray(end);
  }
  if (rest.length > 0) yield Buffer.from(rest.toString('base64'), 'latin1');
}

import { parseJson } from '../../core/parse-json.ts';
import { printable } from '../../core/printable.ts';
import { RequestFailedError } from './http-request.ts';

/** What Aspose says when it refuses a request. Its words are for callers, never for the log. */

/**
 * Maximum size after decompression. An explanation is short; an endless response must not fill the
 * memory.
 */
const MAX_MESSAGE_BYTES = 64 * 1024;

/**
 * Reads the beginning of a body as text.
 *
 * @param chunks receives what has been read
 * @throws RequestFailedError when the connection fails
 */
export async function readShortBody(body: AsyncIterable<Buffer>, chunks: Buffer[] = []): Promise<string> {
  let bytes = 0;
  for await (const chunk of body) {
    chunks.push(chunk.subarray(0, MAX_MESSAGE_BYTES - bytes));
    bytes += chunk.length;
    if (bytes >= MAX_MESSAGE_BYTES) break;
  }
  return Buffer.concat(chunks).toString();
}

/** Reads the body of a refusal. If the connection fails, it returns what has arrived. */
export async function readRefusal(body: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  try {
    return await readShortBody(body, chunks);
  } catch (error) {
    // Another request would be refused, too.
    if (!(error instanceof RequestFailedError)) throw error;
    return Buffer.concat(chunks).toString();
  }
}

/** Aspose does not document what a used-up quota returns, so these words are a guess. */
const CLEAR_QUOTA_WORDS =
  /quota|payment required|(credits?|calls).{0,40}(exceeded|reached|used up|exhausted)|(exceeded|reached|used up|exhausted).{0,40}(credits?|calls)/i;
/** A limit may also be one of size. */
const LIMIT_WORDS =
  /limit.{0,40}(exceeded|reached|used up|exhausted)|(exceeded|reached|used up|exhausted).{0,40}limit/i;

/** Whether the message of a 403 is about a quota. */
export function isAboutQuota(message: string): boolean {
  return isClearlyAboutQuota(message) || LIMIT_WORDS.test(message);
}

/** Whether a message is about a quota, not about any other limit. */
export function isClearlyAboutQuota(message: string): boolean {
  return CLEAR_QUOTA_WORDS.test(message);
}

/** Maximum characters of Aspose's words in a message. */
const MAX_WORDS = 500;

/** The fields of ProblemDetails, and those of Aspose's other errors, that hold words. */
const WORD_FIELDS = ['title', 'detail', 'message', 'error', 'errors', 'messages'];

/** The errors of ProblemDetails are lists in an object. */
const MAX_DEPTH = 3;

/** Extracts what a refusal says, in one printable line; undefined if it says nothing. */
export function refusalWords(body: string): string | undefined {
  const json = parseJson(body);
  const words = json === undefined ? plainText(body) : wordsOf(json);
  const line = printable([...new Set(words)].join('; ').replaceAll(/\s+/g, ' ').trim());
  return line === '' ? undefined : line.slice(0, MAX_WORDS).toWellFormed();
}

function wordsOf(json: unknown): string[] {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return textsIn(json, 0);
  return WORD_FIELDS.flatMap((name) => textsIn(Reflect.get(json, name), 0));
}

function textsIn(value: unknown, depth: number): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null || depth === MAX_DEPTH) return [];
  return Object.values(value).flatMap((item) => textsIn(item, depth + 1));
}

/** A page of a gateway says nothing to a caller. */
function plainText(body: string): string[] {
  return /^\s*</.test(body) ? [] : [body];
}

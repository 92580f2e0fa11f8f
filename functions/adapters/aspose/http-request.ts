import {
  type ClientRequest,
  request as httpRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
} from 'node:http';
import { request as httpsRequest } from 'node:https';
import { pipeline, type Readable } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';

/** What HTTP leaves to its clients to get right: time limits, Retry-After, and what went wrong in plain words. */

/** A request that came to nothing; its message is safe to log. */
export class RequestFailedError extends Error {
  override readonly name = 'RequestFailedError';
}

export interface HttpRequest {
  readonly method: 'DELETE' | 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface RequestLimits {
  /** From the request to the headers of its answer. */
  readonly headersSeconds: number;
  /** From the request to the last byte. */
  readonly totalSeconds: number;
}

export interface HttpResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Inflated. What goes wrong while it is read ends as a RequestFailedError. */
  readonly body: AsyncIterable<Buffer>;
}

/**
 * Sends one request and hands its answer to `read`, all within the limits. Redirects are not followed: they
 * would carry the access token to whoever the answer names.
 *
 * @throws RequestFailedError when nothing usable came, and whatever `read` throws
 */
export async function request<T>(
  url: URL,
  what: HttpRequest,
  limits: RequestLimits,
  read: (response: HttpResponse) => Promise<T>,
): Promise<T> {
  // Not fetch: it takes half as long again to read an answer, and 15 ms more of a cold start.
  const message = send(url, what);
  let late: 'headers' | 'body' | undefined;
  const stop = (phase: 'headers' | 'body') => () => {
    late ??= phase;
    message.destroy();
  };
  const headersSeconds = Math.min(limits.headersSeconds, limits.totalSeconds);
  const headersTimer = setTimeout(stop('headers'), headersSeconds * 1000);
  const totalTimer = setTimeout(stop('body'), limits.totalSeconds * 1000);
  try {
    const response = await responseTo(message);
    clearTimeout(headersTimer);
    const { statusCode: status = 0, headers } = response;
    return await read({ status, headers, body: bodyOf(response) });
  } catch (error) {
    if (late === 'headers')
      throw new RequestFailedError(`no response within ${Math.round(headersSeconds)} s`);
    if (late === 'body')
      throw new RequestFailedError(`no complete response within ${Math.round(limits.totalSeconds)} s`);
    throw error;
  } finally {
    clearTimeout(headersTimer);
    clearTimeout(totalTimer);
    // Whatever was not read is not wanted: frees the connection.
    message.destroy();
  }
}

function send(url: URL, { method, headers, body }: HttpRequest): ClientRequest {
  const open = url.protocol === 'https:' ? httpsRequest : httpRequest;
  return open(url, { method, headers: { 'user-agent': 'ocr-courier', ...headers } }).end(body);
}

function responseTo(message: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    message.once('response', resolve);
    message.on('error', (error) => reject(networkFault(error)));
    // Without an error where the answer is to switch protocols.
    message.on('close', () =>
      reject(new RequestFailedError('the connection failed (closed without a response)')),
    );
  });
}

/** None of them is asked for: a document in base64 takes longer to inflate than to receive. */
const INFLATERS = new Map<string | undefined, () => NodeJS.ReadWriteStream & Readable>([
  ['gzip', createGunzip],
  ['deflate', createInflate],
  ['br', createBrotliDecompress],
]);

async function* bodyOf(response: IncomingMessage): AsyncGenerator<Buffer> {
  const createInflater = INFLATERS.get(response.headers['content-encoding']);
  const body = createInflater === undefined ? response : pipeline(response, createInflater(), () => {});
  try {
    yield* body;
  } catch (error) {
    throw networkFault(error);
  }
}

function networkFault(error: unknown): RequestFailedError {
  const what = error instanceof Error && 'code' in error ? String(error.code) : 'for an unknown reason';
  return new RequestFailedError(`the connection failed (${what.slice(0, 60)})`);
}

/** What all three forms of an HTTP date have (RFC 9110, 5.6.7); Date.parse takes `12/31/2099` for one, too. */
const HTTP_DATE = /^[A-Z][a-z]+,? .*\d\d:\d\d:\d\d/;

/**
 * Seconds that a Retry-After header asks to wait, given as a number or as a date. Nonsense and the past are
 * undefined; more than a day is a day, as nothing can be fetched later than that.
 */
export function retryAfterSeconds(headers: IncomingHttpHeaders, now: number): number | undefined {
  const value = headers['retry-after']?.trim();
  if (value === undefined || value === '') return undefined;
  if (/^\d{1,10}$/.test(value)) return aDayAtMost(Number(value));
  return HTTP_DATE.test(value) ? aDayAtMost((Date.parse(value) - now) / 1000) : undefined;
}

function aDayAtMost(seconds: number): number | undefined {
  return seconds > 0 ? Math.min(seconds, 86_400) : undefined;
}

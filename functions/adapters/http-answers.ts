/** What HTTP leaves to its clients to get right: time limits, Retry-After, and what went wrong in plain words. */

/** A request that came to nothing; its message is safe to log. */
export class RequestFailed extends Error {
  override readonly name = 'RequestFailed';
}

export interface RequestLimits {
  /** From the request to the headers of its answer. */
  readonly headersSeconds: number;
  /** From the request to the last byte. */
  readonly totalSeconds: number;
}

/**
 * Sends one request and hands its response to `read`, all within the limits. Redirects are not followed: they
 * would carry the access token to whoever the answer names.
 *
 * @throws RequestFailed when nothing usable came, and whatever `read` throws
 */
export async function request<T>(
  url: URL,
  init: Omit<RequestInit, 'signal' | 'redirect'>,
  limits: RequestLimits,
  read: (response: Response) => Promise<T>,
): Promise<T> {
  const abort = new AbortController();
  let late: 'headers' | 'body' | undefined;
  const stop = (phase: 'headers' | 'body') => () => {
    late = phase;
    abort.abort();
  };
  const headersSeconds = Math.min(limits.headersSeconds, limits.totalSeconds);
  const headersTimer = setTimeout(stop('headers'), headersSeconds * 1000);
  const totalTimer = setTimeout(stop('body'), limits.totalSeconds * 1000);
  try {
    const response = await fetch(url, { ...init, redirect: 'manual', signal: abort.signal });
    clearTimeout(headersTimer);
    return await read(response);
  } catch (error) {
    if (late === 'headers') throw new RequestFailed(`no answer within ${Math.round(headersSeconds)} s`);
    if (late === 'body')
      throw new RequestFailed(`no whole answer within ${Math.round(limits.totalSeconds)} s`);
    if (isNetworkFault(error)) throw new RequestFailed(networkFault(error));
    throw error;
  } finally {
    clearTimeout(headersTimer);
    clearTimeout(totalTimer);
    // Whatever was not read is not wanted: frees the connection.
    abort.abort();
  }
}

/** fetch reports every fault below HTTP as a TypeError, with the cause inside. */
function isNetworkFault(error: unknown): error is TypeError {
  return error instanceof TypeError && (error.cause !== undefined || error.message === 'terminated');
}

function networkFault({ cause }: TypeError): string {
  if (!(cause instanceof Error)) return 'the connection failed';
  const what = 'code' in cause ? String(cause.code) : cause.message;
  return `the connection failed (${what.slice(0, 60)})`;
}

/** What all three forms of an HTTP date have (RFC 9110, 5.6.7); Date.parse takes `12/31/2099` for one, too. */
const HTTP_DATE = /^[A-Z][a-z]+,? .*\d\d:\d\d:\d\d/;

/**
 * Seconds that a Retry-After header asks to wait, given as a number or as a date. Nonsense and the past are
 * undefined; more than a day is a day, as nothing can be fetched later than that.
 */
export function retryAfterSeconds(headers: Headers, now: number): number | undefined {
  const value = headers.get('retry-after')?.trim();
  if (value === undefined || value === '') return undefined;
  if (/^\d{1,10}$/.test(value)) return aDayAtMost(Number(value));
  return HTTP_DATE.test(value) ? aDayAtMost((Date.parse(value) - now) / 1000) : undefined;
}

function aDayAtMost(seconds: number): number | undefined {
  return seconds > 0 ? Math.min(seconds, 86_400) : undefined;
}

import { type ApiRequest, type Authorize, checkApiUrl, createAuthorization } from './authorization.ts';
import { ApiProblem, S3_PROBLEM_TITLE } from './errors.ts';
import { inScope, pause } from './scope.ts';
import type { ClientOptions } from './types.ts';

/** How requests are repeated. */
export interface RequestTiming {
  /** Maximum time for a response, with its body. */
  readonly responseMilliseconds: number;
  /** Delay before the second attempt, without Retry-After. It doubles with each one. */
  readonly backoffMilliseconds: number;
  /** Delay between two reads of what is waited for. It grows by half with each one. */
  readonly spacingMilliseconds: number;
  readonly maxSpacingMilliseconds: number;
}

export const REQUEST_TIMING: RequestTiming = {
  // API Gateway responds within 30 s.
  responseMilliseconds: 40_000,
  backoffMilliseconds: 500,
  spacingMilliseconds: 1000,
  maxSpacingMilliseconds: 10_000,
};

/** Maximum attempts of a request. */
export const MAX_ATTEMPTS = 5;

/** A longer Retry-After ends the attempts, so that the caller can decide. */
const MAX_RETRY_AFTER_SECONDS = 60;

/** The service did not process the request: it was throttled, or is not available. */
const REPEATED_STATUSES = [429, 503];

/** A request to S3, which gets neither credentials nor a token: its link authorizes it. */
export interface LinkRequest {
  /** Says what the link is for, in the detail of a problem. */
  readonly subject: string;
  readonly url: string;
  readonly method?: 'GET' | 'PUT';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Blob | Uint8Array<ArrayBuffer>;
}

/** Sends requests to the HTTP API and to S3. */
export interface Connection {
  readonly apiUrl: string;
  readonly timing: RequestTiming;
  /** Sends a request to the API, again if that may help, and reads the response. */
  callApi(request: ApiRequest, signal: AbortSignal): Promise<Response>;
  /**
   * Follows a link to S3.
   *
   * @returns the response, whose body is not read
   * @throws ApiProblem without the link
   */
  followLink(request: LinkRequest, signal: AbortSignal): Promise<Response>;
  /** Follows a link to a file. @returns its content */
  openLink(request: LinkRequest, signal: AbortSignal): Promise<ReadableStream<Uint8Array>>;
}

/** @throws TypeError for options that are not allowed */
export function openConnection(options: ClientOptions, timing: RequestTiming = REQUEST_TIMING): Connection {
  const url = checkApiUrl(options.apiUrl);
  const authorize: Authorize = createAuthorization(url, options);
  // A browser's fetch must be called as a function of the global object.
  const send = options.fetch ?? ((address: string, init: RequestInit) => fetch(address, init));

  async function attemptCall(
    { method, url: address, body }: ApiRequest,
    headers: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<Response> {
    const limits = {
      signal,
      timeoutMilliseconds: timing.responseMilliseconds,
      timedOut: () => new TypeError(`No response within ${timing.responseMilliseconds / 1000} s`),
    };
    return await inScope(limits, async (scope) => {
      const response = await send(address, {
        method,
        headers: { ...headers },
        signal: scope,
        // Headers of an authorized request must not reach S3.
        redirect: 'manual',
        ...(body !== undefined && { body }),
      });
      if (response.type === 'opaqueredirect') return response;
      const text = await response.text();
      const hasBody = ![204, 205, 304].includes(response.status);
      return new Response(hasBody ? text : null, { status: response.status, headers: response.headers });
    });
  }

  async function followLink(
    { subject, url: link, method = 'GET', headers = {}, body }: LinkRequest,
    signal: AbortSignal,
  ): Promise<Response> {
    // The error of `fetch` would quote the link.
    if (!isLink(link)) throw new TypeError(`${subject}: the HTTP API returned no usable link`);
    let attempts = 0;
    const response = await repeatedly(
      { signal, timing, isSafe: true },
      async () => headers,
      (sent) => {
        attempts += 1;
        return send(link, { method, headers: { ...sent }, signal, ...(body !== undefined && { body }) });
      },
    );
    // An attempt whose response was lost has stored the file: the link is for one upload.
    const isStored = method === 'PUT' && response.status === 412 && attempts > 1;
    if (response.ok || isStored) return response;
    await response.body?.cancel();
    throw new ApiProblem({
      status: response.status,
      type: 'about:blank',
      title: S3_PROBLEM_TITLE,
      detail: `${subject}: S3 responded with HTTP ${response.status}`,
      requestId: response.headers.get('x-amz-request-id') ?? undefined,
      retryAfterSeconds: undefined,
    });
  }

  return {
    apiUrl: url.href.replace(/\/+$/, ''),
    timing,

    callApi: (request, signal) =>
      repeatedly(
        { signal, timing, isSafe: request.method === 'GET' },
        () => authorize(request),
        (authorized) => attemptCall(request, authorized, signal),
      ),

    followLink,

    async openLink(request, signal) {
      const { body } = await followLink(request, signal);
      return body ?? new ReadableStream({ start: (controller) => controller.close() });
    },
  };
}

function isLink(link: string): boolean {
  if (!URL.canParse(link)) return false;
  const { protocol, username, password } = new URL(link);
  return /^https?:$/.test(protocol) && username + password === '';
}

interface Repetition {
  readonly signal: AbortSignal;
  readonly timing: RequestTiming;
  /** Whether the request may be repeated although it may have been processed. */
  readonly isSafe: boolean;
}

/** Repeats a request while the service is throttled or, if that is safe, the network fails. */
async function repeatedly(
  { signal, timing, isSafe }: Repetition,
  authorize: () => Promise<Readonly<Record<string, string>>>,
  attempt: (headers: Readonly<Record<string, string>>) => Promise<Response>,
): Promise<Response> {
  for (let number = 1; ; number += 1) {
    const backoff = timing.backoffMilliseconds * 2 ** (number - 1);
    const headers = await authorize();
    let response: Response;
    try {
      response = await attempt(headers);
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      if (!isSafe || number === MAX_ATTEMPTS) throw error;
      await pause(backoff, signal);
      continue;
    }
    if (!REPEATED_STATUSES.includes(response.status) || number === MAX_ATTEMPTS) return response;
    const seconds = retryAfterSeconds(response);
    if (seconds !== undefined && seconds > MAX_RETRY_AFTER_SECONDS) return response;
    await response.body?.cancel();
    await pause(seconds === undefined ? backoff : seconds * 1000, signal);
  }
}

/** Reads Retry-After, which is a number of seconds or a date. */
export function retryAfterSeconds({ headers }: Pick<Response, 'headers'>): number | undefined {
  const value = headers.get('retry-after');
  if (value === null) return undefined;
  if (/^\d+$/.test(value)) return Number(value);
  // A date starts with a day. Date.parse also accepts -5 and 1.5, as months.
  if (!/^[a-z]/i.test(value)) return undefined;
  const seconds = (Date.parse(value) - Date.now()) / 1000;
  return Number.isNaN(seconds) ? undefined : Math.max(0, seconds);
}

/** Describes a response that is no success. `body` is what could be read of it. */
export function problemOf(response: Pick<Response, 'status' | 'headers'>, body: unknown): ApiProblem {
  const { type, title, detail, message, requestId } = Object(body);
  const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined);
  const { status, headers } = response;
  return new ApiProblem({
    status,
    type: text(type) ?? 'about:blank',
    title: text(title) ?? text(message) ?? `HTTP ${status}`,
    // API Gateway itself responds with a message.
    detail: text(detail) ?? `The HTTP API responded with ${status} ${text(message) ?? ''}`.trimEnd(),
    requestId: text(requestId) ?? headers.get('x-request-id') ?? headers.get('apigw-requestid') ?? undefined,
    retryAfterSeconds: retryAfterSeconds(response),
  });
}

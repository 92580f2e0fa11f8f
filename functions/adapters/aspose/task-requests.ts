import * as z from 'zod/mini';
import { OPERATIONS, type OperationName } from '../../contracts/operations.ts';
import type { VendorClient } from '../../core/ports.ts';
import { HEADERS_SECONDS } from '../../core/task-times.ts';
import { MAX_RESULTS, type Poll, type VendorResponse } from '../../core/vendor-response.ts';
import { withoutUndefined } from '../../core/without-undefined.ts';
import type { AccessTokens } from './access-token.ts';
import { type Base64Document, createBase64Document } from './base64-document.ts';
import { type HttpResponse, RequestFailedError, request, retryAfterSeconds } from './http-request.ts';
import { MalformedResponseError } from './malformed-response.ts';
import { isAboutQuota, readRefusal } from './refusal-message.ts';
import { createResponseScanner, TooManyResultsError } from './response-scanner.ts';
import type { Spools } from './spool.ts';

export interface AsposeOcrOptions {
  /** Without a slash at its end. */
  readonly baseUrl: string;
  readonly accessTokens: AccessTokens;
  /** Where documents are kept until they are stored. */
  readonly spools: Spools;
  /** The largest inflated body that is read. */
  readonly maxAnswerBytes: number;
  /**
   * Called once a body exceeds `LARGE_BODY_BYTES`; reading goes on when it resolves.
   *
   * @default - large bodies are read without waiting
   */
  readonly admitLargeBody?: () => Promise<void>;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

// Every field is nullable and none is required (vendor's OpenAPI file); a field of another type
// counts as absent, so that an odd message cannot lose a document. Unknown fields are ignored.
const anything = z.optional(z.unknown());
const responseSchema = z.object({
  id: anything,
  taskStatus: anything,
  responseStatusCode: anything,
  // The scanner has replaced `data` with the number of its sink.
  results: z.nullish(z.array(z.nullable(z.object({ type: anything, data: z.nullish(z.string()) })))),
  error: anything,
});

/** Fetches results from Aspose.OCR Cloud v5.0. */
export function createAsposeOcr(options: AsposeOcrOptions): VendorClient {
  const { accessTokens } = options;

  async function fetchOnce(operation: OperationName, taskId: string, timeoutSeconds: number, token?: string) {
    const url = new URL(`${options.baseUrl}/v5.0/ocr/${operation}`);
    url.searchParams.set('id', taskId);
    const headers = {
      accept: 'application/json',
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    };
    const limits = { headersSeconds: HEADERS_SECONDS, totalSeconds: timeoutSeconds };
    return await request(url, { method: 'GET', headers }, limits, (response) =>
      readResponse(response, options),
    );
  }

  async function poll(operation: OperationName, taskId: string, timeoutSeconds: number): Promise<Poll> {
    // Not the clock, which may be set meanwhile.
    const end = performance.now() + timeoutSeconds * 1000;
    const leftSeconds = () => Math.max(0.1, (end - performance.now()) / 1000);
    if (OPERATIONS[operation].trial) return toPoll(await fetchOnce(operation, taskId, timeoutSeconds));
    // A token may be withdrawn at any time: a 401 earns one new token, and one repeat.
    for (let mayRepeat = true; ; mayRepeat = false) {
      const response = await accessTokens.get(leftSeconds());
      if (response.kind === 'Unavailable' || response.kind === 'Unreadable') return response;
      if (response.kind === 'Rejected') return refused('CredentialsRejected', response.detail);
      const result = await fetchOnce(operation, taskId, leftSeconds(), response.token);
      if (result !== 'Unauthorized') return result;
      accessTokens.drop(response.token);
      if (!mayRepeat) return toPoll(result);
    }
  }

  return {
    async poll(operation, taskId, timeoutSeconds) {
      try {
        return await poll(operation, taskId, timeoutSeconds);
      } catch (error) {
        if (error instanceof RequestFailedError) return { kind: 'Unavailable', detail: error.message };
        if (error instanceof MalformedResponseError) return { kind: 'Malformed', detail: error.message };
        if (error instanceof TooManyResultsError)
          return refused('ResultTooLarge', `The response has more than the ${MAX_RESULTS} results allowed`);
        throw error;
      }
    },
  };
}

function toPoll(result: Poll | 'Unauthorized'): Poll {
  return result === 'Unauthorized' ? refused('CredentialsRejected', 'Aspose returned HTTP 401') : result;
}

function refused(reason: Extract<Poll, { kind: 'Refused' }>['reason'], detail: string): Poll {
  return { kind: 'Refused', reason, detail };
}

/** These may be over by the next poll; other 4xx mean that the request itself is wrong. */
const PASSING_STATUSES = [408, 425, 429];

async function readResponse(
  { status, headers, body }: HttpResponse,
  options: AsposeOcrOptions,
): Promise<Poll | 'Unauthorized'> {
  if (status === 200) return await readTaskResponse(body, options);
  if (status === 401) return 'Unauthorized';
  if (status === 402) return refused('QuotaExceeded', 'Aspose returned HTTP 402');
  if (status === 403) {
    return isAboutQuota(await readRefusal(body))
      ? refused('QuotaExceeded', 'Aspose returned HTTP 403 with a message about a quota')
      : refused('CredentialsRejected', 'Aspose returned HTTP 403');
  }
  if (status >= 500 || PASSING_STATUSES.includes(status)) {
    const seconds = retryAfterSeconds(headers, options.now());
    const detail = `Aspose returned HTTP ${status}`;
    return { kind: 'Unavailable', detail, ...withoutUndefined({ retryAfterSeconds: seconds }) };
  }
  if (status >= 400) return refused('ContractViolation', `Aspose refused the request with HTTP ${status}`);
  return { kind: 'Malformed', detail: `Aspose returned HTTP ${status}` };
}

/** A larger body may take its share of memory and of the disk. Most have a few kilobytes. */
const LARGE_BODY_BYTES = 1024 * 1024;

async function readTaskResponse(
  body: AsyncIterable<Buffer>,
  { spools, maxAnswerBytes, admitLargeBody }: AsposeOcrOptions,
): Promise<Poll> {
  const documents: Base64Document[] = [];
  const scanner = createResponseScanner(() => {
    const document = createBase64Document(spools);
    documents.push(document);
    return document;
  });
  let bytes = 0;
  for await (const chunk of body) {
    if (bytes <= LARGE_BODY_BYTES && bytes + chunk.length > LARGE_BODY_BYTES) await admitLargeBody?.();
    bytes += chunk.length;
    if (bytes > maxAnswerBytes) {
      return refused('ResultTooLarge', `The response is larger than the ${maxAnswerBytes} bytes allowed`);
    }
    scanner.write(chunk);
  }
  const parsed = z.safeParse(responseSchema, scanner.end());
  if (!parsed.success) return { kind: 'Malformed', detail: 'the response does not match the contract' };
  return { kind: 'Responded', response: toResponse(parsed.data, documents) };
}

function toResponse(
  response: z.output<typeof responseSchema>,
  documents: readonly Base64Document[],
): VendorResponse {
  return {
    id: textOrNull(response.id),
    taskStatus: textOrNull(response.taskStatus),
    responseStatusCode: textOrNull(response.responseStatusCode),
    results: (response.results ?? []).map((result) => ({
      type: textOrNull(result?.type),
      data: (result?.data != null ? documents[Number(result.data)]?.data() : undefined) ?? {
        kind: 'missing',
      },
    })),
    messages: textsIn(response.error, 'messages'),
    warnings: textsIn(response.error, 'warnings'),
  };
}

function textOrNull(received: unknown): string | null {
  return typeof received === 'string' ? received : null;
}

function textsIn(error: unknown, field: 'messages' | 'warnings'): string[] {
  const texts: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, field) : undefined;
  return Array.isArray(texts) ? texts.filter((text) => typeof text === 'string' && text !== '') : [];
}

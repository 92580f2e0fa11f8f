import * as z from 'zod/mini';
import { OPERATIONS } from '../../contracts/operations.ts';
import { taskIdSchema } from '../../contracts/task-input.ts';
import type { ImageUploads, UploadResult } from '../../core/image-upload.ts';
import { withoutUndefined } from '../../core/without-undefined.ts';
import type { AccessTokens } from './access-token.ts';
import { type HttpResponse, RequestFailedError, request, retryAfterSeconds } from './http-request.ts';
import {
  isAboutQuota,
  isClearlyAboutQuota,
  readRefusal,
  readShortBody,
  refusalWords,
} from './refusal-message.ts';
import type { StreamedBody } from './streamed-body.ts';
import { createUploadBody } from './upload-body.ts';

export interface AsposeUploadsOptions {
  /** Without a slash at its end. */
  readonly baseUrl: string;
  readonly accessTokens: AccessTokens;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/**
 * Uploads images to Aspose.OCR Cloud v5.0. There is no idempotency key, so only a 401 is repeated:
 * with one new token. Errors of the access tokens are thrown.
 */
export function createAsposeUploads({ baseUrl, accessTokens, now }: AsposeUploadsOptions): ImageUploads {
  async function post(
    url: URL,
    body: StreamedBody,
    seconds: number,
    token?: string,
  ): Promise<UploadResult | 'Unauthorized'> {
    const headers = {
      'content-type': 'application/json',
      accept: 'text/plain',
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    };
    // The headers come after the upload, which may take most of the time.
    const limits = { headersSeconds: seconds, totalSeconds: seconds };
    try {
      return await request(url, { method: 'POST', headers, body }, limits, (response) =>
        readUploadResponse(response, now()),
      );
    } catch (error) {
      if (!(error instanceof RequestFailedError)) throw error;
      return { kind: error.wasSent ? 'Unknown' : 'NotAccepted', detail: error.message };
    }
  }

  return {
    async upload(operation, content, settings, timeoutSeconds) {
      const url = new URL(`${baseUrl}/v5.0/ocr/${operation}`);
      // Not the clock, which may be set meanwhile.
      const end = performance.now() + timeoutSeconds * 1000;
      const leftSeconds = () => Math.max(0.1, (end - performance.now()) / 1000);
      for (let mayRepeat = true; ; mayRepeat = false) {
        const authorization = OPERATIONS[operation].trial ? undefined : await accessTokens.get(leftSeconds());
        if (authorization?.kind === 'Unavailable') return notAccepted(authorization);
        if (authorization?.kind === 'Unreadable')
          return refused('CredentialsUnreadable', authorization.detail);
        if (authorization?.kind === 'Rejected') return refused('CredentialsRejected', authorization.detail);
        const body = await createUploadBody(operation, content, settings);
        const result = await post(url, body, leftSeconds(), authorization?.token);
        if (result !== 'Unauthorized') return result;
        if (authorization !== undefined) accessTokens.drop(authorization.token);
        if (authorization === undefined || !mayRepeat)
          return refused('CredentialsRejected', 'Aspose returned HTTP 401');
      }
    },
  };
}

/**
 * The server has not processed the request. By RFC 9110 and RFC 8470, 408 means that it did not
 * receive the whole request, and 425 that it was unwilling to process it yet.
 */
const NOT_PROCESSED_STATUSES = [408, 425, 429, 503];

/** "Not implemented" is the only server error that says that nothing was done. */
const NOT_IMPLEMENTED = 501;

async function readUploadResponse(
  { status, headers, body }: HttpResponse,
  now: number,
): Promise<UploadResult | 'Unauthorized'> {
  if (status >= 200 && status < 300) return readTaskId(status, await readShortBody(body));
  if (status === 401) return 'Unauthorized';
  const detail = `Aspose returned HTTP ${status}`;
  if (NOT_PROCESSED_STATUSES.includes(status))
    return notAccepted({ detail, retryAfterSeconds: retryAfterSeconds(headers, now) });
  if (status >= 500 && status !== NOT_IMPLEMENTED) return { kind: 'Unknown', detail };
  const text = await readRefusal(body);
  const words = refusalWords(text);
  return refused(refusalReason(status, text), words === undefined ? detail : `${detail}: ${words}`);
}

function refusalReason(status: number, text: string): RefusalReason {
  if (status === 402) return 'QuotaExceeded';
  if (status === 403) return isAboutQuota(text) ? 'QuotaExceeded' : 'CredentialsRejected';
  return status === 400 && isClearlyAboutQuota(text) ? 'QuotaExceeded' : 'RefusedByVendor';
}

/** Aspose sends the task id as plain text; some of its servers send a JSON string. */
function readTaskId(status: number, text: string): UploadResult {
  const parsed = z.safeParse(taskIdSchema, text.trim().replace(/^"(.*)"$/, '$1'));
  return parsed.success
    ? { kind: 'Accepted', taskId: parsed.data }
    : { kind: 'Unknown', detail: `Aspose returned HTTP ${status} without a task id` };
}

type RefusalReason = Extract<UploadResult, { kind: 'Refused' }>['reason'];

function refused(reason: RefusalReason, message: string): UploadResult {
  return { kind: 'Refused', reason, message };
}

function notAccepted(failure: {
  readonly detail: string;
  readonly retryAfterSeconds?: number | undefined;
}): UploadResult {
  const { detail, retryAfterSeconds } = failure;
  return { kind: 'NotAccepted', detail, ...withoutUndefined({ retryAfterSeconds }) };
}

import { OPERATIONS, type OperationName } from '../../contracts/operations.ts';
import type { AccessTokens } from './access-token.ts';
import { RequestFailedError, request } from './http-request.ts';

/** Short, because an HTTP caller waits for it. */
const CANCEL_SECONDS = 8;

/**
 * Cancels tasks at Aspose.OCR Cloud v5.0 with `DELETE` on the operation's path (vendor's OpenAPI
 * file).
 *
 * @param baseUrl without a trailing slash
 * @returns a function that returns a description of the fault, safe to log, or undefined
 */
export function createAsposeCancellation(baseUrl: string, accessTokens: AccessTokens) {
  return async (operation: OperationName, taskId: string): Promise<string | undefined> => {
    const url = new URL(`${baseUrl}/v5.0/ocr/${operation}`);
    url.searchParams.set('id', taskId);
    const authorization = OPERATIONS[operation].trial ? undefined : await accessTokens.get(CANCEL_SECONDS);
    if (authorization !== undefined && authorization.kind !== 'Token') return authorization.detail;
    const headers = authorization === undefined ? {} : { authorization: `Bearer ${authorization.token}` };
    const limits = { headersSeconds: CANCEL_SECONDS, totalSeconds: CANCEL_SECONDS };
    try {
      return await request(url, { method: 'DELETE', headers }, limits, async ({ status }) =>
        status >= 200 && status < 300 ? undefined : `Aspose returned HTTP ${status}`,
      );
    } catch (error) {
      if (error instanceof RequestFailedError) return error.message;
      throw error;
    }
  };
}

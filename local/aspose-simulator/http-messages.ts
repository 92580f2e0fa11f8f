import { type ServerResponse, STATUS_CODES } from 'node:http';
import type { Readable } from 'node:stream';
import { readLimitedBody } from '../read-body.ts';

/** Enough for an image of tens of megabytes, which is a third longer as base64. */
export const MAX_BODY_BYTES = 128 * 1024 * 1024;

/** A request that the simulator rejects. The response is problem details (RFC 9457). */
export class RequestError extends Error {
  override readonly name: string = 'RequestError';
  readonly httpStatus: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly contentType: string = 'application/problem+json';

  constructor(httpStatus: number, detail: string, headers: Readonly<Record<string, string>> = {}) {
    super(detail);
    this.httpStatus = httpStatus;
    this.headers = headers;
  }

  /** The body of the response. */
  toJSON(): object {
    const { httpStatus: status, message: detail } = this;
    return { type: 'about:blank', title: STATUS_CODES[status], status, detail };
  }
}

/**
 * Reads the body of a request as UTF-8. The connection stays open for the response.
 *
 * @throws RequestError 413 when the body is too large
 */
export async function readBody(request: Readable): Promise<string> {
  const body = await readLimitedBody(request.iterator({ destroyOnReturn: false }), MAX_BODY_BYTES);
  if (body !== undefined) return body.toString('utf8');
  throw new RequestError(413, `body: got more bytes; allowed: at most ${MAX_BODY_BYTES}`);
}

/** Responds with an error: with 500 when it is no `RequestError`. */
export function sendProblem(response: ServerResponse, error: unknown): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const problem =
    error instanceof RequestError ? error : new RequestError(500, `The simulator failed: ${String(error)}`);
  const { httpStatus, headers, contentType } = problem;
  response.writeHead(httpStatus, { 'content-type': `${contentType}; charset=utf-8`, ...headers });
  response.end(JSON.stringify(problem));
}

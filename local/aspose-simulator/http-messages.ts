import type { ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import { RequestError } from './request-problem.ts';

/** Room for an image of tens of megabytes, a third longer as base64. */
const MAX_BODY_BYTES = 128 * 1024 * 1024;

/** Reads a request's body as UTF-8; throws a `RequestError` (413) when it is too large. */
export async function readBody(request: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) {
      throw new RequestError(413, `The body must be at most ${MAX_BODY_BYTES} bytes, got more.`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Answers with what went wrong: problem details, or 500 for what is no `RequestError`. */
export function sendProblem(response: ServerResponse, error: unknown): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const problem =
    error instanceof RequestError ? error : new RequestError(500, `The simulator failed: ${String(error)}`);
  response.writeHead(problem.httpStatus, {
    'content-type': 'application/problem+json; charset=utf-8',
    ...problem.headers,
  });
  response.end(JSON.stringify(problem.problemDetails));
}

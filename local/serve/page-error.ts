import { STATUS_CODES } from 'node:http';
import { UploadRejectedError, UsageError } from '../../cli/command-errors.ts';
import { InvalidInput } from '../../functions/core/invalid-input.ts';

/** A request that the page server rejects. */
export class PageError extends Error {
  override readonly name = 'PageError';
  readonly status: number;

  /** @param detail one sentence */
  constructor(status: number, detail: string) {
    super(detail);
    this.status = status;
  }
}

/** Describes an error as problem details (RFC 9457), as the HTTP API does. */
export function problemResponse(error: unknown): Response {
  const status = statusOf(error);
  const detail = error instanceof Error ? error.message : String(error);
  return Response.json(
    { type: 'about:blank', title: STATUS_CODES[status], status, detail },
    { status, headers: { 'content-type': 'application/problem+json' } },
  );
}

function statusOf(error: unknown): number {
  if (error instanceof PageError) return error.status;
  if (error instanceof UsageError || error instanceof InvalidInput) return 400;
  return error instanceof UploadRejectedError ? 502 : 500;
}

import { STATUS_CODES } from 'node:http';
import { SubmitError, UsageError } from '../cli/command-errors.ts';

/** A request that is not served. */
export class PageRefusal extends Error {
  override readonly name = 'PageRefusal';
  readonly status: number;

  /** @param detail one sentence */
  constructor(status: number, detail: string) {
    super(detail);
    this.status = status;
  }
}

/** What went wrong, as problem details (RFC 9457), which is how the HTTP API refuses, too. */
export function problemResponse(error: unknown): Response {
  const status = statusOf(error);
  const detail = error instanceof Error ? error.message : String(error);
  return Response.json(
    { type: 'about:blank', title: STATUS_CODES[status], status, detail },
    { status, headers: { 'content-type': 'application/problem+json' } },
  );
}

function statusOf(error: unknown): number {
  if (error instanceof PageRefusal) return error.status;
  if (error instanceof UsageError) return 400;
  return error instanceof SubmitError ? 502 : 500;
}

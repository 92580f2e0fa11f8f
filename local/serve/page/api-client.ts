import * as z from 'zod/mini';

const problemSchema = z.object({ detail: z.string() });

/** A request that the server rejected. The message is the server's explanation. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;

  constructor(status: number, detail: string) {
    super(detail);
    this.status = status;
  }
}

/**
 * Sends a request to the page's own server, and parses the JSON response.
 *
 * @throws ApiError for an error status, or Error when the server does not respond
 */
export async function requestJson<T>(schema: z.ZodMiniType<T>, path: string, init?: RequestInit): Promise<T> {
  const response = await fetch(path, init).catch((cause: unknown) => {
    throw new Error('The server has stopped.', { cause });
  });
  const body: unknown = await response.json().catch(() => undefined);
  if (response.ok) return z.parse(schema, body);
  const problem = z.safeParse(problemSchema, body).data;
  const { status } = response;
  throw new ApiError(status, problem?.detail ?? `The server responded with HTTP ${status}.`);
}

export function errorText(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

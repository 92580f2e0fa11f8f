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

/** What to send besides GET. */
export interface RequestOptions {
  readonly method?: 'GET' | 'POST' | 'DELETE';
  /** Sent as JSON. */
  readonly json?: unknown;
  readonly signal?: AbortSignal;
}

/**
 * Sends a request to the page's own server, and parses the JSON response.
 *
 * @throws ApiError for an error status, DOMException when it is aborted, or Error when the server
 * does not respond
 */
export async function requestJson<T>(
  schema: z.ZodMiniType<T>,
  path: string,
  { json, signal, method = 'GET' }: RequestOptions = {},
): Promise<T> {
  const response = await fetch(path, {
    method,
    ...(signal !== undefined && { signal }),
    ...(json !== undefined && {
      body: JSON.stringify(json),
      headers: { 'content-type': 'application/json' },
    }),
  }).catch((cause: unknown) => {
    throw signal?.aborted === true ? cause : new Error(STOPPED, { cause });
  });
  return parseBody(schema, response.status, await response.json().catch(() => undefined));
}

const STOPPED = 'The server has stopped.';

/**
 * Uploads a file to the page's own server, as `requestJson` sends a request.
 *
 * @param onSent receives the share of the file that was sent, from 0 to 1. `fetch` reports none
 */
export function uploadFile<T>(
  schema: z.ZodMiniType<T>,
  path: string,
  file: File,
  onSent: (share: number) => void,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.upload.onprogress = ({ loaded, total }) => onSent(total === 0 ? 1 : loaded / total);
    request.onerror = async () => reject(await whyNotSent(file));
    request.onload = () => {
      try {
        resolve(parseBody(schema, request.status, parseText(request.responseText)));
      } catch (error) {
        reject(error);
      }
    };
    request.open('POST', path);
    request.send(file);
  });
}

/** Tells a file that the browser cannot read, such as a dropped folder, from a stopped server. */
async function whyNotSent(file: File): Promise<Error> {
  try {
    const reader = file.stream().getReader();
    await reader.read();
    await reader.cancel();
    return new Error(STOPPED);
  } catch {
    return new ApiError(400, UNREADABLE);
  }
}

const UNREADABLE =
  'file: got a folder, or a file that was changed or removed after it was chosen; allowed: a file';

function parseText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function parseBody<T>(schema: z.ZodMiniType<T>, status: number, body: unknown): T {
  if (status >= 200 && status < 300) return z.parse(schema, body);
  const problem = z.safeParse(problemSchema, body).data;
  throw new ApiError(status, problem?.detail ?? `The server responded with HTTP ${status}.`);
}

/** Handles the error about something that has expired, or that a restarted server does not know. */
export function undefinedIfNotFound(error: unknown): undefined {
  if (!(error instanceof ApiError && error.status === 404)) throw error;
}

export function errorText(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

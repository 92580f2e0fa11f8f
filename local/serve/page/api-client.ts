import * as z from 'zod/mini';

const problemSchema = z.object({ detail: z.string() });

/** What the server refuses, in its own sentence. */
export class ServerRefusal extends Error {
  override readonly name = 'ServerRefusal';
  readonly status: number;

  constructor(status: number, detail: string) {
    super(detail);
    this.status = status;
  }
}

/**
 * Asks the server that the page came from.
 *
 * @throws ServerRefusal, or Error when there is no server any more
 */
export async function ask<T>(schema: z.ZodMiniType<T>, path: string, init?: RequestInit): Promise<T> {
  const response = await fetch(path, init).catch((cause: unknown) => {
    throw new Error('The server is gone.', { cause });
  });
  const answer: unknown = await response.json().catch(() => undefined);
  if (response.ok) return z.parse(schema, answer);
  const problem = z.safeParse(problemSchema, answer).data;
  const { status } = response;
  throw new ServerRefusal(status, problem?.detail ?? `The server answered HTTP ${status}.`);
}

/** What went wrong, for people. */
export function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

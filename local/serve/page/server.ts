import * as z from 'zod/mini';

const problemSchema = z.object({ detail: z.string() });

/**
 * Asks the server that the page came from.
 *
 * @throws Error with the server's own sentence when it refuses
 */
export async function ask<T>(schema: z.ZodMiniType<T>, path: string, init?: RequestInit): Promise<T> {
  const response = await fetch(path, init);
  const answer: unknown = await response.json().catch(() => undefined);
  if (response.ok) return z.parse(schema, answer);
  const problem = z.safeParse(problemSchema, answer).data;
  throw new Error(problem?.detail ?? `The server answered HTTP ${response.status}.`);
}

/** What went wrong, for people. */
export function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

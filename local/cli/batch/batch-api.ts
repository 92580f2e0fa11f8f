import * as z from 'zod/mini';
import { CommandError, UsageError } from '../../../cli/command-errors.ts';
import {
  type BatchView,
  batchViewSchema,
  startedBatchSchema,
} from '../../../functions/contracts/batches-api.ts';
import { problemSchema } from '../../../functions/contracts/http-api.ts';
import type { StoredRequest } from './batch-state.ts';

/** The routes of batches in the HTTP API of the embedded AWS. */
export interface BatchApi {
  /**
   * Starts a batch. A repeated request returns the batch that it has started before.
   *
   * @throws UsageError when the request is refused
   */
  start(batchId: string, request: StoredRequest): Promise<z.output<typeof startedBatchSchema>>;
  read(batchId: string): Promise<BatchView>;
}

export function createBatchApi(apiUrl: string): BatchApi {
  async function request<T>(schema: z.ZodMiniType<T>, path: string, body?: object): Promise<T> {
    const init = body && {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    };
    const response = await fetch(`${apiUrl}${path}`, init ?? {});
    const received: unknown = await response.json();
    if (response.ok) return z.parse(schema, received);
    const detail = z.safeParse(problemSchema, received).data?.detail ?? `HTTP ${response.status}`;
    if (response.status < 500) throw new UsageError(detail);
    throw new CommandError(`The HTTP API failed: ${detail}`);
  }

  return {
    start: (batchId, started) =>
      started.kind === 'retry'
        ? request(startedBatchSchema, `/batches/${started.retryOf}/retry`, { batchId })
        : request(startedBatchSchema, '/batches', { ...started.body, batchId }),
    read: (batchId) => request(batchViewSchema, `/batches/${batchId}`),
  };
}

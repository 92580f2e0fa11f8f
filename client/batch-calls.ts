import type { Connection } from './connection.ts';
import { definedFields } from './defined-fields.ts';
import { dataOf, type HttpApi, stateOf } from './http-api.ts';
import { InvalidOption } from './invalid-option.ts';
import { pathId } from './path-id.ts';
import { inScope } from './scope.ts';
import type {
  Batch,
  BatchFile,
  BatchQuery,
  BatchRequest,
  BatchResults,
  BatchSummary,
  CallOptions,
  WaitOptions,
} from './types.ts';
import { readUntilEnd, withinTimeout } from './wait-until.ts';

/** Each file, and the field with its link. */
const LINKS = {
  'results.jsonl': 'resultsUrl',
  'results.csv': 'resultsCsvUrl',
  'summary.json': 'summaryUrl',
} as const;

/** The calls about batches. */
export function createBatchCalls(connection: Connection, api: HttpApi) {
  const pathOf = (batchId: string) => ({ params: { path: { batchId: pathId('batchId', batchId) } } });

  const start = async (request: BatchRequest, signal: AbortSignal): Promise<Batch> =>
    (await dataOf(api.POST('/batches', { body: request, signal }))).batch;

  const untilEnd = (batchId: string, options: WaitOptions<Batch>, signal: AbortSignal): Promise<Batch> =>
    readUntilEnd(
      connection,
      signal,
      (headers) => stateOf(api.GET('/batches/{batchId}', { ...pathOf(batchId), headers, signal })),
      (batch) => {
        options.onProgress?.(batch);
        return batch.outcome === undefined ? undefined : batch;
      },
    );

  const results = (batchId: string, { signal }: CallOptions = {}): Promise<BatchResults> =>
    inScope({ signal }, (scope) =>
      dataOf(api.GET('/batches/{batchId}/results', { ...pathOf(batchId), signal: scope })),
    );

  return {
    async batch(request: BatchRequest, options: WaitOptions<Batch> = {}): Promise<Batch> {
      const identified = withId(request);
      const { batchId } = identified;
      return await withinTimeout(
        options,
        () => ({ batchId }),
        async (signal) => {
          await start(identified, signal);
          return await untilEnd(batchId, options, signal);
        },
      );
    },

    batches: {
      start: (request: BatchRequest, { signal }: CallOptions = {}): Promise<Batch> =>
        inScope({ signal }, (scope) => start(withId(request), scope)),

      wait: (batchId: string, options: WaitOptions<Batch> = {}): Promise<Batch> =>
        withinTimeout(
          options,
          () => ({ batchId }),
          (signal) => untilEnd(batchId, options, signal),
        ),

      read: (batchId: string, { signal }: CallOptions = {}): Promise<Batch> =>
        inScope({ signal }, (scope) =>
          dataOf(api.GET('/batches/{batchId}', { ...pathOf(batchId), signal: scope })),
        ),

      results,

      async download(
        batchId: string,
        file: BatchFile,
        { signal = new AbortController().signal }: CallOptions = {},
      ): Promise<ReadableStream<Uint8Array>> {
        const url = (await results(batchId, { signal }))[LINKS[file]];
        if (typeof url !== 'string')
          throw new InvalidOption('file', file, `${Object.keys(LINKS).join(', ')} of a batch with results`);
        return await connection.openLink({ subject: `${file} of batch ${batchId}`, url }, signal);
      },

      cancel: (batchId: string, { signal }: CallOptions = {}): Promise<Batch> =>
        inScope({ signal }, (scope) =>
          dataOf(api.DELETE('/batches/{batchId}', { ...pathOf(batchId), signal: scope })),
        ),

      async retry(
        batchId: string,
        { newBatchId, signal }: CallOptions & { readonly newBatchId?: string | undefined } = {},
      ): Promise<Batch> {
        const body = definedFields({ batchId: newBatchId });
        const { batch } = await inScope({ signal }, (scope) =>
          dataOf(api.POST('/batches/{batchId}/retry', { ...pathOf(batchId), body, signal: scope })),
        );
        return batch;
      },

      async *list(query: BatchQuery = {}, { signal }: CallOptions = {}): AsyncGenerator<BatchSummary> {
        let cursor: string | undefined;
        do {
          const params = { query: { ...query, ...definedFields({ cursor }) } };
          const page = await inScope({ signal }, (scope) =>
            dataOf(api.GET('/batches', { params, signal: scope })),
          );
          yield* page.batches;
          ({ cursor } = page);
        } while (cursor !== undefined);
      },
    },
  };
}

/** Chooses the id here, so that a repeated request does not start another batch. */
function withId(request: BatchRequest): BatchRequest & { readonly batchId: string } {
  return { ...request, batchId: request.batchId ?? crypto.randomUUID() };
}

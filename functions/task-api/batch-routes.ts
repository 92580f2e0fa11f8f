import {
  batchListQuerySchema,
  batchPathSchema,
  batchRequestSchema,
  retryRequestSchema,
  type StartedBatch,
} from '../contracts/batches-api.ts';
import type { BatchProgressStore } from '../core/batch/batch-ports.ts';
import { isEndedBatch } from '../core/batch/batch-record.ts';
import { type CancelBatchPorts, cancelBatch } from '../core/batch/cancel-batch.ts';
import { type ListBatchesPorts, listBatches } from '../core/batch/list-batches.ts';
import {
  type BatchResultsPorts,
  batchResults,
  batchRetrySeconds,
  type ReadBatchPorts,
  readBatch,
  viewBatch,
} from '../core/batch/read-batch.ts';
import { batchWarning, type RequestBatchPorts, requestBatch } from '../core/batch/request-batch.ts';
import { type RetryBatchPorts, retryBatch } from '../core/batch/retry-batch.ts';
import type { BatchStart } from '../core/batch/start-batch.ts';
import { parseInput } from '../core/invalid-input.ts';
import { withoutUndefined } from '../core/without-undefined.ts';
import { jsonBody } from './json-body.ts';
import {
  json,
  listQueryOf,
  pathPrefixOf,
  type Request,
  type Response,
  type RouteHandlers,
  refuseQuery,
} from './responses.ts';
import type { WaitIfPreferred } from './waiting.ts';

export type BatchRoutesPorts = RequestBatchPorts &
  RetryBatchPorts &
  CancelBatchPorts &
  ListBatchesPorts &
  BatchResultsPorts & { readonly progress: Pick<BatchProgressStore, 'read'> };

export interface BatchRoutesDependencies {
  readonly ports: BatchRoutesPorts;
  /** Read the record while a request waits. */
  readonly readers: ReadBatchPorts;
  readonly waitIfPreferred: WaitIfPreferred;
}

/** The routes of batches. */
export function createBatchRoutes({ ports, readers, waitIfPreferred }: BatchRoutesDependencies) {
  async function startResponse(
    request: Request,
    { record, isNew }: BatchStart,
    warning?: string,
  ): Promise<Response> {
    const started: StartedBatch = {
      batch: await viewBatch(record, ports),
      ...withoutUndefined({ warning }),
    };
    const location = `${pathPrefixOf(request)}/batches/${record.batchId}`;
    return json(isNew ? 202 : 200, started, { location });
  }

  return {
    async startBatch(request) {
      refuseQuery(request);
      const batch = parseInput(batchRequestSchema, jsonBody(request), 'body');
      return await startResponse(request, await requestBatch(batch, ports), batchWarning(batch));
    },

    listBatches: async (request) =>
      json(200, await listBatches(listQueryOf(batchListQuerySchema, request), ports)),

    async readBatch(request, remainingSeconds) {
      const batchId = batchIdOf(request);
      const followed = {
        first: await readBatch(batchId, ports),
        read: () => readBatch(batchId, readers),
        isEnded: isEndedBatch,
        nextChangeAt: () => undefined,
      };
      const { state: record, headers } = await waitIfPreferred(request, followed, remainingSeconds);
      const retryAfter = isEndedBatch(record)
        ? {}
        : { 'retry-after': String(batchRetrySeconds(record, ports.now())) };
      return json(200, await viewBatch(record, ports), { ...retryAfter, ...headers });
    },

    async cancelBatch(request) {
      const { record } = await cancelBatch(batchIdOf(request), ports);
      return json(202, await viewBatch(record, ports));
    },

    readBatchResults: async (request) => json(200, await batchResults(batchIdOf(request), ports)),

    async retryBatch(request) {
      const batchId = batchIdOf(request);
      const body = hasBody(request) ? jsonBody(request) : {};
      const retry = parseInput(retryRequestSchema, body, 'body');
      return await startResponse(request, await retryBatch(batchId, retry.batchId, ports));
    },
  } satisfies Partial<RouteHandlers>;
}

function batchIdOf(request: Request): string {
  refuseQuery(request);
  return parseInput(batchPathSchema, request.pathParameters ?? {}).batchId;
}

function hasBody({ body = '' }: Request): boolean {
  return body !== '';
}

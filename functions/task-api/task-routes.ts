import type { Logger } from '@aws-lambda-powertools/logger';
import type { Metrics } from '@aws-lambda-powertools/metrics';
import {
  listQuerySchema,
  resultPathSchema,
  startRequestSchema,
  taskPathSchema,
} from '../contracts/http-api.ts';
import type { TaskRecord } from '../contracts/task-record.ts';
import { type CancelTaskPorts, cancelTask } from '../core/cancel-task.ts';
import { parseInput } from '../core/invalid-input.ts';
import { type ListTasksPorts, listTasks } from '../core/list-tasks.ts';
import { documentLink, type TaskResultsPorts, taskResults } from '../core/read-results.ts';
import { type ReadTaskPorts, readTask } from '../core/read-task.ts';
import { type StartCollectionPorts, startCollection } from '../core/start-collection.ts';
import { isTerminal } from '../core/task-record.ts';
import { retryDelaySeconds } from '../core/task-times.ts';
import { countOutcome } from '../handlers/outcome-metrics.ts';
import { jsonBody } from './json-body.ts';
import {
  json,
  listQueryOf,
  numberIn,
  pathPrefixOf,
  type Request,
  type Response,
  type RouteHandlers,
  refuseQuery,
} from './responses.ts';
import type { WaitIfPreferred } from './waiting.ts';

export interface TaskRoutesDependencies {
  readonly ports: StartCollectionPorts & CancelTaskPorts & ListTasksPorts & TaskResultsPorts;
  /** Read the record while a request waits. */
  readonly readers: ReadTaskPorts;
  readonly waitIfPreferred: WaitIfPreferred;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/** The routes of tasks and their documents. */
export function createTaskRoutes(dependencies: TaskRoutesDependencies) {
  const { ports, readers, waitIfPreferred, logger, metrics } = dependencies;
  return {
    async startCollection(request) {
      refuseQuery(request);
      const { recollect, ...task } = parseInput(startRequestSchema, jsonBody(request), 'body');
      const collection = await startCollection({ task: { ...task, generation: 1 }, recollect }, ports);
      if (collection.kind === 'Forgotten') throw new TypeError('only an event is delivered again');
      return collectionResponse(request, collection.isNew ? 202 : 200, collection.record);
    },

    listTasks: async (request) => json(200, await listTasks(listQueryOf(listQuerySchema, request), ports)),

    async readTask(request, remainingSeconds) {
      const taskId = taskIdOf(request);
      const followed = {
        first: await readTask(taskId, ports),
        read: () => readTask(taskId, readers),
        isEnded: isTerminal,
        nextChangeAt: ({ nextPollAt }: TaskRecord) => nextPollAt,
      };
      const { state, headers } = await waitIfPreferred(request, followed, remainingSeconds);
      const retryAfter = isTerminal(state)
        ? {}
        : { 'retry-after': String(retryDelaySeconds(state.nextPollAt, ports.now())) };
      return json(200, state, { ...retryAfter, ...headers });
    },

    async cancelTask(request) {
      const taskId = taskIdOf(request);
      const { record, detail, isNew, vendorFault } = await cancelTask(taskId, ports);
      if (isNew) countOutcome(metrics, detail);
      if (vendorFault !== undefined) logger.warn('Not cancelled at Aspose', { taskId, vendorFault });
      return collectionResponse(request, 202, record);
    },

    readResults: async (request) => json(200, await taskResults(taskIdOf(request), ports)),

    async readDocument(request) {
      refuseQuery(request);
      const { taskId, index } = request.pathParameters ?? {};
      const path = parseInput(resultPathSchema, { taskId, index: numberIn(index) });
      const location = await documentLink(path.taskId, path.index, ports);
      return { statusCode: 302, headers: { location, 'cache-control': 'no-store' } };
    },
  } satisfies Partial<RouteHandlers>;
}

function taskIdOf(request: Request): string {
  refuseQuery(request);
  return parseInput(taskPathSchema, request.pathParameters ?? {}).taskId;
}

function collectionResponse(request: Request, statusCode: number, record: TaskRecord): Response {
  const location = `${pathPrefixOf(request)}/tasks/${record.taskId}`;
  return json(statusCode, { executionArn: record.executionArn, record }, { location });
}

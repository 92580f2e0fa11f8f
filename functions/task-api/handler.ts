import type { Logger } from '@aws-lambda-powertools/logger';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import type { Metrics } from '@aws-lambda-powertools/metrics';
import middy from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import {
  listQuerySchema,
  noParametersSchema,
  type OperationId,
  resultPathSchema,
  startRequestSchema,
  TASK_API_ROUTES,
  taskPathSchema,
} from '../contracts/http-api.ts';
import { imagePathSchema, imageRequestSchema } from '../contracts/images-api.ts';
import type { TaskRecord } from '../contracts/task-record.ts';
import { type CancelTaskPorts, cancelTask } from '../core/cancel-task.ts';
import { InvalidInput, parseInput } from '../core/invalid-input.ts';
import { type ListTasksPorts, listTasks } from '../core/list-tasks.ts';
import { documentLink, type TaskResultsPorts, taskResults } from '../core/read-results.ts';
import { readTask } from '../core/read-task.ts';
import { type RequestImagePorts, readImage, recognizeObject, requestUpload } from '../core/request-image.ts';
import { type StartCollectionPorts, startCollection } from '../core/start-collection.ts';
import { withoutUndefined } from '../core/without-undefined.ts';
import { countOutcome, publishMetrics } from '../handlers/outcome-metrics.ts';
import { jsonBody } from './json-body.ts';
import { openApiDocument } from './openapi-document.ts';
import { problemResponses } from './problem.ts';

export interface TaskApiDependencies {
  readonly ports: StartCollectionPorts &
    CancelTaskPorts &
    ListTasksPorts &
    TaskResultsPorts &
    RequestImagePorts;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

type Event = APIGatewayProxyEventV2;
type Response = APIGatewayProxyStructuredResultV2;

/** Handles the HTTP API: each route parses its input and calls one use case. */
export function createHandler({ ports, logger, metrics }: TaskApiDependencies) {
  const routes: Record<OperationId, (event: Event) => Promise<Response>> = {
    async startCollection(event) {
      parseInput(noParametersSchema, queryOf(event));
      const { recollect, ...task } = parseInput(startRequestSchema, jsonBody(event), 'body');
      const collection = await startCollection({ task: { ...task, generation: 1 }, recollect }, ports);
      if (collection.kind === 'Forgotten') throw new TypeError('only an event is delivered again');
      return collectionResponse(event, collection.isNew ? 202 : 200, collection.record);
    },

    async listTasks(event) {
      refuseRepeated(queryOf(event));
      const { limit, ...query } = queryOf(event);
      const parsed = parseInput(listQuerySchema, {
        ...query,
        ...withoutUndefined({ limit: numberIn(limit) }),
      });
      return json(200, await listTasks(parsed, ports));
    },

    readTask: async (event) => json(200, await readTask(taskIdOf(event), ports)),

    async cancelTask(event) {
      const taskId = taskIdOf(event);
      const { record, detail, isNew, vendorFault } = await cancelTask(taskId, ports);
      if (isNew) countOutcome(metrics, detail);
      if (vendorFault !== undefined) logger.warn('Not cancelled at Aspose', { taskId, vendorFault });
      return collectionResponse(event, 202, record);
    },

    readResults: async (event) => json(200, await taskResults(taskIdOf(event), ports)),

    async readDocument(event) {
      parseInput(noParametersSchema, queryOf(event));
      const { taskId, index } = event.pathParameters ?? {};
      const path = parseInput(resultPathSchema, { taskId, index: numberIn(index) });
      const location = await documentLink(path.taskId, path.index, ports);
      return { statusCode: 302, headers: { location, 'cache-control': 'no-store' } };
    },

    async requestImage(event) {
      parseInput(noParametersSchema, queryOf(event));
      const request = parseInput(imageRequestSchema, jsonBody(event), 'body');
      const { fileName, source } = request;
      if (fileName !== undefined && source === undefined && !request.again) {
        const requested = await requestUpload({ ...request, fileName }, ports);
        return json(201, requested, imageLocation(event, requested.imageId));
      }
      if (source === undefined || fileName !== undefined || request.contentType !== undefined) {
        const allowed =
          'fileName, with contentType if you like, for an upload link; or source, with again if you like';
        throw new InvalidInput('body', 'another combination of fileName, source and again', allowed);
      }
      const { record, isNew } = await recognizeObject({ ...request, source }, ports);
      const { imageId } = record;
      const image = await readImage(imageId, ports);
      return json(isNew ? 202 : 200, { imageId, image }, imageLocation(event, imageId));
    },

    async readImage(event) {
      parseInput(noParametersSchema, queryOf(event));
      const { imageId } = parseInput(imagePathSchema, event.pathParameters ?? {});
      return json(200, await readImage(imageId, ports));
    },

    async describeApi(event) {
      parseInput(noParametersSchema, queryOf(event));
      return json(200, openApiDocument(pathPrefixOf(event) || '/'));
    },
  };

  return middy<Event, Response>()
    .use(injectLambdaContext(logger, { resetKeys: true }))
    .use(publishMetrics(metrics))
    .use(problemResponses(logger))
    .handler(async (event) => routes[operationOf(event)](event));
}

/** API Gateway has matched the route; the path may begin with the mapping of a custom domain. */
function operationOf({ routeKey }: Event): OperationId {
  const route = TASK_API_ROUTES.find(({ method, path }) => `${method} ${path}` === routeKey);
  if (route === undefined) throw new TypeError(`The API has no route ${routeKey}`);
  return route.operationId;
}

/** What the path has before that of its route: the mapping of a custom domain, or nothing. */
function pathPrefixOf({ rawPath, routeKey }: Event): string {
  const routeSegments = routeKey.split('/').length - 1;
  return rawPath.split('/').slice(0, -routeSegments).join('/');
}

function taskIdOf(event: Event): string {
  parseInput(noParametersSchema, queryOf(event));
  return parseInput(taskPathSchema, event.pathParameters ?? {}).taskId;
}

function queryOf({ queryStringParameters = {} }: Event): Record<string, string | undefined> {
  return queryStringParameters;
}

/**
 * API Gateway joins the values of a repeated parameter with commas, which no value contains.
 *
 * @throws InvalidInput for a parameter of the list that is repeated
 */
function refuseRepeated(query: Readonly<Record<string, string | undefined>>): void {
  for (const name of Object.keys(listQuerySchema.shape)) {
    const count = query[name]?.split(',').length ?? 0;
    if (count > 1) throw new InvalidInput(name, `${count} values`, 'one value');
  }
}

/** Converts digits to a number. The schema refuses anything else. */
function numberIn(text: string | undefined): number | string | undefined {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : text;
}

function collectionResponse(event: Event, statusCode: number, record: TaskRecord): Response {
  const location = `${pathPrefixOf(event)}/tasks/${record.taskId}`;
  return json(statusCode, { executionArn: record.executionArn, record }, { location });
}

function imageLocation(event: Event, imageId: string): Record<string, string> {
  return { location: `${pathPrefixOf(event)}/images/${imageId}` };
}

function json(statusCode: number, body: object, headers: Record<string, string> = {}): Response {
  return {
    statusCode,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers },
    body: JSON.stringify(body),
  };
}

import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy from '@middy/core';
import { type OperationId, TASK_API_ROUTES } from '../contracts/http-api.ts';
import type { RequestImagePorts } from '../core/request-image.ts';
import { publishMetrics } from '../handlers/outcome-metrics.ts';
import { type BatchRoutesPorts, createBatchRoutes } from './batch-routes.ts';
import { createImageRoutes } from './image-routes.ts';
import { openApiDocument } from './openapi-document.ts';
import { problemResponses } from './problem.ts';
import {
  json,
  pathPrefixOf,
  type Request,
  type Response,
  type RouteHandlers,
  refuseQuery,
} from './responses.ts';
import { createTaskRoutes, type TaskRoutesDependencies } from './task-routes.ts';

export interface TaskApiDependencies extends TaskRoutesDependencies {
  readonly ports: TaskRoutesDependencies['ports'] & RequestImagePorts & BatchRoutesPorts;
}

/** Handles the HTTP API: each route parses its input and calls one use case. */
export function createHandler(dependencies: TaskApiDependencies) {
  const { logger, metrics } = dependencies;
  const routes: RouteHandlers = {
    ...createTaskRoutes(dependencies),
    ...createImageRoutes(dependencies),
    ...createBatchRoutes(dependencies),

    async describeApi(request) {
      refuseQuery(request);
      return json(200, openApiDocument(pathPrefixOf(request) || '/'));
    },
  };

  return middy<Request, Response>()
    .use(injectLambdaContext(logger, { resetKeys: true }))
    .use(publishMetrics(metrics))
    .use(problemResponses(logger))
    .handler(async (request) => routes[operationOf(request)](request));
}

/** API Gateway has matched the route; the path may begin with the mapping of a custom domain. */
function operationOf({ routeKey }: Request): OperationId {
  const route = TASK_API_ROUTES.find(({ method, path }) => `${method} ${path}` === routeKey);
  if (route === undefined) throw new TypeError(`The API has no route ${routeKey}`);
  return route.operationId;
}

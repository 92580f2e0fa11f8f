import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy from '@middy/core';
import { type OperationId, TASK_API_ROUTES } from '../contracts/http-api.ts';
import type { RequestImagePorts } from '../core/request-image.ts';
import type { WaitForEndPorts } from '../core/wait-for-end.ts';
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
import { createWaiting } from './waiting.ts';

type Ports = TaskRoutesDependencies['ports'] & RequestImagePorts & BatchRoutesPorts;

export interface TaskApiDependencies extends Omit<TaskRoutesDependencies, 'readers' | 'waitIfPreferred'> {
  readonly ports: Ports;
  /** Used while a request waits. Their calls fail early. */
  readonly waiting: Pick<WaitForEndPorts, 'slots' | 'sleep'> & {
    readonly readers: { readonly [store in 'records' | 'images' | 'batches']: Pick<Ports[store], 'read'> };
  };
}

/** Handles the HTTP API: each route parses its input and calls one use case. */
export function createHandler(dependencies: TaskApiDependencies) {
  const { ports, waiting, logger, metrics } = dependencies;
  const { slots, sleep, readers } = waiting;
  const following = {
    readers: { ...readers, now: ports.now },
    waitIfPreferred: createWaiting({ ports: { slots, sleep, now: ports.now }, logger }),
  };
  const routes: RouteHandlers = {
    ...createTaskRoutes({ ports, logger, metrics, ...following }),
    ...createImageRoutes({ ports, ...following }),
    ...createBatchRoutes({ ports, ...following }),

    async describeApi(request) {
      refuseQuery(request);
      return json(200, openApiDocument(pathPrefixOf(request) || '/'));
    },
  };

  return middy<Request, Response>()
    .use(injectLambdaContext(logger, { resetKeys: true }))
    .use(publishMetrics(metrics))
    .use(problemResponses(logger))
    .handler(async (request, context) =>
      routes[operationOf(request)](request, () => context.getRemainingTimeInMillis() / 1000),
    );
}

/** API Gateway has matched the route; the path may begin with the mapping of a custom domain. */
function operationOf({ routeKey }: Request): OperationId {
  const route = TASK_API_ROUTES.find(({ method, path }) => `${method} ${path}` === routeKey);
  if (route === undefined) throw new TypeError(`The API has no route ${routeKey}`);
  return route.operationId;
}

import type { Logger } from '@aws-lambda-powertools/logger';
import type { MiddlewareObj } from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type * as z from 'zod/mini';
import type { problemSchema } from '../contracts/http-api.ts';
import { InvalidInput } from '../core/invalid-input.ts';
import { TaskConflict } from '../core/task-conflict.ts';
import {
  DocumentsGone,
  ResultNotFound,
  TaskEnded,
  TaskNotFound,
  TaskStillCollecting,
} from '../core/task-errors.ts';
import { UnsupportedMediaType } from './json-body.ts';

/** API Gateway knows the routes, but hands over paths decoded: one may have become another. */
export class RouteNotFound extends Error {
  override readonly name = 'RouteNotFound';
}

/** The refusals that callers are told of, with their HTTP status and title. Anything else is our own fault. */
const REFUSALS = [
  [InvalidInput, 400, 'The request is not valid'],
  [RouteNotFound, 404, 'There is no such route'],
  [TaskNotFound, 404, 'There is no such task'],
  [ResultNotFound, 404, 'There is no such document'],
  [TaskConflict, 409, 'The task belongs to another operation'],
  [TaskEnded, 409, 'The task has ended'],
  [TaskStillCollecting, 409, 'The task is still being collected'],
  [DocumentsGone, 410, 'The documents are gone'],
  [UnsupportedMediaType, 415, 'The body is not JSON'],
] as const;

/** Gives every answer its request id, and makes problems (RFC 9457) of errors; nothing of a fault of ours leaks. */
export function responseProblems(
  logger: Logger,
): MiddlewareObj<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2> {
  return {
    before({ event }) {
      logger.appendKeys({ requestId: event.requestContext.requestId, route: event.routeKey });
    },
    after(request) {
      const { requestId } = request.event.requestContext;
      const { response } = request;
      logger.info('Answered', { status: response?.statusCode });
      request.response = { ...response, headers: { ...response?.headers, 'x-request-id': requestId } };
    },
    onError(request) {
      const { requestId } = request.event.requestContext;
      const { error } = request;
      const problem = { ...describe(error), requestId };
      if (problem.status >= 500) logger.error('Request failed', { error: error ?? 'unknown' });
      else logger.info('Refused', { status: problem.status, type: problem.type, detail: problem.detail });
      request.response = {
        statusCode: problem.status,
        headers: {
          'content-type': 'application/problem+json',
          // Else a cache may keep a 404 or a 410 (RFC 9110), and the task may come yet.
          'cache-control': 'no-store',
          'x-request-id': requestId,
          ...(error instanceof TaskStillCollecting && { 'retry-after': String(error.retryAfterSeconds) }),
        },
        body: JSON.stringify(problem),
      };
    },
  };
}

function describe(error: unknown): Omit<z.output<typeof problemSchema>, 'requestId'> {
  for (const [refusal, status, title] of REFUSALS) {
    if (error instanceof refusal) {
      return { type: `urn:ocr-courier:problem:${error.name}`, title, status, detail: error.message };
    }
  }
  return {
    type: 'urn:ocr-courier:problem:InternalError',
    title: 'Something went wrong',
    status: 500,
    detail: 'The fault is ours. The request may be repeated; the logs tell more under the request id.',
  };
}

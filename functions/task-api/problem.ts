import type { Logger } from '@aws-lambda-powertools/logger';
import type { MiddlewareObj } from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type * as z from 'zod/mini';
import type { problemSchema } from '../contracts/http-api.ts';
import { InvalidInput } from '../core/invalid-input.ts';
import {
  BatchConflict,
  BatchEnded,
  BatchNotFound,
  BatchResultsGone,
  BatchStillRunning,
  DocumentsGone,
  ImageConflict,
  ImageNotFound,
  NothingToRetry,
  ResultNotFound,
  TaskConflict,
  TaskEnded,
  TaskNotFound,
  TaskStillCollecting,
} from '../core/task-errors.ts';
import { UnsupportedMediaType } from './json-body.ts';

/**
 * The errors that callers see, with HTTP status and title. Every other error is an internal one.
 */
const PROBLEMS = [
  [InvalidInput, 400, 'The request is not valid'],
  [TaskNotFound, 404, 'There is no such task'],
  [ImageNotFound, 404, 'There is no such image'],
  [BatchNotFound, 404, 'There is no such batch'],
  [ResultNotFound, 404, 'There is no such document'],
  [TaskConflict, 409, 'The task belongs to another operation'],
  [ImageConflict, 409, 'The id belongs to another image'],
  [BatchConflict, 409, 'The id belongs to another batch'],
  [TaskEnded, 409, 'The task has ended'],
  [TaskStillCollecting, 409, 'The task is still being collected'],
  [BatchEnded, 409, 'The batch has ended'],
  [BatchStillRunning, 409, 'The batch has not ended'],
  [NothingToRetry, 409, 'The batch has nothing to retry'],
  [DocumentsGone, 410, 'The documents have been deleted'],
  [BatchResultsGone, 410, 'The results have been deleted'],
  [UnsupportedMediaType, 415, 'The body is not JSON'],
] as const;

/**
 * Adds the request id to every response and turns errors into problems (RFC 9457) without internal
 * details.
 */
export function problemResponses(
  logger: Logger,
): MiddlewareObj<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2> {
  return {
    before({ event }) {
      logger.appendKeys({ requestId: event.requestContext.requestId, route: event.routeKey });
    },
    after(request) {
      const { requestId } = request.event.requestContext;
      const { response } = request;
      logger.info('Responded', { status: response?.statusCode });
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
          // Otherwise a cache may keep a 404 or 410 (RFC 9110), although the task may be submitted
          // later.
          'cache-control': 'no-store',
          'x-request-id': requestId,
          ...(isEarly(error) && { 'retry-after': String(error.retryAfterSeconds) }),
        },
        body: JSON.stringify(problem),
      };
    },
  };
}

/** Whether the request would succeed later. */
function isEarly(error: unknown): error is BatchStillRunning | TaskStillCollecting {
  return error instanceof BatchStillRunning || error instanceof TaskStillCollecting;
}

function describe(error: unknown): Omit<z.output<typeof problemSchema>, 'requestId'> {
  for (const [errorClass, status, title] of PROBLEMS) {
    if (error instanceof errorClass) {
      return { type: `urn:ocr-courier:problem:${error.name}`, title, status, detail: error.message };
    }
  }
  return {
    type: 'urn:ocr-courier:problem:InternalError',
    title: 'Internal error',
    status: 500,
    detail: 'The request failed on our side and can be repeated. The logs have details under the request id.',
  };
}

import * as z from 'zod/mini';
import { type OperationId, TASK_API_ROUTES } from '../contracts/http-api.ts';
import { MAX_WAIT_SECONDS } from '../core/wait-for-end.ts';
import {
  DESCRIPTIONS,
  REQUEST_ALTERNATIVES,
  type RouteDescription,
  requestSchemas,
  responseSchemas,
  type SchemaName,
} from './openapi-operations.ts';

const header = (description: string) => ({ description, required: true, schema: { type: 'string' } });
const REQUEST_ID = header('Identifies the request in the logs');
const RETRY_AFTER = header('Seconds to wait before the next request');
const OPTIONAL_RETRY_AFTER = { ...RETRY_AFTER, required: false };
const PREFER = {
  name: 'prefer',
  in: 'header',
  required: false,
  description: `\`wait=N\` (RFC 7240) asks to respond as soon as there is an end, or after N seconds: at most ${MAX_WAIT_SECONDS}. Other preferences are ignored`,
  schema: { type: 'string' },
  example: `wait=${MAX_WAIT_SECONDS}`,
};
const PREFERENCE_APPLIED = {
  ...header('The wait that was applied: `wait=N`. Absent if the request did not wait as it preferred'),
  required: false,
};
const problem = (description: string, headers: object = {}) => ({
  description,
  headers: { 'x-request-id': REQUEST_ID, ...headers },
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
});
const gatewayResponse = (description: string) => ({
  description,
  content: { 'application/json': { schema: { $ref: '#/components/schemas/GatewayMessage' } } },
});

/**
 * Generates the HTTP API's OpenAPI 3.1 document from the schemas that the API parses with.
 *
 * @param serverUrl the API's address, relative to its host
 */
export function openApiDocument(serverUrl = '/'): Record<string, unknown> {
  const paths: Record<string, Record<string, object>> = {};
  for (const { operationId, method, path } of TASK_API_ROUTES) {
    paths[path] = {
      ...paths[path],
      [method.toLowerCase()]: describeOperation(operationId, DESCRIPTIONS[operationId]),
    };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'ocr-courier',
      version: '1',
      description: 'Recognizes images with Aspose.OCR Cloud, and collects the results of its tasks.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: serverUrl, description: 'The API that served this document' }],
    security: [{ sigv4: [] }, { jwt: [] }],
    paths,
    components: {
      schemas: {
        ...withAlternatives(schemas(requestSchemas, 'input')),
        ...schemas(responseSchemas, 'output'),
        OpenApi: { type: 'object', required: ['openapi'], properties: { openapi: { const: '3.1.0' } } },
        GatewayMessage: { type: 'object', properties: { message: { type: ['string', 'null'] } } },
      },
      securitySchemes: {
        sigv4: {
          type: 'apiKey',
          name: 'Authorization',
          in: 'header',
          description: 'AWS Signature Version 4, for the service execute-api',
          'x-amazon-apigateway-authtype': 'awsSigv4',
        },
        jwt: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'JWT',
          description: 'Used when a JWT authorizer is configured',
        },
      },
    },
  };
}

/** Responses that say where their subject can be read. */
const HAS_LOCATION: readonly SchemaName[] = ['Collection', 'RequestedUpload', 'Recognition', 'StartedBatch'];

function describeOperation(operationId: OperationId, route: RouteDescription): object {
  const { summary, path, query, body, isBodyOptional = false, responses, problems, retryAfter } = route;
  const { mayWait = false } = route;
  const parameters = [
    ...parametersOf('path', path),
    ...parametersOf('query', query),
    ...(mayWait ? [PREFER] : []),
  ];
  return {
    operationId,
    summary,
    ...(parameters.length > 0 && { parameters }),
    ...(body !== undefined && { requestBody: { required: !isBodyOptional, content: jsonContent(body) } }),
    responses: {
      ...mapValues(responses, ([description, schema], status) => ({
        description,
        headers: {
          'x-request-id': REQUEST_ID,
          ...((schema === undefined || HAS_LOCATION.includes(schema)) && {
            location: header('Path of the task, the image or the batch, or link to the document'),
          }),
          ...(status === retryAfter && { 'retry-after': OPTIONAL_RETRY_AFTER }),
          ...(mayWait && { 'preference-applied': PREFERENCE_APPLIED }),
        },
        ...(schema !== undefined && { content: jsonContent(schema) }),
      })),
      400: problem(
        'The request is not valid. The detail has the field, the received value and the allowed values',
      ),
      401: gatewayResponse('Not authenticated (sent by API Gateway)'),
      403: gatewayResponse('Not authorized (sent by API Gateway)'),
      ...mapValues(problems, (description, status) =>
        problem(description, status === retryAfter ? { 'retry-after': RETRY_AFTER } : {}),
      ),
      429: gatewayResponse('Too many requests (sent by API Gateway)'),
      500: problem('Internal error'),
      503: gatewayResponse('The function did not respond (sent by API Gateway)'),
    },
  };
}

function mapValues<T>(
  object: Readonly<Record<number, T>>,
  map: (value: T, status: number) => object,
): object {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, map(value, Number(key))]));
}

function jsonContent(name: SchemaName): object {
  return { 'application/json': { schema: { $ref: `#/components/schemas/${name}` } } };
}

function parametersOf(location: 'path' | 'query', schema: z.ZodMiniObject | undefined): object[] {
  if (schema === undefined) return [];
  const { properties = {}, required = [] } = z.toJSONSchema(schema, { io: 'input' });
  return Object.entries(properties).map(([name, property]) => ({
    name,
    in: location,
    required: required.includes(name),
    schema: property,
  }));
}

function withAlternatives(requests: Readonly<Record<string, object>>): Record<string, object> {
  const alternatives = Object.entries(REQUEST_ALTERNATIVES);
  return {
    ...requests,
    ...Object.fromEntries(alternatives.map(([name, oneOf]) => [name, { ...requests[name], oneOf }])),
  };
}

function schemas(
  named: Readonly<Record<string, z.ZodMiniType>>,
  io: 'input' | 'output',
): Record<string, object> {
  return Object.fromEntries(
    Object.entries(named).map(([name, schema]) => {
      const { $schema: _, ...json } = z.toJSONSchema(schema, { io });
      return [name, json];
    }),
  );
}

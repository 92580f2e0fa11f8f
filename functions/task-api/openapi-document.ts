import * as z from 'zod/mini';
import { type OperationId, TASK_API_ROUTES } from '../contracts/http-api.ts';
import { DESCRIPTIONS, type Described, requests, responses, type SchemaName } from './openapi-operations.ts';

const header = (description: string) => ({ description, required: true, schema: { type: 'string' } });
const REQUEST_ID = header('Tells this request apart; also in the logs');
const RETRY_AFTER = header('Seconds until it is worth asking again');
const problem = (description: string, headers: object = {}) => ({
  description,
  headers: { 'x-request-id': REQUEST_ID, ...headers },
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
});
const gatewayResponse = (description: string) => ({
  description,
  content: { 'application/json': { schema: { $ref: '#/components/schemas/GatewayMessage' } } },
});

/** The HTTP API as an OpenAPI 3.1 document, made of the schemas that it parses with. */
export function openApiDocument(): Record<string, unknown> {
  const paths: Record<string, Record<string, object>> = {};
  for (const { operationId, method, path } of TASK_API_ROUTES) {
    paths[path] = {
      ...paths[path],
      [method.toLowerCase()]: operation(operationId, DESCRIPTIONS[operationId]),
    };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'ocr-courier',
      version: '1',
      description: 'Collects the results of asynchronous Aspose.OCR Cloud tasks.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/', description: 'Where this document comes from' }],
    security: [{ sigv4: [] }, { jwt: [] }],
    paths,
    components: {
      schemas: {
        ...schemas(requests, 'input'),
        ...schemas(responses, 'output'),
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
          description: 'Where a JWT authorizer is configured',
        },
      },
    },
  };
}

function operation(operationId: OperationId, described: Described): object {
  const { summary, path, query, body, answers, problems, retryAfter } = described;
  const parameters = [...parametersOf('path', path), ...parametersOf('query', query)];
  return {
    operationId,
    summary,
    ...(parameters.length > 0 && { parameters }),
    ...(body !== undefined && { requestBody: { required: true, content: jsonContent(body) } }),
    responses: {
      ...mapValues(answers, ([description, schema]) => ({
        description,
        headers: {
          'x-request-id': REQUEST_ID,
          ...((schema === undefined || schema === 'Collection') && {
            location: header('Where to look next'),
          }),
        },
        ...(schema !== undefined && { content: jsonContent(schema) }),
      })),
      400: problem('The request is not valid: the detail names the field, what was got, what is allowed'),
      401: gatewayResponse('Not authenticated; answered by API Gateway itself'),
      403: gatewayResponse('Not authorised; answered by API Gateway itself'),
      ...mapValues(problems, (description, status) =>
        problem(description, status === retryAfter ? { 'retry-after': RETRY_AFTER } : {}),
      ),
      429: gatewayResponse('Too many requests; answered by API Gateway itself'),
      500: problem('The fault is ours'),
      503: gatewayResponse('The function did not answer; answered by API Gateway itself'),
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

function parametersOf(place: 'path' | 'query', schema: z.ZodMiniObject | undefined): object[] {
  if (schema === undefined) return [];
  const { properties = {}, required = [] } = z.toJSONSchema(schema, { io: 'input' });
  return Object.entries(properties).map(([name, property]) => ({
    name,
    in: place,
    required: required.includes(name),
    schema: property,
  }));
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

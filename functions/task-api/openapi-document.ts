import * as z from 'zod/mini';
import { taskRecordSchema } from '../contract.ts';
import {
  collectionSchema,
  linkedResultsSchema,
  listQuerySchema,
  type OperationId,
  problemSchema,
  resultPathSchema,
  startRequestSchema,
  TASK_API_ROUTES,
  taskPageSchema,
  taskPathSchema,
} from '../task-api-contract.ts';

interface Described {
  readonly summary: string;
  readonly path?: z.ZodMiniObject;
  readonly query?: z.ZodMiniObject;
  readonly body?: SchemaName;
  /** Status, what it means, and the schema of its body; without one it has a Location alone. */
  readonly answers: Readonly<Record<number, readonly [description: string, schema?: SchemaName]>>;
  /** Refusals, beside those of every route. */
  readonly problems: Readonly<Record<number, string>>;
}

const requests = { StartRequest: startRequestSchema };
const responses = {
  Collection: collectionSchema,
  TaskRecord: taskRecordSchema,
  TaskPage: taskPageSchema,
  LinkedResults: linkedResultsSchema,
  Problem: problemSchema,
};
type SchemaName = keyof typeof requests | keyof typeof responses | 'OpenApi';

const NOT_FOUND = { 404: 'There is no such task, or its record has expired' };
const NO_RESULTS = {
  ...NOT_FOUND,
  409: 'The task is still being collected; Retry-After tells when to come again',
  410: 'The documents are gone, or the record has expired',
};

const DESCRIPTIONS: Record<OperationId, Described> = {
  startCollection: {
    summary: 'Collect the result of a task',
    body: 'StartRequest',
    answers: {
      200: ['It is being collected, or has been: the same execution, the stored record', 'Collection'],
      202: ['The collection has been started', 'Collection'],
    },
    problems: { 409: 'The task id is in use for another operation', 415: 'The body is not JSON' },
  },
  listTasks: {
    summary: 'List tasks, newest first',
    query: listQuerySchema,
    answers: { 200: ['A page; it may be short: there is more as long as it has a cursor', 'TaskPage'] },
    problems: {},
  },
  readTask: {
    summary: 'Read the record of a task',
    path: taskPathSchema,
    answers: { 200: ['The record', 'TaskRecord'] },
    problems: NOT_FOUND,
  },
  cancelTask: {
    summary: 'Cancel the collection of a task',
    path: taskPathSchema,
    answers: {
      202: ['The execution has been stopped; an event OCR Task Cancelled follows', 'Collection'],
    },
    problems: { ...NOT_FOUND, 409: 'The task has ended' },
  },
  readResults: {
    summary: 'List the results of a task, with short-lived links',
    path: taskPathSchema,
    answers: { 200: ['The results', 'LinkedResults'] },
    problems: NO_RESULTS,
  },
  readDocument: {
    summary: 'Download a document',
    path: resultPathSchema,
    answers: { 302: ['Location is a short-lived link to the document, as an attachment'] },
    problems: NO_RESULTS,
  },
  describeApi: {
    summary: 'This document',
    answers: { 200: ['The OpenAPI document', 'OpenApi'] },
    problems: {},
  },
};

const header = (description: string) => ({ description, required: true, schema: { type: 'string' } });
const REQUEST_ID = header('Tells this request apart; also in the logs');
const problem = (status: number, description: string) => ({
  description,
  headers: {
    'x-request-id': REQUEST_ID,
    ...(description.includes('Retry-After') && { 'retry-after': header(`Seconds, with ${status}`) }),
  },
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
});
const gatewayAnswer = (description: string) => ({
  description,
  content: { 'application/json': { schema: { $ref: '#/components/schemas/GatewayMessage' } } },
});

/** The HTTP API as an OpenAPI 3.1 document, made of the schemas that it parses with. */
export function openApiDocument(): object {
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
  const { summary, path, query, body, answers, problems } = described;
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
      400: problem(
        400,
        'The request is not valid: the detail names the field, what was got, what is allowed',
      ),
      401: gatewayAnswer('Not authenticated; answered by API Gateway itself'),
      403: gatewayAnswer('Not authorised; answered by API Gateway itself'),
      ...mapValues(problems, (description, status) => problem(status, description)),
      429: gatewayAnswer('Too many requests; answered by API Gateway itself'),
      500: problem(500, 'The fault is ours'),
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

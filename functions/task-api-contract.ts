import * as z from 'zod/mini';
import { executionInputSchema, storedResultSchema, taskIdSchema, taskRecordSchema } from './contract.ts';

/** The schemas of the HTTP API: the functions parse with them, docs/openapi.json is generated from them. */

const { operation, submittedAt, correlation, polling } = executionInputSchema.shape;

/** The body of POST /tasks. */
export const startRequestSchema = z.strictObject(
  {
    taskId: taskIdSchema,
    operation,
    submittedAt,
    correlation,
    polling,
    /** Collect once more what has been collected already. */
    recollect: z._default(z.boolean('true or false'), false),
  },
  'an object with taskId and optionally operation, submittedAt, correlation, polling, recollect',
);
export type StartRequest = z.output<typeof startRequestSchema>;

/** Where parameters are parsed of which there are none. */
export const noParametersSchema = z.strictObject({}, 'no query parameters');

export const taskPathSchema = z.object({ taskId: taskIdSchema });

const INDEX = 'a whole number from 0 to 999999';
export const resultPathSchema = z.object({
  taskId: taskIdSchema,
  index: z.int(INDEX).check(z.minimum(0, INDEX), z.maximum(999_999, INDEX)),
});

const LIMIT = 'a whole number from 1 to 100';
const STATUSES = taskRecordSchema.shape.status.options;
const CURSOR = 'the cursor of a page, unchanged';
/** `<startedAt>~<16 hexadecimal digits>` in base64url: always as long as this. */
const CURSOR_FORM = /^[A-Za-z0-9_-]{55}$/;

/** The query of GET /tasks. */
export const listQuerySchema = z.strictObject(
  {
    status: z.optional(z.enum(STATUSES, `one of ${STATUSES.join(', ')}`)),
    operation: z.optional(operation.def.innerType),
    limit: z._default(z.int(LIMIT).check(z.minimum(1, LIMIT), z.maximum(100, LIMIT)), 20),
    cursor: z.optional(z.string(CURSOR).check(z.regex(CURSOR_FORM, CURSOR))),
  },
  'status, operation, limit, cursor',
);
export type ListQuery = z.output<typeof listQuerySchema>;

/** The answer to POST /tasks: the execution that collects the task, or has collected it, and the task's record. */
export const collectionSchema = z.object({ executionArn: z.string(), record: taskRecordSchema });

/** A task as it is listed. */
export const taskSummarySchema = z.pick(taskRecordSchema, {
  taskId: true,
  operation: true,
  generation: true,
  status: true,
  reason: true,
  attempts: true,
  resultCount: true,
  correlation: true,
  startedAt: true,
  completedAt: true,
  expiresAt: true,
});
export type TaskSummary = z.output<typeof taskSummarySchema>;

/** A page of tasks, newest first. It may hold fewer than the limit, or none: there is more as long as it has a cursor. */
export const taskPageSchema = z.object({
  tasks: z.array(taskSummarySchema),
  cursor: z.optional(z.string()),
});
export type TaskPage = z.output<typeof taskPageSchema>;

const link = z.nullable(z.string());

/** The answer to GET /tasks/{taskId}/results: the first `MAX_LISTED_RESULTS`, each with a link to its document. */
export const linkedResultsSchema = z.extend(
  z.pick(taskRecordSchema, {
    taskId: true,
    operation: true,
    generation: true,
    status: true,
    resultCount: true,
    resultBytes: true,
    partial: true,
    empty: true,
  }),
  {
    /** To the manifest, which lists every result; null when nothing was stored. */
    manifestUrl: link,
    /** How long the links hold. */
    linkSeconds: z.int(),
    /** `url` is null where there is no document. */
    results: z.array(z.extend(storedResultSchema, { url: link })),
  },
);
export type LinkedResults = z.output<typeof linkedResultsSchema>;

/** A refusal, as RFC 9457 has it. */
export const problemSchema = z.object({
  /** `urn:ocr-courier:problem:<Name>`: tells refusals of one status apart. */
  type: z.string(),
  title: z.string(),
  status: z.int(),
  /** One sentence. */
  detail: z.string(),
  /** Also in the header x-request-id, and in the logs. */
  requestId: z.string(),
});

/** The routes. The order is that of the documentation. */
export const TASK_API_ROUTES = [
  { operationId: 'startCollection', method: 'POST', path: '/tasks' },
  { operationId: 'listTasks', method: 'GET', path: '/tasks' },
  { operationId: 'readTask', method: 'GET', path: '/tasks/{taskId}' },
  { operationId: 'cancelTask', method: 'DELETE', path: '/tasks/{taskId}' },
  { operationId: 'readResults', method: 'GET', path: '/tasks/{taskId}/results' },
  { operationId: 'readDocument', method: 'GET', path: '/tasks/{taskId}/results/{index}' },
  { operationId: 'describeApi', method: 'GET', path: '/openapi.json' },
] as const;
export type OperationId = (typeof TASK_API_ROUTES)[number]['operationId'];

import * as z from 'zod/mini';
import { closedObject, oneOf, textMatching, wholeNumberFromTo } from './schema-helpers.ts';
import { executionInputSchema, taskIdSchema } from './task-input.ts';
import { storedResultSchema, taskRecordSchema } from './task-record.ts';

/**
 * The schemas of the HTTP API. The functions parse with them; docs/openapi.json is generated from
 * them.
 */

const { operation, submittedAt, correlation, polling } = executionInputSchema.shape;

/** The body of POST /tasks. */
export const startRequestSchema = closedObject({
  taskId: taskIdSchema,
  operation,
  submittedAt,
  correlation,
  polling,
  /** Collects a task again that has already ended. */
  recollect: z._default(z.boolean('true or false'), false),
});
export type StartRequest = z.output<typeof startRequestSchema>;

/** The query of every route without parameters. */
export const noParametersSchema = z.strictObject({}, 'no query parameters');

export const taskPathSchema = z.object({ taskId: taskIdSchema });

export const resultPathSchema = z.object({
  taskId: taskIdSchema,
  index: wholeNumberFromTo(0, 999_999),
});

/** What error messages ask for instead of an invalid cursor. */
export const CURSOR_ALLOWED = 'the cursor of a page, unchanged';
/** `<startedAt>~<16 hexadecimal digits>` in base64url always has this length. */
const CURSOR_FORM = /^[A-Za-z0-9_-]{55}$/;

/** The parameters of every list. */
export const pageQueryShape = {
  limit: z._default(wholeNumberFromTo(1, 100), 20),
  cursor: z.optional(textMatching(CURSOR_FORM, CURSOR_ALLOWED)),
};

/** The query of GET /tasks. */
export const listQuerySchema = closedObject({
  status: z.optional(oneOf(taskRecordSchema.shape.status.options)),
  operation: z.optional(operation.def.innerType),
  ...pageQueryShape,
});
export type ListQuery = z.output<typeof listQuerySchema>;

/**
 * The response to POST /tasks: the task's record and the execution that collects or collected the
 * task.
 */
export const collectionSchema = z.object({ executionArn: z.string(), record: taskRecordSchema });

/** A task in a list. */
export const taskSummarySchema = z.pick(taskRecordSchema, {
  taskId: true,
  operation: true,
  generation: true,
  status: true,
  reason: true,
  attempts: true,
  resultCount: true,
  correlation: true,
  batchId: true,
  source: true,
  uploads: true,
  replacedBy: true,
  startedAt: true,
  completedAt: true,
  expiresAt: true,
});
export type TaskSummary = z.output<typeof taskSummarySchema>;

/**
 * A page of tasks, newest first. It may be short or empty; while it has a cursor, there are more.
 */
export const taskPageSchema = z.object({
  tasks: z.array(taskSummarySchema),
  cursor: z.optional(z.string()),
});
export type TaskPage = z.output<typeof taskPageSchema>;

const link = z.nullable(z.string());

/**
 * The response to GET /tasks/{taskId}/results: the first `MAX_LISTED_RESULTS`, each with a link.
 */
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
    /** Link to the manifest, which lists every result; null when nothing was stored. */
    manifestUrl: link,
    /** How long the links are valid. */
    linkSeconds: z.int(),
    /** `url` is null where there is no document. */
    results: z.array(z.extend(storedResultSchema, { url: link })),
  },
);
export type LinkedResults = z.output<typeof linkedResultsSchema>;

/** An error response (RFC 9457). */
export const problemSchema = z.object({
  /** `urn:ocr-courier:problem:<Name>` distinguishes problems that share a status. */
  type: z.string(),
  title: z.string(),
  status: z.int(),
  /** One sentence. */
  detail: z.string(),
  /** The same as in the header x-request-id and in the logs. */
  requestId: z.string(),
});

/** The routes, in the order of the documentation. */
export const TASK_API_ROUTES = [
  { operationId: 'startCollection', method: 'POST', path: '/tasks' },
  { operationId: 'listTasks', method: 'GET', path: '/tasks' },
  { operationId: 'readTask', method: 'GET', path: '/tasks/{taskId}' },
  { operationId: 'cancelTask', method: 'DELETE', path: '/tasks/{taskId}' },
  { operationId: 'readResults', method: 'GET', path: '/tasks/{taskId}/results' },
  { operationId: 'readDocument', method: 'GET', path: '/tasks/{taskId}/results/{index}' },
  { operationId: 'requestImage', method: 'POST', path: '/images' },
  { operationId: 'readImage', method: 'GET', path: '/images/{imageId}' },
  { operationId: 'startBatch', method: 'POST', path: '/batches' },
  { operationId: 'listBatches', method: 'GET', path: '/batches' },
  { operationId: 'readBatch', method: 'GET', path: '/batches/{batchId}' },
  { operationId: 'cancelBatch', method: 'DELETE', path: '/batches/{batchId}' },
  { operationId: 'readBatchResults', method: 'GET', path: '/batches/{batchId}/results' },
  { operationId: 'retryBatch', method: 'POST', path: '/batches/{batchId}/retry' },
  { operationId: 'describeApi', method: 'GET', path: '/openapi.json' },
] as const;
export type OperationId = (typeof TASK_API_ROUTES)[number]['operationId'];

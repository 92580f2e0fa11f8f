import type * as z from 'zod/mini';
import {
  collectionSchema,
  linkedResultsSchema,
  listQuerySchema,
  type OperationId,
  problemSchema,
  resultPathSchema,
  startRequestSchema,
  taskPageSchema,
  taskPathSchema,
} from '../contracts/http-api.ts';
import { taskRecordSchema } from '../contracts/task-record.ts';

/** What the OpenAPI document tells of a route. */
export interface Described {
  readonly summary: string;
  readonly path?: z.ZodMiniObject;
  readonly query?: z.ZodMiniObject;
  readonly body?: SchemaName;
  /** Status, what it means, and the schema of its body; without one it has a Location alone. */
  readonly answers: Readonly<Record<number, readonly [description: string, schema?: SchemaName]>>;
  /** Refusals, beside those of every route. */
  readonly problems: Readonly<Record<number, string>>;
  /** The status of the refusal that comes with a Retry-After. */
  readonly retryAfter?: number;
}

/** The schemas of bodies, by their names in the document: requests as they may be sent, answers as they are. */
export const requests = { StartRequest: startRequestSchema };
export const responses = {
  Collection: collectionSchema,
  TaskRecord: taskRecordSchema,
  TaskPage: taskPageSchema,
  LinkedResults: linkedResultsSchema,
  Problem: problemSchema,
};
export type SchemaName = keyof typeof requests | keyof typeof responses | 'OpenApi';

const NOT_FOUND = { 404: 'There is no such task, or its record has expired' };
const NO_RESULTS = {
  ...NOT_FOUND,
  409: 'The task is still being collected; Retry-After tells when to come again',
  410: 'The documents are gone, or the record has expired',
};

export const DESCRIPTIONS: Record<OperationId, Described> = {
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
      202: ['It has been cancelled, and the event OCR Task Cancelled published', 'Collection'],
    },
    problems: { ...NOT_FOUND, 409: 'The task has ended' },
  },
  readResults: {
    summary: 'List the results of a task, with short-lived links',
    path: taskPathSchema,
    answers: { 200: ['The results', 'LinkedResults'] },
    problems: NO_RESULTS,
    retryAfter: 409,
  },
  readDocument: {
    summary: 'Download a document',
    path: resultPathSchema,
    answers: { 302: ['Location is a short-lived link to the document, as an attachment'] },
    problems: NO_RESULTS,
    retryAfter: 409,
  },
  describeApi: {
    summary: 'This document',
    answers: { 200: ['The OpenAPI document', 'OpenApi'] },
    problems: {},
  },
};

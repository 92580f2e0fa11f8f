import type * as z from 'zod/mini';
import {
  batchListQuerySchema,
  batchPageSchema,
  batchPathSchema,
  batchRequestSchema,
  batchResultsSchema,
  batchViewSchema,
  retryRequestSchema,
  startedBatchSchema,
} from '../contracts/batches-api.ts';
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
import {
  imagePathSchema,
  imageRequestSchema,
  imageViewSchema,
  recognitionSchema,
  requestedUploadSchema,
} from '../contracts/images-api.ts';
import { taskRecordSchema } from '../contracts/task-record.ts';

/** The OpenAPI description of a route. */
export interface RouteDescription {
  readonly summary: string;
  readonly path?: z.ZodMiniObject;
  readonly query?: z.ZodMiniObject;
  readonly body?: SchemaName;
  /** Whether the body may be left out. */
  readonly isBodyOptional?: boolean;
  /**
   * Description and body schema by status. Without a schema the response has only a Location
   * header.
   */
  readonly responses: Readonly<Record<number, readonly [description: string, schema?: SchemaName]>>;
  /** Problems in addition to those of every route. */
  readonly problems: Readonly<Record<number, string>>;
  /** The status that has a Retry-After header: of a problem always, otherwise sometimes. */
  readonly retryAfter?: number;
  /** Whether the request may wait for the end, with the header Prefer. */
  readonly mayWait?: boolean;
}

/** The schemas of bodies by their names in the document. */
export const requestSchemas = {
  StartRequest: startRequestSchema,
  ImageRequest: imageRequestSchema,
  BatchRequest: batchRequestSchema,
  RetryRequest: retryRequestSchema,
};
/**
 * The combinations of optional fields that a body may have. Code generators ignore most of them, so
 * descriptions say the same.
 */
export const REQUEST_ALTERNATIVES: Partial<Record<keyof typeof requestSchemas, readonly object[]>> = {
  ImageRequest: [
    { required: ['fileName'], properties: { source: false, again: { const: false } } },
    { required: ['source'], properties: { fileName: false, contentType: false } },
  ],
  BatchRequest: [
    { required: ['tasks'], properties: { list: false, images: false } },
    { required: ['list'], properties: { tasks: false, images: false } },
    { required: ['images'], properties: { tasks: false, list: false } },
  ],
};
export const responseSchemas = {
  Collection: collectionSchema,
  TaskRecord: taskRecordSchema,
  TaskPage: taskPageSchema,
  LinkedResults: linkedResultsSchema,
  RequestedUpload: requestedUploadSchema,
  Recognition: recognitionSchema,
  Image: imageViewSchema,
  StartedBatch: startedBatchSchema,
  Batch: batchViewSchema,
  BatchPage: batchPageSchema,
  BatchResults: batchResultsSchema,
  Problem: problemSchema,
};
export type SchemaName = keyof typeof requestSchemas | keyof typeof responseSchemas | 'OpenApi';

const NOT_FOUND = { 404: 'There is no such task, or its record has expired' };
const NO_RESULTS = {
  ...NOT_FOUND,
  409: 'The task is still being collected; retry after the time in Retry-After',
  410: 'The documents have been deleted, or the record has expired',
};

const NO_BATCH = { 404: 'There is no such batch, or its record has expired' };

export const DESCRIPTIONS: Record<OperationId, RouteDescription> = {
  startCollection: {
    summary: 'Collect the result of a task',
    body: 'StartRequest',
    responses: {
      200: ['The task is already being collected or has ended: its record', 'Collection'],
      202: ['The collection has started', 'Collection'],
    },
    problems: { 409: 'The task id is in use for another operation', 415: 'The body is not JSON' },
  },
  listTasks: {
    summary: 'List tasks, newest first',
    query: listQuerySchema,
    responses: {
      200: ['A page, which may be short. While it has a cursor, there are more tasks', 'TaskPage'],
    },
    problems: {},
  },
  readTask: {
    summary: 'Read the record of a task',
    path: taskPathSchema,
    responses: { 200: ['The record. Until the task has ended, Retry-After says when to ask', 'TaskRecord'] },
    problems: NOT_FOUND,
    retryAfter: 200,
    mayWait: true,
  },
  cancelTask: {
    summary: 'Cancel the collection of a task',
    path: taskPathSchema,
    responses: {
      202: ['The task is cancelled and OCR Task Cancelled is published', 'Collection'],
    },
    problems: { ...NOT_FOUND, 409: 'The task has ended' },
  },
  readResults: {
    summary: 'List the results of a task, with short-lived links',
    path: taskPathSchema,
    responses: { 200: ['The results', 'LinkedResults'] },
    problems: NO_RESULTS,
    retryAfter: 409,
  },
  readDocument: {
    summary: 'Download a document',
    path: resultPathSchema,
    responses: { 302: ['Location is a short-lived link that downloads the document'] },
    problems: NO_RESULTS,
    retryAfter: 409,
  },
  requestImage: {
    summary: 'Recognize an image: request an upload link, or name an object in S3',
    body: 'ImageRequest',
    responses: {
      200: ['The image is already being recognized, or has been: its state', 'Recognition'],
      201: ['A link for the upload. The image is recognized once it is uploaded', 'RequestedUpload'],
      202: ['The recognition has started', 'Recognition'],
    },
    problems: { 409: 'The id is in use for another image', 415: 'The body is not JSON' },
  },
  readImage: {
    summary: 'Read the state of an image, with the record of its task',
    path: imagePathSchema,
    responses: { 200: ['The state. Until the image has ended, Retry-After says when to ask', 'Image'] },
    problems: { 404: 'There is no such image, or its record has expired' },
    retryAfter: 200,
    mayWait: true,
  },
  startBatch: {
    summary: 'Start a batch: collect many tasks, or recognize many images',
    body: 'BatchRequest',
    responses: {
      200: ['The same request has already started this batch: its state', 'StartedBatch'],
      202: ['The batch has started', 'StartedBatch'],
    },
    problems: { 409: 'The id is in use for another request', 415: 'The body is not JSON' },
  },
  listBatches: {
    summary: 'List batches, newest first',
    query: batchListQuerySchema,
    responses: {
      200: ['A page, which may be short. While it has a cursor, there are more batches', 'BatchPage'],
    },
    problems: {},
  },
  readBatch: {
    summary: 'Read the state of a batch and its progress',
    path: batchPathSchema,
    responses: { 200: ['The state. Until the batch has ended, Retry-After says when to ask', 'Batch'] },
    problems: NO_BATCH,
    retryAfter: 200,
    mayWait: true,
  },
  cancelBatch: {
    summary: 'Cancel a batch',
    path: batchPathSchema,
    responses: { 202: ['The batch starts no further item, and ends within minutes', 'Batch'] },
    problems: { ...NO_BATCH, 409: 'The batch has ended' },
  },
  readBatchResults: {
    summary: 'Get short-lived links to the results of a batch',
    path: batchPathSchema,
    responses: { 200: ['The links', 'BatchResults'] },
    problems: {
      ...NO_BATCH,
      409: 'The batch has not ended; retry after the time in Retry-After',
      410: 'The results have been deleted',
    },
    retryAfter: 409,
  },
  retryBatch: {
    summary: 'Start a batch with the items of an ended batch that are not Completed',
    path: batchPathSchema,
    body: 'RetryRequest',
    isBodyOptional: true,
    responses: {
      200: ['The retry has already been started: its state', 'StartedBatch'],
      202: ['The retry has started', 'StartedBatch'],
    },
    problems: {
      ...NO_BATCH,
      409: 'The batch has not ended or has nothing to retry, or the new id is in use for another request',
      410: 'The results of the batch have been deleted',
      415: 'The body is not JSON',
    },
  },
  describeApi: {
    summary: 'This document',
    responses: { 200: ['The OpenAPI document', 'OpenApi'] },
    problems: {},
  },
};

import { createBatchCalls } from './batch-calls.ts';
import type { OcrClient } from './client.ts';
import { openConnection, type RequestTiming } from './connection.ts';
import { createHttpApi } from './http-api.ts';
import { createImageCalls } from './image-calls.ts';
import { createTaskCalls } from './task-calls.ts';
import type { ClientOptions } from './types.ts';

/** Creates a client. Tests choose another timing. */
export function createTimedClient(options: ClientOptions, timing?: RequestTiming): OcrClient {
  const connection = openConnection(options, timing);
  const api = createHttpApi(connection);
  return {
    ...createImageCalls(connection, api),
    ...createTaskCalls(connection, api),
    ...createBatchCalls(connection, api),
  };
}
